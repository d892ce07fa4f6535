#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The story of the demo: what /proc/tuplewatch says of it agrees with netstat, with the kernel's counters and
# with itself.

. "$(dirname "$0")/../lib/tpw.sh"
. "$(dirname "$0")/../lib/story.sh"

# Filled through their names.
# shellcheck disable=SC2034
declare -A now

# socket_rows: "local foreign state" of each socket in the overview; a listener has its queue in place of `*`.
socket_rows() {
	awk '
		/^Proto / { rows = 1; next }
		rows && !NF { exit }
		!rows || /^\(/ { next }
		$3 == "queue" { print $2, "0.0.0.0:*", $5; next }
		{ print $2, $3, $4 }
	' <<< "$overview" | grep -v 'CLOSED$' | sort
}

netstat_rows() { awk '$1 ~ /^tcp/ { print $4, $5, $6 }' <<< "$netstat" | sort; }

# The column's numbers end where its name does.
segs_of() {
	awk -v pattern="$1" '
		/^Proto / { end = index($0, "Segs") + 3; next }
		end && !NF { exit }
		end && $0 ~ pattern && match(substr($0, 1, end), /[0-9]+$/) { sum += substr($0, RSTART, RLENGTH) }
		END { print sum + 0 }' <<< "$overview"
}

# line_of TEXT: the number behind it.
line_of() { sed -n "s/^ *$1  *\([0-9]*\).*/\1/p" <<< "$overview"; }

require_tools ip nc netstat setsid awk sed sort paste
tpw_prepare
ktap_plan 13
tpw_load
story_set_up
story_play

overview=$(inside "$server" cat /proc/tuplewatch)
netstat=$(inside "$server" netstat -atnp)
snapshot now "$server_pid"
log=$(< "/proc/$server_pid/net/tuplewatch/log")

seen=0
total seen now 'seen.*'
ktap_is "server" "$seen" "${now[Tcp.InSegs]}" seen InSegs
ktap_is "server, segments of the story" "$seen" "$STORY_SEGMENTS"
ktap_is "overview" "$(line_of seen)" "$seen" "its seen" "seen of counters"
ktap_is "overview, matched connection, request, listener, nothing" "$(line_of "matched a connection") $(
	line_of "matched a request") $(line_of "matched a listener") $(line_of "matched nothing")" "2 2 2 1"
ktap_is "overview, sum over Segs" "$(segs_of .)" "$seen" "" seen
ktap_is "overview, Segs of listener, connections, port 501" "$(segs_of LISTEN) $(segs_of :54240) $(
	segs_of :26813) $(segs_of '^[(]no socket')" "2 2 2 1"
ktap_is "overview, sockets and states" "$(socket_rows | paste -sd,)" "$(netstat_rows | paste -sd,)" "" "netstat's"
ktap_is "overview, port 501" "$(
	grep -c '^refused  *1  192.168.1.10:501  1 SYN, last from 192.168.1.13:56990$' <<< "$overview")" 1 rows
ktap_is "overview, lines of more than 80 columns, past line 50" \
	"$(awk 'length > 80 || NR > 50 { n++ } END { print n + 0 }' <<< "$overview")" 0
ktap_is "netstat, ESTABLISHED with a process" "$(grep -c 'ESTABLISHED [0-9]*/nc' <<< "$netstat")" 1
ktap_is "netstat, ESTABLISHED without one" "$(grep -c 'ESTABLISHED - ' <<< "$netstat")" 1
ktap_is "log, rows" "$(grep -c '^[0-9]' <<< "$log")" "$STORY_SEGMENTS"
story_end
ktap_test "all of them end" wait_for 10 count_sockets "$server_pid" 0A 0
ktap_finish
