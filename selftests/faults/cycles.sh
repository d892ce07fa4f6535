#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# insmod and rmmod, again and again, under full traffic and with a reader on every file; then namespaces that come
# and go under traffic. TPW_LONG=1: 500 and 1,000 of them, which takes an hour or two. CYCLES=, NAMESPACES= name other
# numbers.

. "$(dirname "$0")/common.sh"

CYCLES=${CYCLES:-$(long_or_short 500 3)}
NAMESPACES=${NAMESPACES:-$(long_or_short 1000 20)}

start_readers() {
	local dir=/proc/$a_pid/net/tuplewatch all=/proc/net/tuplewatch/all

	"$TPW_TESTS/faults/faults" readers /proc/tuplewatch \
		"$dir/"{counters,listeners,connections,refused,log,log_pipe,filter,hooks} \
		"$all/"{counters,listeners,connections,refused,log,log_pipe,hooks} &
	traffic_pids+=($!)
}

# A reader may just have a pipe open.
removes() { rmmod tuplewatch 2> "$TPW_TMP/rmmod"; }

cycle() { tpw_insmod && wait_for 20 flows && is_watching && wait_for 20 removes && ! tpw_is_loaded; }

# cycles NR: cycled is how many of them went well.
cycled=0
cycles() {
	for ((cycled = 0; cycled < $1; cycled++)); do
		cycle || break
		(((cycled + 1) % 50)) || ktap_diag "$((cycled + 1)) cycles"
	done
}

under_traffic() {
	local before start

	strip_module
	start_traffic
	# It takes all that is left of the machine, but does not keep insmod from it.
	renice -n 19 -p "${traffic_pids[@]}" > /dev/null || ktap_bail "renice"
	start_readers
	ktap_test "traffic flows" wait_for 20 flows
	cycles 2
	before=$(memory_used)
	start=$EPOCHSECONDS
	cycles "$CYCLES"
	ktap_is "insmod and rmmod under full traffic, with readers" "$cycled" "$CYCLES" cycles
	((cycled == CYCLES)) || ktap_diag "$(< "$TPW_TMP/rmmod")"
	ktap_diag "$((EPOCHSECONDS - start)) s"
	stop_traffic
	# The kernel itself keeps some KiB a time; of 500 cycles, two pages left by each would show.
	ktap_within "memory after that" "$(memory_used)" 0 $((before + 2048 + 2 * CYCLES)) "before $before KiB, now"
	ktap_test "nothing is left" leaves_nothing
}

namespaces() {
	local count='' start

	tpw_load
	open_books
	start_traffic -p 1
	count_namespaces count
	start=$EPOCHSECONDS
	ktap_is "namespaces come and go" "$(faults netns "$NAMESPACES")" "made=$NAMESPACES"
	ktap_diag "$((EPOCHSECONDS - start)) s"
	ktap_test "none of them is left in all/counters" wait_for 60 namespaces_are "$count"
	stop_traffic
	close_books "meanwhile"
	ktap_test "rmmod" tpw_rmmod
	ktap_test "nothing is left of them either" leaves_nothing
}

require_tools ip awk diff renice strip traffic faults/faults
begin
ktap_plan 10
under_traffic
namespaces
ktap_finish
