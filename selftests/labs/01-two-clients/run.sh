#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two clients on one port.

. "$(dirname "$0")/../lib.sh"

# came NUMBER: so many segments have come to the server.
came() { (($(counter server Tcp.InSegs) == $1)); }

# socket_of_syn BEFORE: each SYN that finds the listener makes a request, and each request that is completed
# counts as a passive open; a SYN that finds a connection is challenged, one that finds nothing is answered by RST.
socket_of_syn() {
	local opens resets

	opens=$(counter server Tcp.PassiveOpens)
	resets=$(counter server Tcp.OutRsts)
	if ((opens == $1 && resets == 0)); then echo listener
	elif ((resets > 0)); then echo nothing
	else echo connection
	fi
}

# socket_of_data PORT: where ss shows the bytes of "hello" and its newline.
socket_of_data() {
	local connection listener

	read -r _ connection _ < <(inside server ss -Htn "dport = :$1")
	read -r _ listener _ < <(inside server ss -Htln "sport = :$PORT")
	if ((connection == 6)); then echo connection
	elif ((listener >= 6)); then echo listener
	else echo nothing
	fi
}

# How tuplewatch calls it.
tuplewatch_match() {
	local match

	match=$(column server log match "foreign=$CLIENT:$1" "flags=$2" | head -n 1)
	case $match in
	established|request) echo connection ;;
	none) echo nothing ;;
	*) echo "$match" ;;
	esac
}

tuplewatch_segments() { awk '$1 == "seen" { print $2 }' "/proc/${netns_pids[server]}/net/tuplewatch/counters"; }

lab_begin
lab_server_and_client

say "Nobody listens yet: netstat has nothing to show. Then a server on port $PORT, which serves one client after" \
	"the other (-k)."
show server "netstat -atnp | grep -i ':$PORT '"
start server "nc -l -k -p $PORT"
wait_until "nc listens" has_sockets 1 server -ltn
show server "netstat -atnp | grep -i ':$PORT '"

say "The first client sends a line, and stays connected."
start client "(echo hello; sleep 600) | nc -q 5 -p $FIRST $SERVER $PORT"
wait_until "three segments" came 3
settle "${netns_pids[server]}"
fact first-syn "$(socket_of_syn 1)" "nstat: TcpPassiveOpens 1, TcpOutRsts 0" "$(tuplewatch_match "$FIRST" S)"

say "watch shows the table again and again; with -g it ends when the table changes. Then the second client does the" \
	"same from another port."
start server "TERM=vt100 watch -n0.5 -g 'netstat -atn | grep :$PORT'"
watch=$started
wait_until "watch shows the first client" printed "$started_output" "$FIRST"
start client "(echo hello; sleep 600) | nc -q 5 -p $SECOND $SERVER $PORT"
wait_until "six segments" came 6
settle "${netns_pids[server]}"
wait_until "watch has seen it" is_gone "$watch"
fact second-syn "$(socket_of_syn 2)" "nstat: TcpPassiveOpens 2, TcpOutRsts 0" "$(tuplewatch_match "$SECOND" S)"
fact data "$(socket_of_data "$SECOND")" "ss -tn: 6 bytes in Recv-Q of the connection" "$(tuplewatch_match "$SECOND" P.)"

# What was drawn besides.
for ((client = 3; client <= CLIENTS; client++)); do
	say "One more."
	start client "(echo hello; sleep 600) | nc -q 5 $SERVER $PORT"
	wait_until "its segments" came $((3 * client))
done
for ((knock = 1; knock <= KNOCKS; knock++)); do
	on client "nc -w 2 $SERVER $((PORT + 1))"
done

say "What netstat knows: $CLIENTS connections on one local port; one of them belongs to a process, no other yet."
show server "netstat -atnp | grep -i ':$PORT '"
rows=$(inside server netstat -atnp)
fact established "$(grep -c ESTABLISHED <<< "$rows")" "netstat -atn" "$(column server connections state state=ESTABLISHED | wc -l)"
fact ports "$(inside server ss -Htan | awk '{ print $4 }' | sed 's/.*://' | sort -u | wc -l)" "ss -tan, column 4" \
	"$( (column server listeners local state=LISTEN; column server connections local state=ESTABLISHED) |
		sed 's/.*://' | sort -u | wc -l)"
fact owners "$(grep -c 'ESTABLISHED [0-9]*/' <<< "$rows")" "netstat -atnp" \
	"$(column server connections pid state=ESTABLISHED | grep -c '^[0-9]')"
fact segments "$(counter server Tcp.InSegs)" "nstat: TcpInSegs" "$(tuplewatch_segments)"
read -r _ queue _ < <(inside server ss -Htln)
fact queue "$queue" "ss -tln: Recv-Q of a listening socket counts connections that wait for accept()" \
	"$(column server listeners queue local=0.0.0.0:"$PORT")"

say "What tuplewatch knows: which socket each segment found."
show server "tuplewatch log"
show server "tuplewatch"
lab_stop "$CLIENTS clients are connected; all but one wait. Try: ss -tanp; lsof -i :$PORT -n -P; tuplewatch connections -p."
lab_end
