#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# UDP sockets, connected and not.

# shellcheck disable=SC2153	# drawn

. "$(dirname "$0")/../lib.sh"

declare -A server_of output_of

# udp_server NAME ADDRESS [OPTION...]: says what it reads. All have SO_REUSEADDR, as one port is for all.
udp_server() {
	local name=$1 address=$2
	shift 2

	start server "serve -s -a -m udp -N $name $address:$PORT${*:+ $*}"
	server_of[$name]=$started
	output_of[$name]=$started_output
	wait_until "$name is ready" printed "$started_output" "ready"
}

# send TEXT PORT ADDRESS [OPTION]: one datagram from that port of the client, by a socket that is not connected, -u, or with that OPTION.
# Returns
# when it has come; reader is who has read it.
send() {
	local before name unconnected=${4--u}

	before=$(arrived)
	start client "quicknet $unconnected -m udp -p $1 -b $CLIENT:$2 -t $3:$PORT -w 1"
	client=$started client_output=$started_output
	wait_until "the datagram comes" has_arrived "$((before + 1))"
	settle "${netns_pids[server]}"
	reader=nothing
	for name in "${!output_of[@]}"; do
		! printed "${output_of[$name]}" "'$1'" || reader=$name
	done
	wait_until "the client ends" is_gone "$client"
}

arrived() { echo $(($(counter server Udp.InDatagrams) + $(counter server Udp.NoPorts))); }
has_arrived() { (($(arrived) == $1)); }

# matched: by tuplewatch, who got the last datagram.
matched() {
	case $(column server log via proto=udp | tail -n 1) in
	udp-connected|early-demux) echo peer ;;
	udp-addr) echo one ;;
	udp-any)  echo any ;;
	*)        echo nothing ;;
	esac
}

# state LOCAL: of the UDP socket bound to it whose foreign end is like that.
state() { inside server ss -Huan | awk -v local="$1" -v foreign="$2" '$4 == local && $5 == foreign { print $1 }'; }

lab_begin
lab_server_and_client
lab_address server v0 "$SERVER2/24"

say "One socket for all, not connected."
udp_server any 0.0.0.0
send first $((FROM + 1)) "$SERVER"
send second $((FROM + 2)) "$SERVER"
# What was drawn besides.
for ((number = 3; number <= CLIENTS; number++)); do
	send "client$number" $((FROM + number)) "$SERVER"
done
show server "ss -uan"
said "any" "${output_of[any]}" "$CLIENTS"
fact sockets "$(sed -n 's/^any read.*cookie=//p' "${output_of[any]}" | sort -u | wc -l)" "SO_COOKIE of the sockets that were read from" \
	"$(column server log cookie proto=udp | sort -u | wc -l)"
fact state "$(state 0.0.0.0:"$PORT" '0.0.0.0:*')" "ss -uan" \
	"$(if [[ $(column server listeners state local=0.0.0.0:"$PORT") == - ]]; then echo UNCONN; else echo ESTAB; fi)"

say "A second one, for one address."
udp_server one "$ONE"
send third $((FROM + 1)) "$SERVER"
fact address "$reader" "which server read it" "$(matched)"
send fourth $((FROM + 1)) "$SERVER2"
fact other-address "$reader" "which server read it" "$(matched)"

say "A third one, for one foreign end."
sent=$(counter server Udp.OutDatagrams)
udp_server peer "$SERVER" -c "$CLIENT:$FROM"
fact connect-datagrams "$(($(counter server Udp.OutDatagrams) - sent))" "nstat: UdpOutDatagrams"
show server "ss -uane | sed 's/ino.*sk:/sk:/; s/ cgroup.*//'"
fact state-of-peer "$(state "$SERVER:$PORT" "$CLIENT:$FROM")" "ss -uan" \
	"$(column server connections state proto=udp "foreign=$CLIENT:$FROM" | sed 's/LISHED//')"
send fifth "$FROM" "$SERVER"
fact from-peer "$reader" "which server read it" "$(matched)"
send sixth $((FROM + 1)) "$SERVER"
fact from-other "$reader" "which server read it" "$(matched)"
fact read-by-any "$(grep -c " read " "${output_of[any]}")" "what the server has read" \
	"$(column server log via proto=udp via=udp-any | wc -l)"
show server "tuplewatch log"
show server "tuplewatch -uln; tuplewatch -un"
lab_stop "All three are there. Try: tuplewatch explain udp $CLIENT:$FROM $SERVER:$PORT, and the same from port $((FROM + 1))."

say "Only the connected one is left."
end_process "${server_of[any]}"
end_process "${server_of[one]}"
wait_until "they have ended" has_sockets 0 server -uln
send seventh $((FROM + 1)) "$SERVER" "$UNCONNECTED"
fact peer-alone "$reader" "which server read it; nstat: UdpNoPorts $(counter server Udp.NoPorts)" "$(matched)"
said "the client" "$client_output" 1
if printed "$client_output" "failed"; then learned=yes; else learned=no; fi
fact unconnected-client "$learned" "the client's recv()"
show server "tuplewatch refused"
lab_end
