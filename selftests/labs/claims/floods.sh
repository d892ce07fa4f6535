# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034	# of lib.sh and claims.sh
#
# Lab 16 and INSTRUCTOR.md on it: requests and cookies.

# words PORT: what ss -i says of the connection to that port of the server.
words() { inside server ss -Htino state established sport = ":$1" | xargs; }

claim cookie_options 4
# Question 1: what a cookie forgets. The other end has an MSS of 1400, which is none of the four.
cookie_options() {
	local port=311 stamps
	local -a found=()

	ip -n client route replace 192.168.1.0/24 dev v0 src 192.168.1.13 advmss 1400
	inside server sysctl -qw net.ipv4.tcp_syncookies=2
	for stamps in 1 0; do
		inside client sysctl -qw net.ipv4.tcp_timestamps=$stamps
		serve_on -s "0.0.0.0:$port"
		start client "quicknet -w 600 -t 192.168.1.10:$port"
		wait_until "a connection" has_sockets 1 server -tn state established sport = ":$port"
		found+=("$(words $port)")
		((++port))
	done
	ktap_is "a cookie and timestamps: window scaling, SACK" "$(grep -o -w -e wscale -e sack <<< "${found[0]}" | sort | xargs)" "sack wscale"
	ktap_is "a cookie without timestamps" "$(grep -o -w -e wscale -e sack <<< "${found[1]}" | xargs)" ""
	ktap_is "a cookie, the MSS of 1400" "$(grep -o ' mss:[0-9]*' <<< "${found[1]}")" " mss:1300"
	inside server sysctl -qw net.ipv4.tcp_syncookies=1
	serve_on -s "0.0.0.0:$port"
	start client "quicknet -w 600 -t 192.168.1.10:$port"
	wait_until "a connection" has_sockets 1 server -tn state established sport = ":$port"
	ktap_is "no cookie, the MSS of 1400" "$(grep -o ' mss:[0-9]*' <<< "$(words $port)")" " mss:1400"
	inside client sysctl -qw net.ipv4.tcp_timestamps=1
	ip -n client route replace 192.168.1.0/24 dev v0 src 192.168.1.13
}

claim running_host 2
# Question 2: the address of a host that runs.
running_host() {
	local before

	serve_on -s 0.0.0.0:315
	before=$(counter server Tcp.InSegs)
	inside client handmade-syn 192.168.1.13:40315 192.168.1.10:315
	wait_until "a SYN and a RST" came_since "$before" 2
	ktap_is "a forged SYN from a running host, requests" "$(sockets server -tn state syn-recv sport = :315)" 0
	ktap_is "what its RST found" "$(column server log match flags=R foreign=192.168.1.13:40315)" request
	end_process "$started"
}
came_since() { (($(counter server Tcp.InSegs) - $1 >= $2)); }

# lost_ack PORT COOKIES: the client's bare ACKs get lost for half a second; what it is told by a server that speaks first.
lost_ack() {
	inside server sysctl -qw net.ipv4.tcp_syncookies="$2"
	serve_on -N told "0.0.0.0:$1"
	inside server nft "add table ip l; add chain ip l i { type filter hook input priority 0; }; add rule ip l i tcp dport $1 tcp flags & (syn|ack|psh|fin|rst) == ack drop"
	start client "quicknet -w 8 ${3-} -b 192.168.1.13:40$1 -t 192.168.1.10:$1"
	wait_until "it thinks that it is connected" printed "$started_output" connected
	tpw_pause 0.5
	inside server nft delete table ip l
	wait_until "it has waited" is_gone "$started"
	lost_ack=$(grep -c "received told" "$started_output")
}

claim lost_acks 3
# Question 3: with a cookie, the SYN-ACK is not repeated.
lost_acks() {
	lost_ack 316 1
	ktap_is "an ACK is lost, the SYN-ACK is repeated: what the client is told" "$lost_ack" 1
	lost_ack 317 2
	ktap_is "an ACK is lost, a cookie" "$lost_ack" 0
	lost_ack 318 2 "-p hello"
	ktap_is "an ACK is lost, a cookie, but the client speaks first" "$lost_ack" 1
	inside server sysctl -qw net.ipv4.tcp_syncookies=1
}

claim cookie_full 2
# Question 3: a cookie that comes back to a full accept queue.
cookie_full() {
	local overflows

	inside server sysctl -qw net.ipv4.tcp_syncookies=2
	serve_on -w -b 0 0.0.0.0:319
	overflows=$(counter server TcpExt.ListenOverflows)
	late_ack 319
	wait_until "an overflow" overflowed
	ktap_is "a good cookie, a full queue: sockets" "$(sockets server -tan exclude listening sport = :319 dport = :40319)" 0
	ktap_is "the client has failed" "$(grep -c failed "$late_output")" 0
	end_process "$late"
	inside server sysctl -qw net.ipv4.tcp_syncookies=1
}

claim patient_client 1
# Lab 16, what is tried at the prompt: without cookies, after a flood, a client that waits gets in.
patient_client() {
	ip -n server route add 10.9.0.0/16 via 192.168.1.13
	inside server sysctl -qw net.ipv4.tcp_syncookies=0
	serve_on -s -b 8 0.0.0.0:320
	ktap_is "100 forged SYNs, no cookies, a client that has 20 seconds" \
		"$(inside client "$LABS/16-syn-flood/flood" -c 20 100 192.168.1.10:320 | tail -n 1)" "honest client: connected"
	end_process "$started"
	inside server sysctl -qw net.ipv4.tcp_syncookies=1
}
