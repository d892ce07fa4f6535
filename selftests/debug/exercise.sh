#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything at once, for the detectors of the debug kernel to look at: traffic, filters that come and go, readers
# of all files, namespaces that come and go, switches; then rmmod. On an ordinary kernel it shows that this works.

. "$(dirname "$0")/../lib/tpw.sh"

TIMES=${TIMES:-${TPW_LONG:+300}}
TIMES=${TIMES:-40}

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid=''

# Nicer than what it disturbs, which would take half an hour otherwise.
start_traffic() {
	local what address

	for what in tcp udp; do
		for address in 127.0.0.1 ::1; do
			nice "$TPW_TESTS/basic/traffic" -f -s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net" \
				"$what" "$address" 7001 20 3 &
			at_exit end_process $!
		done
	done
}

seen() { grep '^seen ' "/proc/$a_pid/net/tuplewatch/counters"; }

has_moved_from() { [[ $(seen) != "$1" ]]; }

# set_filter RULE: and wait until a segment has come, whose handler may be using it still.
set_filter() {
	local before

	before=$(seen)
	echo "$1" > "/proc/$a_pid/net/tuplewatch/filter" && wait_for 10 has_moved_from "$before"
}

# filters NR: each replaces one that handlers are using.
filters() {
	local -i i

	for ((i = 0; i < $1; i++)); do
		set_filter "proto=tcp sample=2" && set_filter "via=ehash,listener-any port=1-65000" || return 1
		cat "/proc/$a_pid/net/tuplewatch/filter" > /dev/null || return 1
		set_filter all || return 1
	done
}

# ask QUESTION: the answer, from the same open file.
ask() {
	local fd answer

	exec {fd}<> "/proc/$a_pid/net/tuplewatch/explain"
	echo "$1" >&"$fd"
	answer=$(cat <&"$fd")
	exec {fd}<&-
	[[ $answer == *$'\nresult '* ]]
}

questions() {
	local -i i

	for ((i = 0; i < $1; i++)); do
		ask "tcp 127.0.0.1:$((i + 1)) 127.0.0.1:7001" && ask "udp [::1]:$((i + 1)) [::1]:7001" || return 1
	done
}

readings() {
	local -i i
	local file

	for ((i = 0; i < $1; i++)); do
		for file in /proc/tuplewatch /proc/net/tuplewatch/{,all/}{counters,listeners,connections,refused,log,hooks}; do
			cat "$file" > /dev/null || return 1
		done
	done
}

namespaces() {
	local -i i
	local name

	for ((i = 0; i < $1; i++)); do
		name=tpw-$$-exercise-$i
		ip netns add "$name" && ip -n "$name" link set lo up &&
			"$TPW_TESTS/basic/traffic" -s "/run/netns/$name" -c "/run/netns/$name" tcp 127.0.0.1 7001 2 2 &&
			ip netns delete "$name" || return 1
	done
}

switches() {
	local -i i
	local name

	for ((i = 0; i < $1; i++)); do
		for name in enabled netfilter; do
			echo 0 > "$TPW_PARAMETERS/$name" && echo 1 > "$TPW_PARAMETERS/$name" || return 1
		done
	done
}

require_tools ip cat traffic
tpw_prepare
ktap_plan 6
tpw_load
netns_add a
start_traffic
ktap_test "filters replaced under traffic, $((3 * TIMES)) times" filters "$TIMES"
ktap_test "questions under traffic, $TIMES" questions "$((TIMES / 2))"
ktap_test "all files read under traffic, $((TIMES / 8)) times" readings "$((TIMES / 8))"
ktap_test "namespaces created and deleted under traffic, $((TIMES / 4))" namespaces "$((TIMES / 4))"
ktap_test "hooks switched off and on under traffic, $((TIMES / 8)) times" switches "$((TIMES / 8))"
ktap_test "rmmod under traffic" tpw_rmmod
ktap_finish
