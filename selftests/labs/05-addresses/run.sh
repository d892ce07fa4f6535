#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 0.0.0.0, 127.0.0.1, and one address.

# shellcheck disable=SC2153	# drawn

. "$(dirname "$0")/../lib.sh"

# serve_on NAME OPTION ADDRESS: a server that answers with its name; it is in started.
serve_on() {
	start server "serve -N $1 $2 $3:$PORT"
	wait_until "$1 is ready or not" printed "$started_output" "ready\|failed"
}

# try HOST ADDRESS: connect from there; result is what the client read, answer who served it.
try() {
	local output=$TPW_TMP/try

	{ typed "$1" "quicknet -w 1 -t $2:$PORT"; } | tell
	inside "$1" quicknet -w 1 -t "$2:$PORT" > "$output" 2>&1
	tell < "$output"
	case $(< "$output") in
	connected*)  result=connected ;;
	*refused*)   result=refused ;;
	*)           result=$(< "$output") ;;
	esac
	answer=$(sed -n 's/^received //p' "$output")
}

# refused LOCAL: by tuplewatch, what came of the last SYN to it.
refused() {
	if [[ $(column server log match "local=$1" flags=S | tail -n 1) == none ]]; then echo refused; else echo connected; fi
}

# winner LOCAL: by tuplewatch, which listener the last SYN to it found.
winner() {
	case $(column server log via "local=$1" flags=S | tail -n 1) in
	listener-addr) echo exact ;;
	listener-any)  echo any ;;
	*)             echo none ;;
	esac
}

# packets DEVICE: of the server, received.
packets() { inside server ip -s -o link show "$1" | sed 's/.*RX:[^\\]*\\ *[0-9]* *\([0-9]*\).*/\1/'; }

# end PROCESS LEFT: a server; so many listeners are left.
end() { end_process "$1"; wait_until "no listener is left" has_sockets "$2" server -ltn; }

lab_begin
lab_server_and_client

say "Only $EXACT."
serve_on exact "" "$EXACT"
exact=$started
try client "$SERVER"
fact outside-to-loopback "$result" "the client's connect()" "$(refused "$SERVER:$PORT")"
try server "$OTHER"
fact other-loopback "$result" "connect()" "$(refused "$OTHER:$PORT")"
show server "tuplewatch explain tcp $CLIENT:50000 $SERVER:$PORT"
serve_on any "" 0.0.0.0
if printed "$started_output" "failed.*in use"; then second=no; else second=yes; fi
said "the second server" "$started_output" 1
fact second-bind "$second" "bind(): EADDRINUSE" \
	"$(if [[ $(column server listeners local local=0.0.0.0:"$PORT" state=LISTEN) ]]; then echo yes; else echo no; fi)"
end "$exact" 0

say "Both, with SO_REUSEPORT: first $EXACT, then 0.0.0.0."
serve_on exact -r "$EXACT"
exact=$started
serve_on any -r 0.0.0.0
any=$started
show server "ss -tln"
try server "$EXACT"
fact exact-first "$answer" "the name that the server answered" "$(winner "$EXACT:$PORT")"
try client "$SERVER"
of_any=$(column server log via "via=listener-any" flags=S | wc -l)
fact outside "$answer" "the name that the server answered" "$(winner "$SERVER:$PORT")"
start client "quicknet -q -n $N -w 1 -t $SERVER:$PORT"
clients=$started clients_output=$started_output
start server "quicknet -q -n $M -w 1 -t 127.0.0.2:$PORT"
wait_until "all have gone" is_gone "$started"
wait_until "all have gone" is_gone "$clients"
settle "${netns_pids[server]}"
fact any-gets "$(cat "$clients_output" "$started_output" | grep -c "received any")" "the name that the server answered" \
	"$(($(column server log via "via=listener-any" flags=S | wc -l) - of_any))"
show server "tuplewatch listeners"
lab_stop "$EXACT and 0.0.0.0 are both there. Try: tuplewatch explain tcp 127.0.0.1:50000 127.0.0.1:$PORT, and the same for $SERVER."

say "The other order."
end "$exact" 1
end "$any" 0
serve_on any -r 0.0.0.0
any=$started
serve_on exact -r "$EXACT"
exact=$started
try server "$EXACT"
fact any-first "$answer" "the name that the server answered" "$(winner "$EXACT:$PORT")"
end "$exact" 1
end "$any" 0

say "The address of v0, from the $ASKER."
serve_on address "" "$LAST"
v0=$(packets v0) lo=$(packets lo)
asker=server
[[ $ASKER != client ]] || asker=client
try "$asker" "$SERVER"
settle "${netns_pids[server]}"
if (($(packets lo) > lo && $(packets v0) == v0)); then device=lo
elif (($(packets v0) > v0)); then device=v0
else device=none
fi
fact device "$device" "ip -s link: packets that v0 and lo have received" \
	"$(column server log dev "local=$SERVER:$PORT" flags=S | tail -n 1)"
try server 127.0.0.1
fact loopback-to-address "$result" "connect()" "$(refused 127.0.0.1:"$PORT")"
show server "tuplewatch log -H local = $SERVER"
lab_end
