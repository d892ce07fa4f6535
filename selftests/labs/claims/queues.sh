# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154	# of lib.sh and claims.sh
#
# Requests, the accept queue, and who is turned away.

# grown COUNTER COMMAND...: by how much it grows on the server meanwhile; what is printed goes to $TPW_TMP/grown.
grown() {
	local counter=$1 before
	shift

	before=$(counter server "$counter")
	"$@" > "$TPW_TMP/grown" 2>&1
	settle "${netns_pids[server]}"
	echo $(($(counter server "$counter") - before))
}

# tried [OPTION...] TARGET: what a client reads.
tried() { inside client quicknet -w 1 "${@:1:$#-1}" -t "${!#}" | sed -n 's/^failed .*: //p; s/^connected.*/connected/p' | head -n 1; }

# keep_back PORT: a client whose ACKs are lost until the table `late` is deleted; it is in late, what it says in
# late_output.
keep_back() {
	inside client nft "add table ip late; add chain ip late o { type filter hook output priority 0; }; add rule ip late o tcp sport 40$1 tcp flags ack tcp dport $1 drop"
	start client "quicknet -T 5 -w 600 -p hello -b 192.168.1.13:40$1 -t 192.168.1.10:$1"
	late=$started late_output=$started_output
	wait_until "it thinks that it is connected" printed "$late_output" connected
}

# late_ack PORT: the same, and another client fills the queue first. The server is a `serve -w -b 0`, so one has room.
late_ack() {
	keep_back "$1"
	inside client quicknet -q -w 0 -t "192.168.1.10:$1"
	wait_until "the queue is full" has_queue "$1" 1
	inside client nft delete table ip late
}
overflowed() { (($(counter server TcpExt.ListenOverflows) > overflows)); }
has_queue() { [[ $(inside server ss -Htln sport = ":$1" | awk '{ print $2 }') == "$2" ]]; }

claim abort 4
# Lab 14, question 3: tcp_abort_on_overflow is about the ACK, not about the SYN.
abort() {
	local server overflows

	inside server sysctl -qw net.ipv4.tcp_abort_on_overflow=1
	serve_on -w -b 0 0.0.0.0:301
	server=$started
	late_ack 301
	wait_until "an answer" printed "$late_output" failed
	ktap_is "tcp_abort_on_overflow=1, an ACK that finds the queue full" "$(sed -n 's/.* //p' "$late_output" | tail -n 1)" peer
	ktap_is "tcp_abort_on_overflow=1, a SYN that finds it full" "$(tried -T 3 192.168.1.10:301)" "timed out"
	end_process "$late"
	end_process "$server"
	inside server sysctl -qw net.ipv4.tcp_abort_on_overflow=0
	serve_on -w -b 0 0.0.0.0:302
	server=$started
	overflows=$(counter server TcpExt.ListenOverflows)
	late_ack 302
	wait_until "an overflow" overflowed
	ktap_is "tcp_abort_on_overflow=0, an ACK that finds the queue full, the client has failed" "$(grep -c failed "$late_output")" 0
	# Once there is room, it is served.
	kill -USR1 "$(sed -n 's/.* ready //p' "$TPW_TMP/server.$((lab_started - 1))")"
	wait_for 60 has_sockets 1 server -tn state established sport = :302 dport = :40302
	ktap_is "tcp_abort_on_overflow=0, once there is room: its connection" \
		"$(sockets server -tn state established sport = :302 dport = :40302)" 1
	end_process "$late"
	end_process "$server"
}

claim queue_dies 1
# INSTRUCTOR.md, lab 4, question 2.
queue_dies() {
	serve_on -w 0.0.0.0:303
	start client "quicknet -w 600 -p hello -t 192.168.1.10:303"
	wait_until "a connection" has_queue 303 1
	end_process "$(sed -n 's/.* ready //p' "$TPW_TMP/server.$((lab_started - 1))")"
	wait_until "the client reads something" printed "$started_output" failed
	ktap_is "a server that ends with a connection in its queue, its client" \
		"$(sed -n 's/^failed [^ ]* //p' "$started_output")" "Connection reset by peer"
}

claim request_small 1
# INSTRUCTOR.md, lab 1, question 3.
request_small() {
	ktap_test "a request has less than half the size of a socket: $(awk '$1 ~ /^(request_sock_)?TCP$/ { print $1, $4 }' /proc/slabinfo | paste -sd ' ')" \
		test "$(($(awk '$1 == "request_sock_TCP" { print $4 }' /proc/slabinfo) * 2))" -lt "$(awk '$1 == "TCP" { print $4 }' /proc/slabinfo)"
}

claim old_client 3
# INSTRUCTOR.md, lab 2, question 2: what becomes of a client whose old connection is gone, as after a crash. TCP_REPAIR
# (19) lets a socket go without a word.
old_client() {
	serve_on -s 0.0.0.0:304
	inside client python3 - > "$TPW_TMP/old" 2>&1 <<-'EOF'
	import socket
	def connect():
	    one = socket.socket()
	    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	    one.bind(("192.168.1.13", 40304))
	    one.connect(("192.168.1.10", 304))
	    return one
	first = connect()
	first.setsockopt(socket.IPPROTO_TCP, 19, 1)
	first.close()
	second = connect()
	print("connected")
	EOF
	ktap_is "a client whose old connection is gone, in the end" "$(< "$TPW_TMP/old")" connected
	settle "${netns_pids[server]}"
	ktap_is "its SYN met the old connection" \
		"$(column server log match flags=S foreign=192.168.1.13:40304 | xargs)" "listener established listener"
	ktap_is "and its RST ended that" "$(column server log match flags=R foreign=192.168.1.13:40304 | head -n 1)" established
	end_process "$started"
}

claim firewall_reset 3
# INSTRUCTOR.md, lab 14, variations: a rule that answers with RST, and a port where nobody listens.
firewall_reset() {
	local port
	local -a resets=()

	inside server nft 'add table inet f; add chain inet f i { type filter hook input priority 0; }; add rule inet f i tcp dport 305 reject with tcp reset'
	start client "tcpdump -n -v -l -i v0 tcp and src host 192.168.1.10 and 'tcp[tcpflags] & tcp-rst != 0'"
	wait_until "tcpdump listens" printed "$started_output" "listening on"
	for port in 305 306; do
		resets+=("$(grown Tcp.OutRsts tried "192.168.1.10:$port") $(< "$TPW_TMP/grown")")
	done
	ktap_is "a rule, then nobody: TcpOutRsts, and what the client reads" "${resets[*]}" \
		"0 Connection refused 1 Connection refused"
	dumped() { (($(grep -c 'Flags \[R' "$started_output") == 2)); }
	wait_until "both RSTs" dumped
	ktap_is "what tcpdump prints of the two, numbers aside" "$(sed -n 's/cksum 0x[^)]*), //; s/.*Flags/Flags/p' "$started_output" |
		sed 's/[0-9]\+/N/g' | sort | uniq -c | awk '{ print $1 }' | xargs)" 2
	ktap_is "the same for what stands before" "$(grep -o 'tos.*' "$started_output" | sed 's/ id [0-9]*,//' | sort | uniq -c |
		awk '{ print $1 }' | xargs)" 2
	end_process "$started"
	inside server nft delete table inet f
}

claim routes 2
# INSTRUCTOR.md, lab 14, variations: errors of routes that never leave the client.
routes() {
	ip -n client route add unreachable 10.7.7.7
	ip -n client route add blackhole 10.7.7.8
	ktap_is "unreachable, blackhole: what the client reads" "$(tried 10.7.7.7:80), $(tried 10.7.7.8:80)" \
		"No route to host, Invalid argument"
	ktap_is "and segments that leave" "$(before=$(counter client Tcp.OutSegs); tried 10.7.7.7:80 > /dev/null; tried 10.7.7.8:80 > /dev/null; echo $(($(counter client Tcp.OutSegs) - before)))" 0
}

claim handshake_lost 1
# Lab 11, question 1: a member of a group closes while a handshake with it goes on; another one is there.
handshake_lost() {
	local old

	serve_on -N old -r 0.0.0.0:307
	old=$started
	keep_back 307
	serve_on -N new -r 0.0.0.0:307
	end_process "$old"
	inside client nft delete table ip late
	wait_until "an answer" printed "$late_output" "failed\|received"
	ktap_is "its listener is gone when the ACK comes, and another of the group is there: the client reads" \
		"$(sed -n 's/^failed [^ ]* //p; s/^received/received/p' "$late_output")" "Connection reset by peer"
	end_process "$started"
	end_process "$late"
}
