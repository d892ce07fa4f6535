# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154	# of lib.sh and claims.sh
#
# The client's port, and TIME_WAIT.

claim steps 2
# INSTRUCTOR.md, lab 9: even steps of 2 to 16. The range may end between, and another ten seconds begin.
steps() {
	local port last='' odd=0 step
	local -A seen=()

	serve_on -s 0.0.0.0:88
	start client "quicknet -n 20 -w 600 -t 192.168.1.10:88"
	wait_until "twenty clients" printed "$started_output" opened
	while read -r port; do
		if [[ $last ]]; then
			step=$((port - last))
			seen[$step]=1
			((step >= 2 && step <= 16 && step % 2 == 0)) || ((++odd))
		fi
		last=$port
	done < <(sed -n 's/^connected [^:]*:\([0-9]*\) .*/\1/p' "$started_output")
	ktap_diag "steps: ${!seen[*]}"
	ktap_within "steps that are not even or not of 2 to 16" "$odd" 0 2
	ktap_test "steps differ" test "${#seen[@]}" -gt 2
}

# paced HOST ADDRESS...: 40 ports, a connection each 1.41 seconds for 126, which is 28,232 ports and 500 a second to
# scale; this side closes first. The second of each failure goes to stdout, "late" for each late one to stderr.
paced() {
	local host=$1
	shift

	inside "$host" sysctl -qw net.ipv4.ip_local_port_range="20000 20039" net.ipv4.tcp_tw_reuse=0 net.ipv4.tcp_rfc1337=1
	inside "$host" python3 - "$@" <<-'EOF'
	import socket, sys, time
	begin, n = time.monotonic(), 0
	while n * 1.41 < 126:
	    time.sleep(max(0, begin + n * 1.41 - time.monotonic()))
	    if time.monotonic() > begin + n * 1.41 + 0.5:
	        print("late", file=sys.stderr)
	    try:
	        socket.create_connection((sys.argv[1 + n % (len(sys.argv) - 1)], 89)).close()
	    except OSError:
	        print(int(n * 1.41))
	    n += 1
	EOF
}

claim exhaustion 4
# Lab 10, question 1.
exhaustion() {
	local second bad=0
	local -i first=0 again=0

	ip -n server address add 10.0.0.9/24 dev v2
	# Closes what its client has closed.
	serve_on -s 0.0.0.0:89
	paced side 10.0.0.1 10.0.0.9 > "$TPW_TMP/two" &
	paced client 192.168.1.10 > "$TPW_TMP/one" 2> "$TPW_TMP/late"
	wait $!
	ktap_diag "one address failed at second $(xargs < "$TPW_TMP/one")"
	while read -r second; do
		case $second in
		5[6-9]|6[0-3])          ((++first)) ;;
		11[6-9]|12[0-5])        ((++again)) ;;
		*)                      ((++bad)) ;;
		esac
	done < "$TPW_TMP/one"
	ktap_test "one address fails at about 56 to 60 seconds" test "$first" -ge 2
	ktap_test "and about a minute later" test "$again" -ge 2
	# Where the machine made one late, its port is missing a minute later.
	ktap_within "failures between" "$bad" 0 "$(grep -c late "$TPW_TMP/late")" "at most as many as were late:"
	ktap_is "two addresses, failures" "$(wc -l < "$TPW_TMP/two")" 0
}


# ten_ports HOST FROM: what its clients may have.
ten_ports() { inside "$1" sysctl -qw net.ipv4.ip_local_port_range="$2 $(($2 + 9))"; }

# opened HOST NUMBER TARGET [OPTION...]: of so many clients, that come one after the other, how many are connected.
opened() {
	local host=$1 number=$2 target=$3
	shift 3

	inside "$host" quicknet -q -n "$number" -w 0 "$@" -t "$target" | awk '$1 == "opened" { print $2 }'
}

claim port_of_bind 2
# INSTRUCTOR.md, lab 9, question 2: a port that bind() has given is lost to connect(). Labs 9 and 10: one outside of the
# range is not used up.
port_of_bind() {
	serve_on -s 0.0.0.0:321
	ten_ports client 24000
	program client <<-'EOF'
	import socket, time
	socks = [socket.socket() for _ in range(4)]
	for sock in socks:
	    sock.bind(("", 0))
	print("bound", flush=True)
	time.sleep(600)
	EOF
	wait_until "four ports are bound" printed "$started_output" bound
	ktap_is "ten ports, four of them given by bind(), of ten clients" "$(opened client 10 192.168.1.10:321)" 6
	ktap_is "a client that binds to another port" \
		"$(inside client quicknet -w 0 -b 192.168.1.13:30000 -t 192.168.1.10:321 | awk '{ print $1 }')" connected
	end_process "$started"
	inside client sysctl -qw net.ipv4.ip_local_port_range="32768 60999"
}

claim privileged 2
# INSTRUCTOR.md, lab 9, question 3: who else may have port 80.
privileged() {
	local program='import socket; s = socket.socket(); s.bind(("", 80)); print("bound")'

	ktap_is "nobody with CAP_NET_BIND_SERVICE" "$(inside server setpriv --reuid=65534 --regid=65534 --clear-groups \
		--inh-caps=-all,+net_bind_service --ambient-caps=-all,+net_bind_service --bounding-set=-all,+net_bind_service \
		env PATH=/usr/bin:/bin python3 -c "$program" 2>&1 | tail -n 1)" bound
	ktap_is "nobody, as root of a namespace" "$(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all \
		unshare --user --map-root-user --net env PATH=/usr/bin:/bin python3 -c "$program" 2>&1 | tail -n 1)" bound
}

claim reuse_both 1
# INSTRUCTOR.md, lab 2, question 1: one port of a client, bound by two sockets.
reuse_both() {
	serve_on -s 0.0.0.0:322
	ip -n server address add 192.168.1.12/24 dev v0
	ktap_is "two sockets of a client bind to one port, by SO_REUSEADDR of the first and the second" "$(inside client python3 - <<-'EOF'
	import socket
	for first, second in (0, 0), (1, 0), (0, 1), (1, 1):
	    a, b = socket.socket(), socket.socket()
	    a.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, first)
	    b.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, second)
	    port = 40322 + 2 * first + second
	    try:
	        a.bind(("192.168.1.13", port))
	        b.bind(("192.168.1.13", port))
	        a.connect(("192.168.1.10", 322))
	        b.connect(("192.168.1.12", 322))
	        print("connected", end="")
	    except OSError:
	        print("no ", end="")
	EOF
	)" "no no no connected"
	end_process "$started"
	ip -n server address delete 192.168.1.12/24 dev v0
}

claim reuse_default 3
# INSTRUCTOR.md, lab 10: tcp_tw_reuse is 2, for loopback only.
reuse_default() {
	serve_on -s 0.0.0.0:323
	ktap_is "tcp_tw_reuse as it comes" "$(inside twin sysctl -n net.ipv4.tcp_tw_reuse)" 2
	ten_ports server 25000
	ten_ports client 25000
	: "$(opened server 10 127.0.0.1:323)" "$(opened client 10 192.168.1.10:323)"
	tpw_pause 2.5
	ktap_is "ten ports once more, over lo" "$(opened server 10 127.0.0.1:323)" 10
	ktap_is "ten ports once more, over a cable" "$(opened client 10 192.168.1.10:323)" 0
	end_process "$started"
	inside client sysctl -qw net.ipv4.ip_local_port_range="32768 60999"
	inside server sysctl -qw net.ipv4.ip_local_port_range="32768 60999"
}

# waiting_after_rst RFC1337 PORT: a TIME_WAIT of the client gets a RST with the next number; how many are left.
waiting_after_rst() {
	inside client sysctl -qw net.ipv4.tcp_rfc1337="$1"
	serve_on -s "0.0.0.0:$2"
	start server "tcpdump -n -S -l -i v0 tcp and src port $2"
	wait_until "tcpdump listens" printed "$started_output" "listening on"
	inside client quicknet -q -w 0 -b "192.168.1.13:40$2" -t "192.168.1.10:$2"
	wait_until "the last FIN" printed "$started_output" 'Flags \[F'
	wait_until "a TIME_WAIT" has_sockets 1 client -tan state time-wait sport = ":40$2"
	inside server env PYTHONPATH="$LABS/tools" python3 -B - "$2" "$(sed -n 's/.*Flags \[F[^]]*\], seq \([0-9]*\).*/\1/p' "$started_output")" <<-'EOF'
	import socket, struct, sys
	from sockets import checksum
	port, number = int(sys.argv[1]), int(sys.argv[2]) + 1
	header = struct.pack("!HHIIBBHHH", port, 40000 + port, number, 0, 5 << 4, 4, 0, 0, 0)
	pseudo = socket.inet_aton("192.168.1.10") + socket.inet_aton("192.168.1.13") + struct.pack("!BBH", 0, 6, len(header))
	header = header[:16] + struct.pack("!H", checksum(pseudo + header)) + header[18:]
	raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
	raw.bind(("192.168.1.10", 0))
	raw.sendto(header, ("192.168.1.13", 0))
	EOF
	settle "${netns_pids[client]}"
	left=$(sockets client -tan state time-wait sport = ":40$2")
	inside client sysctl -qw net.ipv4.tcp_rfc1337=1
}

claim assassination 3
# INSTRUCTOR.md, lab 10: a RST ends TIME_WAIT, unless tcp_rfc1337 is set.
assassination() {
	waiting_after_rst 0 324
	ktap_is "a RST for a TIME_WAIT, how many are left" "$left" 0
	ktap_is "what tuplewatch says of it" "$(column client log match flags=R foreign=192.168.1.10:324)" time-wait
	waiting_after_rst 1 325
	ktap_is "with tcp_rfc1337=1" "$left" 1
}
