#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Servers as Debian has them, each with the question that people have of it and the one command that answers it. What
# that says is compared with what the server itself knows: nginx writes into each answer which of its processes gives
# it, haproxy and dnsmasq count. IPVS sends on to the container, too.
#
#	a, clients 10.77.0.1 ---- 10.77.0.2, servers, b 10.88.0.1 ---- 10.88.0.2, a container, c
#
# Its guest has one CPU, since haproxy does not start where cmpxchg16b is not to be had, see vm/machine.sh.

. "$(dirname "$0")/common.sh"

ASKED=40
SOME=15

# Set by netns_add.
# shellcheck disable=SC2034
c='' c_pid=''

# ---- the servers. All go on as another process than the one that was started, whose number is in starter.

# start_nginx NETNS-PID NAME LISTEN...: its answers end with the number of the worker
start_nginx() {
	local pid=$1 name=$2
	shift 2

	cat > "$files/$name.conf" <<-EOF
	user root; worker_processes 2; worker_shutdown_timeout 8s; pid $files/$name.pid; error_log $files/$name.log;
	events { worker_connections 256; }
	http { access_log off; server { $(printf 'listen %s; ' "$@") location / { return 200 "\n\$pid"; } } }
	EOF
	start "$pid" "$name" nginx -c "$files/$name.conf"
	wait_for 30 has_workers "$name" 2 || ktap_bail "$name: no workers"
}

# workers NAME: their numbers, in order
workers() { pgrep -P "$(< "$files/$1.pid")" | sort -n; }
has_workers() { (($(workers "$1" | wc -l) == $2)); }
has_others() { comm -13 <(sort <<< "$2") <(workers "$1" | sort) | grep -q .; }

start_haproxy() {
	cat > "$files/haproxy.cfg" <<-EOF
	global
		nbthread 1
		pidfile $files/haproxy.pid
		stats socket $files/haproxy.socket
	defaults
		mode http
		option httpclose
		timeout connect 10s
		timeout client 10s
		timeout server 10s
	frontend front
		bind 10.77.0.2:8080
		default_backend back
	backend back
		server nginx 10.77.0.2:80
	EOF
	start "$b_pid" haproxy haproxy -D -f "$files/haproxy.cfg"
}

# sessions PROXY SERVER: as haproxy counts them
sessions() {
	echo 'show stat' | nc -NU "$files/haproxy.socket" | awk -F, -v proxy="$1" -v server="$2" \
		'$1 == proxy && $2 == server { print $8 }'
}

start_dnsmasq() {
	start "$b_pid" dnsmasq dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --user=root --log-queries \
		--log-facility="$files/dnsmasq.log" --pid-file="$files/dnsmasq.pid" --address=/tuplewatch.test/10.1.2.3
}

# ---- what was asked

# get ADDRESS PORT NUMBER: "got PORT WORKER" for each, added to $TPW_TMP/got
get() { at_a get "$1" "$2" "$3" >> "$TPW_TMP/got" || ktap_bail "$1:$2 does not answer"; }

# answered: as nginx says it: how many answers by which worker, "190:17,191:3"
answered() { awk '{ n[$3]++ } END { for (pid in n) print pid ":" n[pid] }' "$TPW_TMP/got" | sort -n | paste -sd,; }

# rows WORD...: of connections, also those that are over, how many of which process: "190/nginx:17,191/nginx:3"
rows() {
	reader "$b_pid" connections -a -jH "$@" | jq -r '"\(.pid)/\(.comm)"' | sort -n | uniq -c |
		awk '{ print $2 ":" $1 }' | paste -sd,
}

# ---- nginx

# page_of PORT: who stands beside that listener on the page
page_of() { in_netns "$b_pid" sed -n "s/^tcp  *0.0.0.0:$1 .* LISTEN  *[0-9]*  \(.*\)/\1/p" /proc/tuplewatch; }

# Who opened it has ended, and the master holds it now, which the page cannot know.
test_opener() {
	local row

	row=$(reader "$b_pid" listeners -jH sport = :80 | jq -r '"\(.pid) \(.holder_pid)/\(.holder_comm)"')
	ktap_is "who opened it, and who holds it" "$row" "$starter $(< "$files/nginx.pid")/nginx"
	ktap_test "who opened it is gone" is_gone "$starter"
	ktap_is "who opened it, on the page" "$(page_of 80)" "$starter/nginx (gone)"
	ktap_is "all who hold it" "$(reader "$b_pid" listeners -pH sport = :80 | grep -o 'pid=[0-9]*' | paste -sd,)" \
		"$(in_netns "$b_pid" ss -Hltnp sport = :80 | grep -o 'pid=[0-9]*' | sort | paste -sd,)"
}

# test_reload NAME ADDRESS PORT: Which worker got how many, before and after a reload?
test_reload() {
	local old

	: > "$TPW_TMP/got"
	get "$2" "$3" $ASKED
	ktap_is "$1: who accepted" "$(accepted "$3")" "$(answered)"
	old=$(workers nginx | paste -sd' ')
	start_client under get "$2" "$3" $((4 * ASKED))
	in_netns "$b_pid" nginx -c "$files/nginx.conf" -s reload 2> /dev/null
	# shellcheck disable=SC2086	# numbers
	wait_for 30 have_gone $old || ktap_bail "$1: the old workers stay"
	wait "$client_pid" || ktap_bail "$1: a client was refused"
	cat "$TPW_TMP/under" >> "$TPW_TMP/got"
	get "$2" "$3" $ASKED
	ktap_is "$1: who accepted, with a reload under load" "$(accepted "$3")" "$(answered)"
	same "$1: who accepted each" "$(reader "$b_pid" connections -a -jH sport = ":$3" |
		jq -r '"got \(.foreign_port) \(.pid)"' | sort)" "$(sort "$TPW_TMP/got")"
}

# Which worker is stuck, and how many wait for it? It has not accepted yet at one port since it began, and at the other
# one it has.
test_stopped() {
	local worker master clients=() waiting=()

	worker=$(workers nginx | tail -n 1) master=$(< "$files/nginx.pid")
	get 10.77.0.2 82 $ASKED
	kill -STOP "$worker"
	start_client hold81 hold 10.77.0.2 81 20
	clients+=("$client_pid")
	start_client hold82 hold 10.77.0.2 82 20
	clients+=("$client_pid")
	wait_for 30 said hold82 '^ready' || ktap_bail "no connections"
	wait_for 30 are_stuck 2 || ktap_diag "doctor: $(stuck)"
	waiting=("$(queue 81)" "$(queue 82)")
	ktap_is "stopped: doctor, of a worker that has not accepted" "$(stuck | sed -n 's/, the last by [0-9]* (gone)/ BY ONE THAT IS GONE/; /:81 /p')" \
		"tcp 0.0.0.0:81 of $master/nginx: ${waiting[0]} wait BY ONE THAT IS GONE; process $worker is stopped; its group still sends it connections"
	ktap_is "stopped: doctor, of one that has" "$(stuck | grep ':82 ')" \
		"tcp 0.0.0.0:82 of $worker/nginx: ${waiting[1]} wait; process $worker is stopped; its group still sends it connections"
	ktap_is "stopped: who" "$(waits 81) $(waits 82)" "${waiting[*]}"
	kill -CONT "$worker"
	wait_for 30 are_stuck 0 || ktap_diag "doctor: $(stuck)"
	ktap_is "stopped, then continued" "$(stuck)" ""
	for client_pid in "${clients[@]}"; do
		end_process "$client_pid"
	done
}

# How many lost their connection because a reload ended the worker for whom they waited?
test_reduced() {
	local worker waiting old reset

	old=$(workers nginx)
	worker=$(tail -n 1 <<< "$old")
	kill -STOP "$worker"
	start_client hold81 hold 10.77.0.2 81 20
	wait_for 30 said hold81 '^ready' || ktap_bail "no connections"
	waiting=$(queue 81)
	sed -i 's/worker_processes 2/worker_processes 1/' "$files/nginx.conf"
	in_netns "$b_pid" nginx -c "$files/nginx.conf" -s reload 2> /dev/null
	wait_for 30 has_others nginx "$old" || ktap_bail "no new worker"
	kill -CONT "$worker"
	wait_for 30 said hold81 '^reset' || ktap_bail "the clients were not told"
	reset=$(sed -n 's/^reset //p' "$TPW_TMP/hold81")
	# it may have been in time for one
	ktap_within "a worker less: its clients" "$reset" $((waiting - 1)) "$waiting" "that waited"
	ktap_is "a worker less: doctor" "$(in_netns "$b_pid" "$READER" doctor -j | head -n 1 | jq -r .text | sed 's/, [^,]* ago$//')" \
		"tcp 0.0.0.0:81: $reset connections were reset unaccepted when it was closed"
	ktap_is "a worker less: who" "$(reader "$b_pid" who :81 2> /dev/null | sed -n 's/^  closed  *\([0-9]* connections .*\)/\1/p')" \
		"$reset connections were reset unaccepted, 0 went to others of its group"
	end_process "$client_pid"
}

# What doctor has first, for as long as connections wait there; times aside
stuck() {
	in_netns "$b_pid" "$READER" doctor -j | jq -r .text | sed -n '/ wait, /!q; s/, the oldest [^;]*; nobody has accepted for [^,]*, [0-9]* before//; p'
}

are_stuck() { (($(stuck | wc -l) == $1)); }
queue() { in_netns "$b_pid" ss -Hltn sport = ":$1" | awk '{ sum += $2 } END { print sum }'; }
waits() { reader "$b_pid" who ":$1" 2> /dev/null | sed -n 's/^  waiting   \([0-9]*\), .*/\1/p'; }

# ---- others

# Who has the connections of a proxy, on either side of it?
test_proxy() {
	local haproxy

	haproxy=$(< "$files/haproxy.pid")
	: > "$TPW_TMP/got"
	get 10.77.0.2 8080 $ASKED
	ktap_is "proxy: its clients" "$(rows sport = :8080)" "$haproxy/haproxy:$(sessions front FRONTEND)"
	ktap_is "proxy: what it opened" "$(reader "$b_pid" connections -anH dport = :80 |
		sed -n 's/.* \([0-9]*\/[a-z]*\), [a-z-]* [0-9.]* [a-z]* ago$/\1/p' | uniq -c | tr -s ' ')" \
		" $(sessions back nginx) $haproxy/haproxy"
	ktap_is "proxy: who answered it" "$(rows sport = :80 dst 10.77.0.2)" "$(answered | sed 's/:/\/nginx:/g')"
	ktap_is "proxy: its line of the page" "$(in_netns "$b_pid" sed -n 's/^tcp  *\([0-9]* connections  *10.77.0.2:80\) .* /\1 /p' /proc/tuplewatch |
		tr -s ' ')" "$(sessions back nginx) connections 10.77.0.2:80 $haproxy/haproxy"
}

# Does the name server get what is asked, and which process is it?
test_names() {
	ktap_is "names: answers" "$(at_a ask 10.77.0.2 53 $ASKED),$(at_a ask fd77::2 53 $SOME)" "answers $ASKED,answers $SOME"
	ktap_is "names: who was asked how often" "$(reader "$b_pid" -ulnH sport = :53 | awk '{ print $1, $5, $NF }' | paste -sd,)" \
		"udp $(queries 10.77.0.1) $(< "$files/dnsmasq.pid")/dnsmasq,udp6 $(queries fd77::1) $(< "$files/dnsmasq.pid")/dnsmasq"
}

queries() { grep -c "query.* from $1\$" "$files/dnsmasq.log"; }

# Where does the published port of a container lead, and who has that connection?
test_container() {
	local port

	: > "$TPW_TMP/got"
	get 10.77.0.2 8088 1
	# the client may have had that port before, elsewhere
	read -r _ port _ < "$TPW_TMP/got"
	ktap_is "container: who answered" "$("$READER" who "10.77.0.1:$port" | awk '
		/^tcp/ { is_it = $2 == "10.88.0.2:80"; if (is_it) print $1, $2, $3, $4 }
		is_it && $1 == "accepted" { print $3 }' | paste -sd' ')" "tcp 10.88.0.2:80 <- 10.77.0.1:$port $(answered | sed 's/:.*//')/nginx"
	start_client hold hold 10.77.0.2 8088 1
	wait_for 30 said hold '^ready' || ktap_bail "no connection"
	port=$(in_netns "$a_pid" ss -Htn state established dport = :8088 | awk '{ sub(".*:", "", $3); print $3 }')
	ktap_is "container: where its connection goes" "$(explain "$port" 's/^  -  conntrack .* makes it \(.*\)/\1/p; s/^RESULT  .*, and it is \(forwarded\)\.$/\1/p')" \
		"10.77.0.1:$port > 10.88.0.2:80,forwarded"
	ktap_is "container: where a new one goes" "$(explain 4000 's/^  -  prerouting .* makes it \(.*\)/\1/p; s/^RESULT  .*, and it is \(forwarded\)\.$/\1/p')" \
		"10.77.0.1:4000 > 10.88.0.2:80,forwarded"
	end_process "$client_pid"
}

# explain PORT SCRIPT [TO]: what is told of a SYN from there to the published port, on a line
explain() { in_netns "$b_pid" "$READER" explain tcp "10.77.0.1:$1" "10.77.0.2:${3-8088}" | sed -n "$2" | paste -sd,; }

# ---- Why has a virtual server no connection here, who takes its segments, and who has them?
test_ipvs() {
	local port taken received

	modprobe -q ip_vs_rr || ktap_bail "no IPVS"
	printf '%s\n' "-A -t 10.77.0.2:8089 -s rr" "-a -t 10.77.0.2:8089 -r 10.88.0.2:80 -m" | in_netns "$b_pid" ipvsadm -R ||
		ktap_bail "no virtual server"
	taken=$(fact taken) received=$(received)
	: > "$TPW_TMP/got"
	get 10.77.0.2 8089 1
	read -r _ port _ < "$TPW_TMP/got"
	ktap_is "IPVS: who answered" "$("$READER" who "10.77.0.1:$port" | awk '
		/^tcp/ { is_it = $2 == "10.88.0.2:80"; if (is_it) print $1, $2, $3, $4 }
		is_it && $1 == "accepted" { print $3 }' | paste -sd' ')" "tcp 10.88.0.2:80 <- 10.77.0.1:$port $(answered | sed 's/:.*//')/nginx"
	ktap_is "IPVS: who decides of a new one" "$(explain 4001 's/^RESULT  *? \(.*\) see it first.*/\1/p' 8089)" "IPVS (input) and NAT (input)"
	settle "$b_pid" "$c_pid"
	ktap_is "IPVS: segments that came here and were taken before TCP" "$(($(fact taken) - taken))" "$(($(received) - received))"
}

# fact NAME: of the counters of the namespace of the servers
fact() { in_netns "$b_pid" sed -n "1s/.* $1=\([0-9]*\).*/\1/p" /proc/net/tuplewatch/counters; }

# received: segments that came to the container, by its kernel
received() { awk '/^Tcp:/ { n = $11 } END { print n }' "/proc/$c_pid/net/snmp"; }

require_tools servers/endpoint ip jq ss nc nft ipvsadm nginx haproxy dnsmasq pgrep awk nsenter
begin
netns_add c
ip link add c0 netns "$b" type veth peer name v0 netns "$c" || ktap_bail "no veth"
ip -n "$b" -batch - <<-EOF
	address add 10.88.0.1/24 dev c0
	link set c0 up
EOF
ip -n "$c" -batch - <<-EOF
	address add 10.88.0.2/24 dev v0
	link set v0 up
	route add default via 10.88.0.1
EOF
in_netns "$b_pid" sysctl -qw net.ipv4.ip_forward=1
in_netns "$b_pid" nft -f - <<-'EOF' || ktap_bail "no NAT"
	table ip nat {
		chain prerouting {
			type nat hook prerouting priority -100;
			tcp dport 8088 dnat to 10.88.0.2:80
		}
	}
EOF
start_nginx "$c_pid" container 80
start_nginx "$b_pid" nginx 80 '81 reuseport' '82 reuseport' '[::]:83 reuseport'

ktap_plan 38
settle "$b_pid" "$c_pid"
snapshot before "$b_pid"
test_opener
test_reload "one listener" 10.77.0.2 80
ktap_is "who accepted last, on the page and in the listing" "$(page_of 80)" \
	"$(reader "$b_pid" listeners -tlnH sport = :80 | awk '{ print $NF }')"
test_reload "reuseport" 10.77.0.2 81
test_reload "reuseport, IPv6" fd77::2 83
test_stopped
start_haproxy
test_proxy
start_dnsmasq
test_names
test_reduced
test_container
settle "$b_pid" "$c_pid"
books_close "$b_pid"
test_ipvs
ktap_finish
