#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who wins: devices, and the order of listen().

. "$(dirname "$0")/../lib.sh"

declare -A server_of
outputs=()

# open NAME OPTIONS ADDRESS: a server; the process is in server_of, what it says in output.
open() {
	start server "serve -N $1 $2 $3:$PORT"
	server_of[$1]=$started
	output=$started_output
	outputs+=("$output")
	wait_until "$1 is ready or not" printed "$output" " ready\| failed"
}

# close_all: all servers.
close_all() {
	local name

	for name in "${!server_of[@]}"; do
		end_process "${server_of[$name]}"
	done
	server_of=()
	wait_until "nobody is left" has_sockets 0 server -tuln
}

# may: whether the last one could listen.
may() { if printed "$output" " ready"; then echo yes; else echo no; fi; }

# try HOST ADDRESS [OPTION...]: connect from there; the client's output is in said.
try() {
	local host=$1 address=$2
	shift 2

	{ typed "$host" "quicknet $* -t $address:$PORT"; } | tell
	inside "$host" quicknet "$@" -t "$address:$PORT" > "$TPW_TMP/said" 2>&1
	tell < "$TPW_TMP/said"
	settle "${netns_pids[server]}"
}

# winner: who answered the client most often; loser: how many answers came from others.
winner() { sed -n 's/^received //p' "$TPW_TMP/said" | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }'; }
others() { sed -n 's/^received //p' "$TPW_TMP/said" | grep -vcx "$(winner)"; }

# matched FLAGS: by tuplewatch, the name of the server that the last such segment found.
matched() {
	local cookie

	cookie=$(column server log cookie "flags=$1" | tail -n 1)
	sed -n "s/^\([a-z]*\) \(listen\|bound\) .* cookie=$cookie\$/\1/p" "${outputs[@]}"
}

# ten: clients from as many ports; each stays long enough to read the answer. losers adds up what was not the winner's.
ten() {
	try client "$SERVER" -q -n "$N" -w 2
	losers=$((losers + $(others)))
	of_any=$((of_any + $(sed -n 's/^received //p' "$TPW_TMP/said" | grep -cx any)))
}
losers=0 of_any=0

# udp_order OPTION: both by UDP, in the order that was drawn.
udp_order() {
	local name

	for name in "$UDP_FIRST" "$UDP_LAST"; do
		case $name in
		dev) open dev "-m udp $1 -d v0" 0.0.0.0 ;;
		any) open any "-m udp $1" 0.0.0.0 ;;
		esac
	done
}

lab_begin
lab_server_and_client

say "Two servers on one port, each on its device; then one without a device."
open first "-d v0" 0.0.0.0
open second "-d $SECOND" 0.0.0.0
show server "ss -tlnp"
fact two-devices "$(may)" "bind() and listen() of both" \
	"$(if (($(column server listeners dev state=LISTEN | sort -u | wc -l) == 2)); then echo yes; else echo no; fi)"
open third "" 0.0.0.0
said "the third" "$output" 1
fact with-any "$(may)" "bind(): EADDRINUSE" \
	"$(if [[ $(column server listeners local state=LISTEN dev=-) ]]; then echo yes; else echo no; fi)"
close_all

say "With SO_REUSEPORT: first the one with the device, then the one without."
open dev "-r -d v0" 0.0.0.0
open any -r 0.0.0.0
show server "ss -tln"
ten
fact device-first "$(winner)" "the name that the server answered" "$(matched S)"
show server "tuplewatch explain tcp $CLIENT:50000 $SERVER:$PORT"
close_all

say "The other order."
open any -r 0.0.0.0
open dev "-r -d v0" 0.0.0.0
show server "ss -tln"
ten
fact any-first "$(winner)" "the name that the server answered" "$(matched S)"
fact any-gets "$of_any" "the names that the servers answered in both cases"
fact shared "$losers" "the names that the servers answered in both cases: the other one's"
show server "tuplewatch explain tcp $CLIENT:50000 $SERVER:$PORT"
try server "$SERVER" -w 1
fact own-host "$(winner)" "the name that the server answered" "$(matched S)"
try server 127.0.0.1 -w 1
fact loopback "$(winner)" "the name that the server answered" "$(matched S)"
show server "tuplewatch listeners"
lab_stop "\"any\" came first, then \"dev\". Try: tuplewatch explain tcp $CLIENT:50000 $SERVER:$PORT; the same from 127.0.0.1."

say "Without \"any\"."
end_process "${server_of[any]}"
wait_until "one is left" has_sockets 1 server -ltn
try server "$ASKED" -w 1
if printed "$TPW_TMP/said" refused; then read=refused; else read=connected; fi
fact dev-alone "$read" "connect()" \
	"$(if [[ $(column server log match flags=S | tail -n 1) == none ]]; then echo refused; else echo connected; fi)"
close_all

say "An address without a device, and a device without an address, which came later."
open address -r "$SERVER"
open dev "-r -d v0" 0.0.0.0
try client "$SERVER" -w 1
fact address-device "$(winner)" "the name that the server answered" "$(matched S)"
close_all

say "UDP, with SO_REUSEPORT: first \"$UDP_FIRST\"."
udp_order -r
try client "$SERVER" -m udp -p hello -w 1
fact udp-reuseport "$(winner)" "the name that the server answered" "$(matched -)"
close_all

say "UDP, with SO_REUSEADDR."
udp_order -a
show server "ss -uln"
try client "$SERVER" -m udp -p hello -w 1
fact udp-reuseaddr "$(winner)" "the name that the server answered" "$(matched -)"
show server "tuplewatch explain udp $CLIENT:50000 $SERVER:$PORT"
lab_end
