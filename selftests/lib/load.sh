# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Traffic that goes on for ever in the namespace a, and whether it does. Who sources this has sourced tpw.sh, sets a_pid
# by netns_add, and names in load_kinds what flows: arguments of `traffic`, one kind a string.
#
# shellcheck disable=SC2034,SC2154

load_kinds=()
traffic_pids=()

# start_traffic [OPTION...]: all kinds at once.
start_traffic() {
	local kind

	for kind in "${load_kinds[@]}"; do
		# shellcheck disable=SC2086	# words
		"$TPW_TESTS/basic/traffic" -f "$@" -s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net" $kind &
		traffic_pids+=($!)
	done
	at_exit stop_traffic
}

stop_traffic() {
	local pid

	for pid in "${traffic_pids[@]}"; do
		end_process "$pid"
	done
	traffic_pids=()
}

# flows: segments came since it was last asked.
insegs_before=0
flows() {
	local -A now=()
	local insegs

	read_snmp now "$a_pid"
	total insegs now Tcp.InSegs
	((insegs > insegs_before)) || return 1
	insegs_before=$insegs
}
