#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# More servers as Debian has them, each with one question: sshd, a port that systemd-socket-activate holds, the threads of
# unbound, prefork Apache, redis, WireGuard, an address that keepalived brings. The answer is compared with ss, with what
# the server counts or logs, or with the clients.
#
# The last three with TPW_LONG=1 only; so is PostgreSQL, whose initdb takes an emulated machine most of a minute. Packages:
# redis-server wireguard-tools keepalived postgresql.

. "$(dirname "$0")/common.sh"

ASKED=31

# held PORT: who accepted the clients' connections to it, and which processes hold them: "190 195,196"
held() {
	reader "$b_pid" connections -pjH sport = ":$1" dst 10.77.0.1 |
		jq -r '"\(.pid) \([.users[].pid] | unique | map(tostring) | join(","))"'
}

# holders PORT: the same, as ss has it
holders() { in_netns "$b_pid" ss -Htnp state established sport = ":$1" | grep -o 'pid=[0-9]*' | sed 's/pid=//' | sort -nu | paste -sd,; }

# listeners PORT: who stands beside the listeners there, each once
listeners() { reader "$b_pid" listeners -nH sport = ":$1" | awk '{ print $NF }' | sort -u | paste -sd,; }

is_held_by_others() { [[ $(holders "$1") != "" && $(holders "$1") != "$2" ]]; }

# ---- Who has this session, and who let it in?
test_ssh() {
	local master

	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$files/key"
	printf '%s\n' "ListenAddress 10.77.0.2:22" "HostKey $files/key" "PidFile $files/sshd.pid" "UsePAM no" > "$files/sshd.conf"
	start "$b_pid" sshd /usr/sbin/sshd -f "$files/sshd.conf"
	master=$(< "$files/sshd.pid")
	start_client ssh hold 10.77.0.2 22 1
	wait_for 30 said ssh '^ready' || ktap_bail "no connection"
	wait_for 30 is_held_by_others 22 "$master" || ktap_bail "sshd starts nobody for it"
	ktap_is "sshd: who accepted it, and who holds it" "$(held 22)" "$master $(holders 22)"
	ktap_is "sshd: its listener" "$(listeners 22)" "$master/sshd"
	end_process "$client_pid"
}

# ---- Who listens where systemd does, and who serves?
test_activated() {
	local activator

	nsenter --net="/proc/$b_pid/ns/net" systemd-socket-activate -l 10.77.0.2:91 -a --inetd cat > "$files/activate" 2>&1 &
	activator=$!
	at_exit kill_quietly "$activator"
	wait_for 30 is_listening 91 || ktap_bail "systemd-socket-activate: $(< "$files/activate")"
	start_client activated hold 10.77.0.2 91 1
	wait_for 30 said activated '^ready' || ktap_bail "no connection"
	wait_for 30 is_held_by_others 91 "$activator" || ktap_bail "nobody is started for it"
	wait_for 30 has_name "$(holders 91)" cat || ktap_bail "it is not cat"
	ktap_is "socket activation: who accepted it, and who holds it" "$(held 91)" "$activator $(pgrep -P "$activator" cat)"
	ktap_is "socket activation: its listener" "$(listeners 91)" "$activator/systemd-socket-"
	end_process "$client_pid"
}

has_name() { [[ $(cat "/proc/$1/comm") == "$2" ]]; } 2> /dev/null

is_listening() { in_netns "$b_pid" ss -Hltn sport = ":$1" | grep -q .; }

# ---- Which thread gets the questions?
test_unbound() {
	local pid

	cat > "$files/unbound.conf" <<-EOF
	server:
		directory: "$files"
		chroot: ""
		username: ""
		pidfile: "$files/unbound.pid"
		logfile: "$files/unbound.log"
		use-syslog: no
		interface: 10.77.0.2
		interface: fd77::2
		port: 5353
		num-threads: 2
		so-reuseport: yes
		module-config: "iterator"
		access-control: 0.0.0.0/0 allow
		access-control: ::/0 allow
		local-data: "tuplewatch.test. A 10.1.2.3"
	remote-control:
		control-enable: yes
		control-interface: $files/unbound.socket
		control-use-cert: no
	EOF
	start "$b_pid" unbound unbound -c "$files/unbound.conf"
	pid=$(< "$files/unbound.pid")
	wait_for 30 unbound-control -c "$files/unbound.conf" status > /dev/null || ktap_bail "unbound: $(cat "$files/unbound.log")"
	ktap_is "unbound: answers" "$(at_a ask 10.77.0.2 5353 $ASKED)" "answers $ASKED"
	ktap_is "unbound: its threads" "$(segments udp)" "$(unbound-control -c "$files/unbound.conf" stats_noreset |
		sed -n 's/^thread[0-9]*\.num\.queries=//p' | sort -n | paste -sd,)"
	ktap_is "unbound: IPv6" "$(at_a ask fd77::2 5353 7) $(segments udp6 | tr , + | bc)" "answers 7 7"
	ktap_is "unbound: who holds all of them" "$(listeners 5353)" "$pid/unbound"
}

# segments PROTO: of each such listener on unbound's port, in the order of size
segments() { reader "$b_pid" listeners -jnH sport = :5353 | jq -r "select(.proto == \"$1\") | .segments" | sort -n | paste -sd,; }

# ---- Which child of a prefork server had which client?
test_prefork() {
	local parent

	cat > "$files/apache.conf" <<-EOF
	ServerRoot $files
	ServerName tuplewatch.test
	LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
	LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
	Mutex file:$files default
	PidFile $files/apache.pid
	ErrorLog $files/apache.error
	LogFormat "got %{remote}p %P" who
	CustomLog $files/apache.log who
	User www-data
	Group www-data
	DocumentRoot $files
	Listen 10.77.0.2:8081
	StartServers 3
	MinSpareServers 3
	MaxSpareServers 3
	KeepAlive Off
	EOF
	start "$b_pid" apache apache2 -f "$files/apache.conf"
	parent=$(< "$files/apache.pid")
	wait_for 30 has_children "$parent" 3 || ktap_bail "Apache: $(cat "$files/apache.error")"
	at_a get 10.77.0.2 8081 $ASKED > "$TPW_TMP/got" || ktap_bail "Apache does not answer"
	wait_for 30 has_logged $ASKED || ktap_bail "Apache logged $(wc -l < "$files/apache.log")"
	same "prefork: who had which client" "$(reader "$b_pid" connections -a -jH sport = :8081 |
		jq -r '"got \(.foreign_port) \(.pid)"' | sort)" "$(sort "$files/apache.log")"
	ktap_is "prefork: who accepted how many" "$(accepted 8081)" \
		"$(awk '{ n[$3]++ } END { for (pid in n) print pid ":" n[pid] }' "$files/apache.log" | sort -n | paste -sd,)"
	ktap_is "prefork: the listing names who accepted last" "$(listeners 8081)" "$(tail -n 1 "$files/apache.log" | cut -d' ' -f3)/apache2"
}

has_children() { (($(pgrep -c -P "$1") >= $2)); }

has_logged() { (($(wc -l < "$files/apache.log") == $1)); }

# ---- Who are the clients of a database?
test_redis() {
	start "$b_pid" redis redis-server --bind 10.77.0.2 --daemonize yes --pidfile "$files/redis.pid" --dir "$files" \
		--save '' --protected-mode no --logfile "$files/redis.log"
	wait_for 30 is_listening 6379 || ktap_bail "redis: $(cat "$files/redis.log")"
	start_client redis hold 10.77.0.2 6379 5
	wait_for 30 said redis '^ready' || ktap_bail "no connections"
	wait_for 30 has_accepted 6379 5 || ktap_bail "redis accepts nothing"
	same "redis: its clients" "$(reader "$b_pid" connections -jH sport = :6379 | jq -r '.foreign_port' | sort)" \
		"$(at_server 6379 'CLIENT LIST' | sed -n 's/^id=.* addr=10\.77\.0\.1:\([0-9]*\) .*/\1/p' | sort)"
	ktap_is "redis: who holds them" "$(held 6379 | sort -u)" "$(< "$files/redis.pid") $(< "$files/redis.pid")"
	end_process "$client_pid"
}

# at_server PORT COMMAND: the answer, over a connection within the server's namespace
at_server() { printf '%s\r\nQUIT\r\n' "$2" | in_netns "$b_pid" nc -w 10 10.77.0.2 "$1"; }

has_accepted() { (($(reader "$b_pid" listeners -jH sport = ":$1" | jq .accepted) == $2)); }

# ---- What comes through a tunnel is seen once on either side of it.
test_wireguard() {
	local netns address=1

	modprobe -q wireguard || ktap_bail "no WireGuard"
	(umask 077; wg genkey > "$files/a.key"; wg genkey > "$files/b.key")
	for netns in "$a" "$b"; do
		ip -n "$netns" link add wg0 type wireguard || ktap_bail "no WireGuard"
		ip -n "$netns" address add 10.99.0.$((address++))/24 dev wg0
	done
	in_netns "$a_pid" wg set wg0 listen-port 51820 private-key "$files/a.key" \
		peer "$(wg pubkey < "$files/b.key")" allowed-ips 10.99.0.2/32 endpoint 10.77.0.2:51820
	in_netns "$b_pid" wg set wg0 listen-port 51820 private-key "$files/b.key" \
		peer "$(wg pubkey < "$files/a.key")" allowed-ips 10.99.0.1/32 endpoint 10.77.0.1:51820
	ip -n "$a" link set wg0 up
	ip -n "$b" link set wg0 up
	start_client tunnel hold 10.99.0.2 6380 3
	wait_for 30 said tunnel '^ready' || ktap_bail "no connection through the tunnel"
	ktap_is "WireGuard: clients within" "$(reader "$b_pid" connections -jH sport = :6380 | jq -r '"\(.local_address) \(.foreign_address)"' | uniq -c |
		tr -s ' ')" " 3 10.99.0.2 10.99.0.1"
	ktap_is "WireGuard: the socket around it is the kernel's" "$(reader "$b_pid" listeners -jH sport = :51820 |
		jq -r 'select(.proto == "udp") | "\(.flags | index("kernel") != null) \(.holder_pid) \(.segments > 6)"')" "true null true"
	end_process "$client_pid"
}

# ---- To which of its addresses came this client?
test_keepalived() {
	cat > "$files/keepalived.conf" <<-EOF
	vrrp_instance one {
		interface v0
		virtual_router_id 7
		priority 255
		advert_int 1
		virtual_ipaddress {
			10.77.0.9/32
		}
	}
	EOF
	nsenter --net="/proc/$b_pid/ns/net" keepalived -n -l -P -f "$files/keepalived.conf" -p "$files/keepalived.pid" \
		-r "$files/vrrp.pid" > "$files/keepalived.out" 2>&1 &
	at_exit kill_quietly $!
	keepalived=$!
	wait_for 30 has_address 10.77.0.9 || ktap_bail "keepalived: $(cat "$files/keepalived.out")"
	start_client floating hold 10.77.0.9 6380 1
	wait_for 30 said floating '^ready' || ktap_bail "no connection to the address"
	ktap_is "keepalived: its address" "$(reader "$b_pid" connections -jH sport = :6380 src 10.77.0.9 | jq -r '"\(.listener_address):\(.listener_port) \(.local_address):\(.local_port)"')" \
		"0.0.0.0:6380 10.77.0.9:6380"
	end_process "$client_pid"
	end_process "$keepalived"
	wait_for 30 has_not_address 10.77.0.9 || ktap_bail "keepalived leaves its address"
	ktap_is "keepalived: the address has left" "$(in_netns "$b_pid" "$READER" explain tcp 10.77.0.1:4000 10.77.0.9:6380 |
		sed -n 's/^RESULT  *\(.*\), .*/\1/p')" "nobody: 10.77.0.9:6380 is no address of this host"
}

has_address() { ip -n "$b" -o address show dev v0 | grep -q " $1/"; }
has_not_address() { ! has_address "$1"; }

# ---- Which backend has which client?
test_postgres() {
	local bin=(/usr/lib/postgresql/*/bin) postmaster

	mkdir "$files/db"
	chown postgres "$files/db"
	chmod 755 "$TPW_TMP" "$files"
	setpriv --reuid postgres --regid postgres --clear-groups "${bin[0]}/initdb" --no-sync -A trust -D "$files/db" > "$files/initdb" 2>&1 ||
		ktap_bail "initdb: $(< "$files/initdb")"
	echo "host all all 10.77.0.0/24 trust" >> "$files/db/pg_hba.conf"
	nsenter --net="/proc/$b_pid/ns/net" setpriv --reuid postgres --regid postgres --clear-groups "${bin[0]}/postgres" -D "$files/db" \
		-h 10.77.0.2 -k "$files/db" > "$files/postgres" 2>&1 &
	postmaster=$!
	at_exit kill_quietly "$postmaster"
	wait_for 120 is_listening 5432 || ktap_bail "postgres: $(< "$files/postgres")"
	start_client postgres hold 10.77.0.2 5432 1
	wait_for 60 said postgres '^ready' || ktap_bail "no connection"
	wait_for 60 is_held_by_others 5432 "$postmaster" || ktap_bail "no backend"
	ktap_is "PostgreSQL: who accepted it, and who holds it" "$(held 5432)" "$postmaster $(holders 5432)"
	end_process "$client_pid"
}

require_tools servers/endpoint ip jq ss bc pgrep awk nsenter sshd ssh-keygen systemd-socket-activate unbound unbound-control apache2
[[ -z ${TPW_LONG-} ]] || require_tools nc redis-server wg keepalived setpriv
begin
start_peer six "$b_pid" listen 0.0.0.0 6380
ktap_plan "$(long_or_short 23 16)"
settle "$b_pid"
snapshot before "$b_pid"
test_ssh
test_activated
test_unbound
test_prefork
if [[ ${TPW_LONG-} ]]; then
	test_redis
	test_wireguard
	test_keepalived
	test_postgres
fi
settle "$b_pid"
books_close "$b_pid"
ktap_finish
