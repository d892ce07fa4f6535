#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tuplewatch listeners, connections, refused, who: each socket by the cookie and the processes that its owner
# says it has; numbers as they were sent.

. "$(dirname "$0")/reader.sh"

CLIENTS=24
REFUSED=5
UNHEARD=6

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid='' b='' b_pid=''
# Filled through its name.
# shellcheck disable=SC2034
declare -A now

# shellcheck disable=SC2119
lists_set_up() {
	tpw_load
	netns_add a
	netns_add b
	began_s=$EPOCHSECONDS
	start_peer server "$a_pid" listen 127.0.0.1 7070 members=4 forks=1 pass=1
	start_peer client "$a_pid" connect 127.0.0.1 7070 $CLIENTS hold=1
	client_pid=$peer_pid
	wait_for 10 count_accepted server $CLIENTS || ktap_bail "not all connections were accepted"
	in_netns "$a_pid" "$TPW_TESTS/basic/traffic" refused 127.0.0.1 7071 $REFUSED || ktap_bail "no traffic"
	in_netns "$a_pid" "$TPW_TESTS/basic/traffic" nobody 127.0.0.1 7072 $UNHEARD || ktap_bail "no traffic"
	settle "$a_pid"
	snapshot now "$a_pid"
}

test_listeners() {
	save listeners "$a_pid" -tlnp sport = :7070
	same "listeners, cookie, pid and inode" "$(words listeners row cookie pid inode)" \
		"$(words server listener cookie pid inode)"
	same "listeners, connections of each by pid" "$(words listeners row pid children | grep -v ' 0$')" \
		"$(words server accepted pid | uniq -c | awk '{ print $2, $1 }')"
	ktap_is "listeners, SYNs in all" "$(sum listeners syns)" $CLIENTS
	ktap_within "listeners, shares" "$(sum listeners share)" 98 102 "percent in all"
	ktap_is "listeners, expected share" "$(words listeners row expected | uniq)" 25
	ktap_is "listeners, flags, group, chooser" "$(words listeners row flags group chooser | uniq)" \
		"reuseaddr,reuseport 4 hash"
	save by "$a_pid" listeners -tn --by pid sport = :7070
	same "listeners --by pid" "$(words by row pid rows)" "$(words server listener pid | uniq -c | awk '{ print $2, $1 }')"
	# the member, the child that inherited it, and the one that it was passed to
	same "listeners -p, every holder" "$(words listeners row users | tr , '\n' | sort)" \
		"$( (words server listener pid fd; words server holder pid fd; words server passed pid fd) |
			sed 's/\(.*\) \(.*\)/peer\/\1\/\2/' | sort)"
}

test_connections() {
	save servers "$a_pid" -tnp sport = :7070
	save clients "$a_pid" -tn dport = :7070
	same "connections, cookie, pid and inode of those accepted" \
		"$(words servers row cookie pid inode foreign_address foreign_port)" \
		"$(words server accepted cookie pid inode port | sed 's/ \([0-9]*\)$/ 127.0.0.1 \1/')"
	same "connections, born from the listener of the process that accepted" \
		"$(words servers row listener_cookie pid | uniq)" \
		"$(words server listener cookie pid | grep -F -f <(words server accepted pid | uniq | sed 's/^/ /'))"
	same "connections, cookie, pid and inode of the clients" \
		"$(words clients row cookie pid inode local_address local_port)" \
		"$(words client connection cookie pid inode port | sed 's/ \([0-9]*\)$/ 127.0.0.1 \1/')"
	same "connections -p, who holds them" "$(words servers row users)" \
		"$(words server accepted pid fd | sed 's/\(.*\) \(.*\)/peer\/\1\/\2/' | sort)"
	ktap_is "connections, roles" "$( (words servers row role; words clients row role) | uniq -c | line)" \
		" $CLIENTS server, $CLIENTS client"
	ktap_is "connections, accepted by the clock on the wall" "$(jq "select(.accepted[:19] + \"Z\" | fromdate |
		. >= $began_s and . <= $EPOCHSECONDS) | .accepted_ns" "$TPW_TMP/servers.json" | wc -l)" $CLIENTS
	ktap_is "connections, accepted after they were born" "$(words servers row first_ns accepted_ns waited_ns |
		awk '$2 > $1 && $3 > 0' | wc -l)" $CLIENTS
}

# Everything that was seen is in one of the lists.
test_sum() {
	local seen rows

	total seen now 'seen.*'
	save all_listeners "$a_pid" -lna
	save all_connections "$a_pid" connections -a
	save refused "$a_pid" refused
	rows=$(($(sum all_listeners segments request_segments) + $(sum all_connections segments) + $(sum refused count)))
	ktap_is "segments of all rows" "$rows" "$seen" "" seen
	ktap_is "refused" "$(words refused row proto local_address local_port count | line)" \
		"tcp 127.0.0.1 7071 $REFUSED,udp 127.0.0.1 7072 $UNHEARD"
}

# The summary counts what the lists have; "now" was taken before them, and nothing came since.
test_summary() {
	local kind seen state word

	total seen now 'seen.*'
	reader "$a_pid" -sj > "$TPW_TMP/summary"
	for word in tcp:LISTEN:listening tcp:ESTABLISHED:established tcp:TIME_WAIT:time-wait tcp:CLOSED:closed; do
		state=${word#*:}
		ktap_is "summary, ${state#*:}" "$(jq -s "map(select(.state == \"${state#*:}\").total) | add // 0" \
			"$TPW_TMP/summary")" "$( (words all_listeners row state; words all_connections row state) | grep -cx "${state%:*}")"
	done
	for kind in seen match via; do
		ktap_is "summary, $kind" "$(jq -s "map(select(.segments == \"$kind\").total) | add" "$TPW_TMP/summary")" "$seen" "" seen
	done
}

rows() { reader "$a_pid" -nH "$@" | wc -l; }

test_words() {
	local port

	read -r port < <(words client connection port)
	ktap_is "one port" "$(rows -t dport = ":$port") $(rows -t sport = ":$port") $(
		rows -t sport = ":$port" or dport = ":$port")" "1 1 2"
	ktap_is "state established, not client" "$(rows -t state established not role = client)" $CLIENTS
	ktap_is "src and dst" "$(rows -t src 127.0.0.1:7070 dst 127.0.0.0/8) $(rows -t src 128.0.0.0/1)" "$CLIENTS 0"
	ktap_is "-6, -u" "$(rows -6) $(rows -u)" "0 0"
	ktap_is "wrong word, exit status" "$(reader "$a_pid" -tn sport = :x 2> /dev/null; echo $?)" 2
}

# What changes from one page to the next
steady() { grep -v -e 'watching [0-9]' -e '^whole host' -e '  holds ' -e ' ago' -e 'not accepted [0-9]'; }

test_netns() {
	local netns

	ktap_is "-N NAME" "$("$READER" -tlnH -N "$a" | wc -l)" 4
	ktap_is "-N PID" "$("$READER" -tlnH -N "$b_pid" | wc -l)" 0
	ktap_is "-N all, namespace of the rows" "$("$READER" -tlH -N all sport = :7070 | grep -o 'netns=.*' | uniq -c | line)" \
		" 4 netns=$(stat -Lc %i "/proc/$a_pid/ns/net")"
	# one that only a mount keeps
	ip netns add "tpw-$$-closed" || ktap_bail "no network namespace"
	: > "$TPW_TMP/closed"
	mount --bind "/run/netns/tpw-$$-closed" "$TPW_TMP/closed"
	at_exit umount -l "$TPW_TMP/closed"
	ip -n "tpw-$$-closed" link set lo up
	ip netns exec "tpw-$$-closed" "$TPW_TESTS/basic/traffic" refused 127.0.0.1 7071 $REFUSED || ktap_bail "no traffic"
	ip netns delete "tpw-$$-closed"
	"$READER" -N all > "$TPW_TMP/overviews" 2> "$TPW_TMP/overviews.err"
	ktap_is "-N all, pages" "$(sed -n 's/^== netns \([0-9]*\), .*/\1/p; s/^tuplewatch: netns \([0-9]*\): no process is .*/\1/p' \
		"$TPW_TMP/overviews" "$TPW_TMP/overviews.err" | sort | line)" \
		"$("$READER" counters -N all -jH | jq .netns | sort -u | line)"
	# each SYN and its RST
	ktap_is "-N all, one that cannot be entered" "$(sed -n "s/^tuplewatch: netns $(stat -Lc %i "$TPW_TMP/closed"): //p" "$TPW_TMP/overviews.err")" \
		"no process is in it and it has no name: no page; it has seen $((2 * REFUSED)) segments, see: tuplewatch connections -N all"
	for netns in "$a" "$b"; do
		same "-N all, the page of $netns" "$(awk -v name="$netns" '
			/^== netns / { is_in = $5 == name; next } is_in' "$TPW_TMP/overviews" | steady)" \
			"$("$READER" -N "$netns" | steady)"
	done
	ktap_is "-N all -j, segments of a namespace" "$("$READER" -N all -jH | jq -s "map(select(.name == \"seen\" and .netns == $(
		stat -Lc %i "/proc/$a_pid/ns/net"))) | .[0].tcp4")" "$("$READER" -N "$a" -jH | jq 'select(.name == "seen").tcp4')"
	ktap_is "-N all, in another namespace, exit status" \
		"$(in_netns "$b_pid" "$READER" -tln -N all 2> /dev/null; echo $?)" 1
}

test_who() {
	local port cookie pid fd

	read -r port cookie pid fd < <(words server accepted port cookie pid fd)
	save who "$a_pid" who 127.0.0.1:7070 "127.0.0.1:$port"
	ktap_is "who, both ends of it" "$(words who row connection.cookie | line)" \
		"$( (echo "$cookie"; words client connection cookie port | sed -n "s/ $port$//p") | sort | line)"
	save who "$a_pid" who "sk:$cookie"
	ktap_is "who, by cookie" \
		"$(words who row connection.foreign_address connection.foreign_port connection.pid users)" \
		"127.0.0.1 $port $pid peer/$pid/$fd"
	ktap_is "who, its listener" "$(words who row listener.cookie listener.pid)" \
		"$(words server listener cookie pid | grep " $pid$")"
	ktap_is "who, from the initial namespace" \
		"$("$READER" who "sk:$cookie" | sed -n '1s/ *ESTABLISHED, netns/,/p')" \
		"tcp 127.0.0.1:7070 <- 127.0.0.1:$port, $(stat -Lc %i "/proc/$a_pid/ns/net")"
	ktap_test "who, for people" who_for_people "$pid" "$port"
	ktap_is "who, what was refused" "$(reader "$a_pid" who udp :7072 | sed -n 's/;.*//;s/^  //p')" \
		"segments  $UNHEARD came in, $UNHEARD were refused"
	ktap_is "who, of nothing" "$(reader "$a_pid" who :1 2> /dev/null; echo $?)" 1

	end_process "$client_pid"
	wait_for 10 all_closed || ktap_bail "connections do not close"
	save who "$a_pid" who "sk:$cookie"
	ktap_is "who, after it closed" "$(words who row connection.state connection.pid users)" "CLOSED $pid "
	ktap_is "who, accepted and closed in this order" \
		"$(words who row connection.first_ns connection.accepted_ns connection.closed_ns |
			awk '$1 < $2 && $2 < $3 { print "yes" }')" yes
}

who_for_people() {
	local text

	text=$(reader "$a_pid" who ":$2" 127.0.0.1:7070)
	echo "$text"
	grep -q "^  accepted  by $1/peer at [0-9:.]*, .* ago, after .* in the queue$" <<< "$text" &&
		grep -q "^  held by   users:((\"peer\",pid=$1,fd=" <<< "$text" &&
		grep -q "^  listener  127.0.0.1:7070, cookie .*, opened by $1/peer$" <<< "$text"
}

# A server in the cgroup of a container, by the name that its runtime gives it
test_cgroup() {
	local id cgroup path cookie

	id=$(printf '0123456789abcdef%.0s' 1 2 3 4)
	cgroup=$TPW_TMP/cgroup
	path=/system.slice/docker-$id.scope
	mkdir -p "$cgroup"
	mount -t cgroup2 none "$cgroup" || ktap_bail "no cgroup2"
	at_exit umount -l "$cgroup"
	mkdir -p "$cgroup$path" || ktap_bail "no cgroup"
	echo "$$" > "$cgroup$path/cgroup.procs"
	start_peer caged "$a_pid" listen 127.0.0.1 7073
	echo "$$" > "$cgroup/cgroup.procs"
	read -r cookie < <(words caged listener cookie)
	ktap_is "cgroup, who" "$(reader "$a_pid" who "sk:$cookie" | sed -n 's/^  cgroup *//p')" "docker 0123456789ab"
	ktap_is "cgroup, who -e" "$(reader "$a_pid" who -e "sk:$cookie" | sed -n 's/^  cgroup *//p')" "docker 0123456789ab, $path"
	ktap_is "cgroup, listeners -e" "$(reader "$a_pid" listeners -eOH sport = :7073 | grep -o 'cgroup=.*')" \
		"cgroup=$path container=0123456789ab"
	ktap_is "cgroup, listeners --by cgroup" \
		"$(reader "$a_pid" listeners --by cgroup -j sport = :7073)" '{"cgroup":"docker 0123456789ab","rows":1,"segments":0}'
	ktap_is "cgroup, top --by cgroup" "$(reader "$a_pid" top -c 1 -d 0.01 --by cgroup sport = :7073 | awk '/^Listeners/ { is_in = 1; next } is_in { print $1, $5, $6 }')" \
		"1 docker 0123456789ab"
}

# The initial namespace publishes a port of a container, whose own tables do not know of that.
publish() {
	ip link add h0 type veth peer name v1 netns "$b" || ktap_bail "no veth"
	ip link add h1 type veth peer name v1 netns "$a" || ktap_bail "no veth"
	ip -batch - <<-'EOF'
		address add 10.78.0.2/24 dev h0
		address add 10.79.0.1/24 dev h1
		link set h0 up
		link set h1 up
	EOF
	ip -n "$b" address add 10.78.0.1/24 dev v1
	ip -n "$b" link set v1 up
	ip -n "$a" address add 10.79.0.2/24 dev v1
	ip -n "$a" link set v1 up
	ip -n "$a" route add default via 10.79.0.1
	sysctl -qw net.ipv4.ip_forward=1
	at_exit sysctl -qw net.ipv4.ip_forward=0
	nft -f - <<-'EOF' || ktap_bail "no NAT"
		table ip published {
			chain prerouting {
				type nat hook prerouting priority -100;
				tcp dport 8074 dnat to 10.79.0.2:7074
			}
		}
	EOF
	at_exit nft delete table ip published
}

# The server's socket is one of both families, so that its address has another form in the table.
test_published() {
	local port cookie want

	publish
	start_peer contained "$a_pid" listen :: 7074
	start_peer outside "$b_pid" connect 10.78.0.2 8074 2 hold=1
	wait_for 10 said contained '^accepted.*' || ktap_bail "no connection"
	read -r port cookie < <(words contained accepted port cookie)
	"$READER" who "10.78.0.1:$port" 10.78.0.2:8074 > "$TPW_TMP/published"
	want="[::ffff:10.79.0.2]:7074 <- [::ffff:10.78.0.1]:$port $cookie, 10.78.0.2:8074, changed by NAT of this namespace"
	ktap_is "published, by both ends" "$(servers)" "$want"
	"$READER" who 10.78.0.2:8074 > "$TPW_TMP/published"
	ktap_is "published, by its port" "$(servers | wc -l) $(servers | grep -cF -- "$want")" "2 1"
	ktap_is "published, not that port" "$("$READER" who 10.78.0.2:8075 2>&1; echo $?)" \
		"$(printf '%s\n' "tuplewatch: who: nothing is known of it: no such socket is there, and none that closed is remembered; the log may have its segments: tuplewatch log" \
			"tuplewatch: who: if NAT leads it to a container, ask by the end that NAT leaves as it is: who CLIENT:PORT" 1)"
}

# Those of servers in $TPW_TMP/published: their ends, cookies, and what was asked for
servers() {
	awk '/^tcp/ { is_it = $3 == "<-"; ends = $2 " " $3 " " $4 }
		is_it && $1 == "socket" { cookie = $3 }
		is_it && /asked for/ { sub(/.*asked for */, ""); print ends, cookie " " $0 }' "$TPW_TMP/published" | sort
}

all_closed() { ! grep -q ' 01 ' "/proc/$a_pid/net/tcp"; }

require_tools ip jq nft sysctl traffic nsenter paste awk
tpw_prepare
ktap_plan 55
lists_set_up
test_listeners
test_connections
test_sum
test_summary
test_words
test_netns
test_cgroup
test_published
test_who
ktap_finish
