#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who waits for rows of a namespace in which nothing happens costs the others nothing, and learns nothing of them: no
# instruction a segment, by a clock that counts them (see selftests/vm/guests), and no wake-up. Who waits where there is
# a flood is woken at times, not for each row, and still has the last row soon.

. "$(dirname "$0")/common.sh"

TURNS=500
RUNS=3
READERS=200
WATCHERS=1000			# epoll instances of each of so many
PROCESSES=3
NOISE=15			# instructions a segment: see bench/gate.sh
FLOOD_MS=1000
WAKES_MS=1			# at most one in so many milliseconds
LATE_MS=100

# per_segment VARIABLE: instructions that a segment of the host's load takes, the least of some runs.
per_segment() {
	local -a sorted

	tpw_pause 1	# what came before has settled
	mapfile -t sorted < <("$TPW_TESTS/bench/load" rr "$TURNS" "$RUNS" | while read -r ns segments; do
		echo $(((ns + segments / 2) / segments))
	done | sort -n)
	((${#sorted[@]} == RUNS)) || ktap_bail "the load failed"
	printf -v "$1" %d "${sorted[0]}"
}

counts_instructions() {
	local ns

	ns=$("$TPW_TESTS/bench/load" clock)
	((ns > 9900000 && ns < 10200000))
}

# wakes VARIABLE PID: how often its threads have been woken; it may count that itself.
wakes() { printf -v "$1" %d "$(cat /proc/"$2"/task/*/status | awk '/^voluntary/ { n += $2 } END { print n }')"; }

# ---- what they cost

cost() {
	local quiet again readers watchers pid

	per_segment quiet
	per_segment again
	ktap_within "nobody waits: the noise" $((again - quiet)) -$NOISE $NOISE "instructions a segment"

	begin_attack readers -u -c wait /proc/net/tuplewatch/log_pipe "$READERS"
	pid=$attack_pid
	per_segment readers
	ktap_within "$READERS threads in read()" $((readers - quiet)) -$NOISE $NOISE "instructions a segment"
	notice "$READERS threads in read()" "$pid"
	end_attack "$pid"

	begin_attack watchers -u -c watch /proc/net/tuplewatch/log_pipe "$PROCESSES" "$WATCHERS"
	pid=$attack_pid
	per_segment watchers
	ktap_within "$((PROCESSES * WATCHERS)) epoll instances" $((watchers - quiet)) -$NOISE $NOISE \
		"instructions a segment"
	end_attack "$pid"
}

# ---- what they notice

notice() {
	local before after nr=50

	wakes before "$2"
	tpw_pause 0.5
	wakes after "$2"
	ktap_is "$1: wake-ups while nothing happens" $((after - before)) 0
	wakes before "$2"
	attacks datagrams "$nr" > /dev/null
	tpw_pause 0.5
	wakes after "$2"
	ktap_is "$1: wake-ups while the host sends itself $nr datagrams" $((after - before)) 0
}

# ---- a flood of their own

follow() {
	local said sent rows lost wakes ms late_ms

	said=$(attacks -u -c flood "$FLOOD_MS" "$1")
	ktap_diag "$said"
	value sent sent "$said"
	value rows rows "$said"
	value lost lost "$said"
	value wakes wakes "$said"
	value ms ms "$said"
	value late_ms late_ms "$said"
	ktap_is "a flood, $1(): rows and lost" $((rows + lost)) "$sent" "" sent
	ktap_within "a flood, $1(): wake-ups in $ms ms" "$wakes" $((ms / 200)) $((ms / WAKES_MS + ms / 5)) "of $sent rows"
	ktap_within "a flood, $1(): all is there after" "$late_ms" 0 $LATE_MS ms
}

begin bench/load
# On a host that is busy, that clock runs ahead now and then.
[[ ${TPW_ICOUNT-} == 1 ]] || ktap_skip_all "the clock of this machine does not count instructions"
wait_for 10 counts_instructions || ktap_bail "the clock does not count instructions: $("$TPW_TESTS/bench/load" clock)"

ktap_plan 11
tpw_load
cost
follow read
follow poll
ktap_finish
