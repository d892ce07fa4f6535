#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The five-tuple, one element at a time.

# shellcheck disable=SC2153	# drawn

. "$(dirname "$0")/../lib.sh"

# The kernel's counters that tell which socket a segment found, as one text.
books() {
	echo "$(counter server Tcp.PassiveOpens) $(counter server TcpExt.TCPSYNChallenge) $(counter server Tcp.OutRsts)" \
		"$(counter server Udp.InDatagrams) $(counter server Udp.NoPorts)"
}

# what_grew BEFORE: an open: a listener; a challenge ACK: an existing connection; a RST: nothing; a datagram, read or
# not.
what_grew() {
	local -a before after

	read -ra before <<< "$1"
	read -ra after <<< "$(books)"
	if ((after[0] > before[0])); then echo listener
	elif ((after[1] > before[1])); then echo connection
	elif ((after[2] > before[2])); then echo nothing
	elif ((after[3] > before[3])); then echo other
	elif ((after[4] > before[4])); then echo nothing
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
		"nstat: which grew of TcpPassiveOpens, TcpExtTCPSYNChallenge, TcpOutRsts, UdpInDatagrams, UdpNoPorts" \
		"$(tuplewatch_match "$local" "$foreign" "$flags")"
}

lab_begin
lab_server_and_client
lab_address server v0 "$SERVER2/24"
lab_address client v0 "$CLIENT2/24"

say "A web server on TCP port $PORT, and one connection to it. Something else on UDP port $PORT: $UDP; a server on TCP" \
	"port $((PORT + 1)): $NEXT."
start server "python3 -m http.server $PORT"
wait_until "the web server is there" has_sockets 1 server -ltn
if [[ $UDP == yes ]]; then
	start server "serve -m udp -s 0.0.0.0:$PORT"
	wait_until "both are there" has_sockets 1 server -lun
fi
if [[ $NEXT == yes ]]; then
	start server "serve -s 0.0.0.0:$((PORT + 1))"
	wait_until "the next port has a server" has_sockets 2 server -ltn
fi
for ((more = 1; more <= MORE; more++)); do
	start client "quicknet -q -b $CLIENT:$((FROM + more + 100)) -t $SERVER:$PORT -w 600"
	wait_until "one more" has_sockets "$more" server -tn state established
done
start client "quicknet -m tcp -t $SERVER:$PORT -b $CLIENT:$FROM -w 600"
wait_until "the first connection" has_sockets $((MORE + 1)) server -tn state established
settle "${netns_pids[server]}"
show server "ss -tan"

vary same-tuple "The same five once more: a SYN made by hand, as no socket of the client could send it." \
	"$SERVER:$PORT" "$CLIENT:$FROM" S "handmade-syn $CLIENT:$FROM $SERVER:$PORT"
vary foreign-port "Another foreign port." \
	"$SERVER:$PORT" "$CLIENT:$((FROM + 1))" S "quicknet -t $SERVER:$PORT -b $CLIENT:$((FROM + 1)) -w 600"
vary foreign-address "Another foreign address, the same ports." \
	"$SERVER:$PORT" "$CLIENT2:$FROM" S "quicknet -t $SERVER:$PORT -b $CLIENT2:$FROM -w 600"
vary local-address "Another local address, the same ports, the same client." \
	"$SERVER2:$PORT" "$CLIENT:$FROM" S "quicknet -t $SERVER2:$PORT -b $CLIENT:$FROM -w 600"
vary local-port "Another local port." \
	"$SERVER:$((PORT + 1))" "$CLIENT:$FROM" S "quicknet -t $SERVER:$((PORT + 1)) -b $CLIENT:$FROM -w 600"
vary protocol "Another protocol, all four else the same." \
	"$SERVER:$PORT" "$CLIENT:$FROM" - "quicknet -m udp -p hello -t $SERVER:$PORT -b $CLIENT:$FROM -w 600"

show server "ss -tuan"
show client "ss -tan"
show server "tuplewatch log"
show server "tuplewatch connections"
fact connections "$(sockets server -tn state established)" "ss -tn state established" \
	"$(column server connections proto proto=tcp state=ESTABLISHED | wc -l)"
if (($(sockets client -tn state established src "$CLIENT:$FROM" dport = ":$PORT") == 2)); then both=yes; else both=no; fi
fact same-port-twice "$both" "ss -tn on the client: two rows with $CLIENT:$FROM to port $PORT"
lab_stop "Everything is still connected. Try a seventh of your own with quicknet -b."
lab_end
