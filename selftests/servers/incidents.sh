#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Three incidents of servers: a worker that is stopped, a flood of clients for a small backlog, a reload that closes a
# listener while connections wait. What doctor says first names the listener and the cause, and its number is that of ss,
# of the kernel's counters, or of the clients.

. "$(dirname "$0")/../reader/reader.sh"

HERE=$(cd "$(dirname "$0")" && pwd)
PORT=7000
WAITING=10
SERVED=2
BACKLOG=8

# Set by netns_add, for each incident anew: clients, and servers.
a='' a_pid='' b='' b_pid=''

# start NAME PID WORD...: endpoint in the namespace of that process; its own is in endpoint_pid
start() {
	local name=$1 pid=$2
	shift 2

	: > "$TPW_TMP/$name"
	nsenter --net="/proc/$pid/ns/net" "$HERE/endpoint" "$@" > "$TPW_TMP/$name" 2>&1 &
	endpoint_pid=$!
	at_exit kill_quietly -KILL "$endpoint_pid"
	wait_for 30 said "$name" '^ready' || ktap_bail "endpoint $*: $(< "$TPW_TMP/$name")"
}

kill_quietly() { kill "$@" 2> /dev/null; }

# end PID...: whatever it does, stopped or not
end() {
	kill_quietly -KILL "$@"
	wait "$@" 2> /dev/null
}

# first PATTERN: whether doctor's first line has it; the line is in first_line, the clock and the kernel's count of
# segments that found a full queue, before and after it, in before_ms and after_ms, least and most
first() {
	before_ms=$(now_ms) least=$(drops)
	first_line=$(in_netns "$b_pid" "$READER" doctor | head -n 1)
	after_ms=$(now_ms) most=$(drops)
	[[ $first_line =~ $1 ]]
}

# wait_first PATTERN: until it has, or not at all; then what differs is told by the check
wait_first() { wait_for 10 first "$1" || ktap_diag "doctor: $first_line"; }

now_ms() { echo "$((${EPOCHREALTIME/./} / 1000))"; }

queue() { in_netns "$b_pid" ss -Hltn "sport = :$PORT" | awk '{ print $2 }'; }

drops() { in_netns "$b_pid" nstat -asz TcpExtListenOverflows | awk '/^TcpExtListenOverflows/ { print $2 }'; }

accepted() { (($(in_netns "$a_pid" ss -Htn state established | wc -l) == $1 && $(queue) == 0)); }

# A process that is stopped while connections wait
test_stopped() {
	local server clients begin_ms end_ms

	start server "$b_pid" serve "$2" $PORT 64 1
	server=$endpoint_pid
	start served "$a_pid" hold "$2" $PORT $SERVED
	clients=$endpoint_pid
	wait_for 10 accepted $SERVED || ktap_bail "the server does not accept"
	kill -STOP "$server"
	start waiting "$a_pid" hold "$2" $PORT $WAITING
	read -r begin_ms end_ms <<< "$(sed -n 's/^first //p' "$TPW_TMP/waiting")"
	wait_first "the oldest [1-9][0-9.]* s"
	ktap_is "$1: stopped" "${first_line%%, the oldest*}" \
		"warn listeners $1 $3:$PORT of $server/endpoint: $(queue) wait"
	ktap_within "$1: stopped, the oldest" "$(sed -n 's/.*the oldest \([0-9.]*\) s.*/\1/p' <<< "$first_line" | awk '{ print int($1 * 1000) }')" \
		"$((before_ms - end_ms - 500))" "$((after_ms - begin_ms + 500))" ms
	end "$server" "$clients" "$endpoint_pid"
}

# A server that is alive, and slower than its clients
test_flooded() {
	local server waiting

	start server "$b_pid" serve "$2" $PORT $BACKLOG 200
	server=$endpoint_pid
	start flood "$a_pid" flood "$2" $PORT 10
	wait_first 'found it full'
	# one more than the backlog may wait, unless one has just been accepted; two if ACKs of two clients met on two CPUs
	waiting=$(sed -n 's/.*: queue \([0-9]*\) of .*/\1/p' <<< "$first_line")
	((waiting >= BACKLOG && waiting <= BACKLOG + 2)) || waiting=$((BACKLOG + 1))
	ktap_is "$1: flooded" "${first_line%%, [0-9]*}" \
		"warn listeners $1 $3:$PORT of $server/endpoint: queue $waiting of $BACKLOG"
	ktap_within "$1: flooded, dropped" "$(sed -n 's/.*, \([0-9]*\) SYNs or ACKs found it full.*/\1/p' <<< "$first_line")" \
		"$least" "$most" ListenOverflows
	# nothing comes any more, and nobody accepts: the number stays. The hook looks at the queue just before the kernel
	# does, and an accept() on another CPU may come between the two.
	kill -STOP "$server"
	ip -n "$a" link set v0 down
	settle "$b_pid"
	tpw_pause 1.2
	least=$(drops)
	ktap_within "$1: flooded, then stopped" "$(in_netns "$b_pid" "$READER" doctor -j | head -n 1 | jq -r .text |
		sed -n 's/.*; its queue is full, as \([0-9]*\) SYNs or ACKs found it$/\1/p')" \
		"$((least - 1 - least / 100))" "$((least + 1 + least / 100))" ListenOverflows
	end "$server" "$endpoint_pid"
}

# A new process listens, then the old one goes: what waited in its queue is reset
test_reloaded() {
	local old clients

	start old "$b_pid" serve "$2" $PORT 64 0
	old=$endpoint_pid
	start waiting "$a_pid" hold "$2" $PORT $WAITING
	clients=$endpoint_pid
	start new "$b_pid" serve "$2" $PORT 64 1
	end "$old"
	wait_for 10 said waiting '^reset' || ktap_bail "the clients were not told"
	first .
	ktap_is "$1: reloaded" "${first_line%, [0-9]*}" \
		"warn listeners $1 $3:$PORT: $(sed -n 's/^reset //p' "$TPW_TMP/waiting") connections were reset unaccepted when it was closed"
	end "$endpoint_pid" "$clients"
}

# play INCIDENT: over IPv4 and over IPv6, with namespaces of its own each time
play() {
	local protos=(tcp tcp6) addresses=(10.77.0.2 fd77::2) ends=(10.77.0.2 "[fd77::2]") i

	for i in 0 1; do
		netns_add a
		netns_add b
		netns_join "$a" "$b"
		"$1" "${protos[i]}" "${addresses[i]}" "${ends[i]}"
		netns_delete "$a"
		netns_delete "$b"
	done
}

require_tools servers/endpoint ip jq ss nstat awk nsenter
tpw_prepare
tpw_load
ktap_plan 12
play test_stopped
play test_flooded
play test_reloaded
ktap_finish
