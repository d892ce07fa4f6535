#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The five-tuple, one element at a time.

. "$(dirname "$0")/../lib.sh"

# The kernel's counters that tell which socket a segment found, as one text.
books() {
	echo "$(counter server Tcp.PassiveOpens) $(counter server TcpExt.TCPSYNChallenge) $(counter server Tcp.OutRsts)" \
		"$(counter server Udp.InDatagrams)"
}

# what_grew BEFORE: an open: the listener; a challenge ACK: an existing connection; a RST: nothing; a datagram.
what_grew() {
	local -a before after

	read -ra before <<< "$1"
	read -ra after <<< "$(books)"
	if ((after[0] > before[0])); then echo listener
	elif ((after[1] > before[1])); then echo connection
	elif ((after[2] > before[2])); then echo nothing
	elif ((after[3] > before[3])); then echo other
	else echo "no counter"
	fi
}

changed() { [[ $(books) != "$1" ]]; }

# tuplewatch_match LOCAL FOREIGN: of the last SYN or datagram between them.
tuplewatch_match() {
	local match

	match=$(column server log match "local=$1" "foreign=$2" "flags=$3" | tail -n 1)
	case $match in
	established) echo connection ;;
	bound)       echo other ;;
	none)        echo nothing ;;
	*)           echo "$match" ;;
	esac
}

# vary KEY TEXT LOCAL FOREIGN FLAGS COMMAND: send it, and see what it found.
vary() {
	local key=$1 text=$2 local=$3 foreign=$4 flags=$5 before

	before=$(books)
	say "$text"
	start client "$6"
	wait_until "something comes of $key" changed "$before"
	settle "${netns_pids[server]}"
	fact "$key" "$(what_grew "$before")" \
		"nstat: which grew of TcpPassiveOpens, TcpExtTCPSYNChallenge, TcpOutRsts, UdpInDatagrams" \
		"$(tuplewatch_match "$local" "$foreign" "$flags")"
}

lab_begin
lab_server_and_client
lab_address server v0 192.168.1.11/24
lab_address client v0 192.168.1.14/24

say "A web server on TCP port 500, something else on UDP port 500, and one connection to the web server."
start server "python3 -m http.server 500"
start server "serve -m udp -s 0.0.0.0:500"
wait_until "both are there" has_sockets 1 server -ltn
wait_until "both are there" has_sockets 1 server -lun
start client "quicknet -m tcp -t 192.168.1.10:500 -b 192.168.1.13:40001 -w 600"
wait_until "the first connection" has_sockets 1 server -tn state established
settle "${netns_pids[server]}"
on server "ss -tan"

vary same-tuple "The same five once more: a SYN made by hand, as no socket of the client could send it." \
	192.168.1.10:500 192.168.1.13:40001 S "handmade-syn 192.168.1.13:40001 192.168.1.10:500"
vary foreign-port "Another foreign port." \
	192.168.1.10:500 192.168.1.13:40002 S "quicknet -t 192.168.1.10:500 -b 192.168.1.13:40002 -w 600"
vary foreign-address "Another foreign address, the same ports." \
	192.168.1.10:500 192.168.1.14:40001 S "quicknet -t 192.168.1.10:500 -b 192.168.1.14:40001 -w 600"
vary local-address "Another local address, the same ports, the same client." \
	192.168.1.11:500 192.168.1.13:40001 S "quicknet -t 192.168.1.11:500 -b 192.168.1.13:40001 -w 600"
vary local-port "Another local port." \
	192.168.1.10:501 192.168.1.13:40001 S "quicknet -t 192.168.1.10:501 -b 192.168.1.13:40001 -w 600"
vary protocol "Another protocol, all four else the same." \
	192.168.1.10:500 192.168.1.13:40001 - "quicknet -m udp -p hello -t 192.168.1.10:500 -b 192.168.1.13:40001 -w 600"

on server "ss -tuan"
on client "ss -tan"
on server "tuplewatch log"
on server "tuplewatch connections"
fact connections "$(sockets server -tn state established)" "ss -tn state established" \
	"$(column server connections proto proto=tcp state=ESTABLISHED | wc -l)"
if (($(sockets client -tn state established src 192.168.1.13:40001) == 2)); then both=yes; else both=no; fi
fact same-port-twice "$both" "ss -tn on the client: two rows with 192.168.1.13:40001"
lab_stop "Everything is still connected. Try a seventh of your own with quicknet -b."
lab_end
