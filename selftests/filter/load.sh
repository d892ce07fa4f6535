#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Under load, while the filter changes a hundred times a second: each segment is logged or filtered, and each
# reader gets what was logged: those of the file, and tuplewatch follow, whose output is taken at once or slowly. Then
# namespaces that end, and the module, with a filter in force.

. "$(dirname "$0")/../lib/tpw.sh"
. "$(dirname "$0")/../lib/books.sh"
. "$(dirname "$0")/../lib/filter.sh"
. "$(dirname "$0")/../lib/reader.sh"
. "$(dirname "$0")/../reader/reader.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid='' b='' b_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before after d

rules=(
	"proto=tcp flags=." "all" "port=5201 sample=3" "none" "local=127.0.0.0/8,::1 dev!=v0"
	"via=early-demux,ehash,listener-any" "foreign!=127.0.0.1:1-60000,fd77::/64" "match!=established" "sample=2"
)

# change PID: the filter of that namespace, until $TPW_TMP/enough is there; tells how often, and in how many ms.
change() {
	local -i nr=0 start=${EPOCHREALTIME/./} wait_us
	local fd

	exec {fd}> "/proc/$1/net/tuplewatch/filter"
	while [[ ! -e $TPW_TMP/enough ]]; do
		printf %s "${rules[nr % ${#rules[@]}]}" >&"$fd" || break
		((++nr))
		((wait_us = start + nr * 10000 - ${EPOCHREALTIME/./}))
		((wait_us <= 0)) || tpw_pause "$(printf '0.%06d' "$wait_us")"
	done
	echo "$nr $(((${EPOCHREALTIME/./} - start) / 1000))"
}

is_listening() {
	local -a row
	local port

	printf -v port ':%04X' 5201
	while read -ra row; do
		[[ ${row[1]} != *"$port" || ${row[3]} != 0A ]] || return 0
	done <<< "$(cat "/proc/$a_pid/net/tcp" "/proc/$a_pid/net/tcp6")"
	return 1
}

# iperf NETNS OPTIONS...: from there to a.
iperf() {
	local client=$1 server status
	shift

	inside "$a" iperf3 -s -1 -p 5201 > "$TPW_TMP/iperf-server" 2>&1 &
	server=$!
	wait_for 20 is_listening || { cat "$TPW_TMP/iperf-server"; return 1; }
	inside "$client" iperf3 -p 5201 "$@"
	status=$?
	wait "$server" || { cat "$TPW_TMP/iperf-server"; return 1; }
	return "$status"
}

load() {
	local seconds=$((2 * ${TPW_PATIENCE:-1}))

	iperf "$a" -c 127.0.0.1 -P 2 -t "$seconds" -N -l 400 &&
		iperf "$a" -c ::1 -u -b 4M -l 1000 -n 500K &&
		iperf "$b" -c fd77::1 -P 2 -t "$seconds" -N -l 400
}

# On a slow machine, slowly is slower.
rest=$(printf '0.%02d' $((2 * ${TPW_PATIENCE:-1})))

# Takes a line, then rests, until it is told to end; what it has not taken then is left in the pipe.
take_slowly() {
	local line

	while IFS= read -r line; do
		tpw_pause "$rest"
	done
}

# start_slow_follow: its process is in follow_pid
start_slow_follow() {
	mkfifo "$TPW_TMP/slowly"
	take_slowly < "$TPW_TMP/slowly" &
	at_exit kill_quietly $!
	start_follow slowly "$a_pid"
}

# check_follow LABEL NAME LOGGED
check_follow() {
	local read lost

	read=$(summary "$2" read)
	lost=$(summary "$2" lost)
	ktap_is "$1" "$read+$lost=$((read + lost))" "$read+$lost=$3" "read+lost" "logged"
}

under_load() {
	local fast slow quick slowly changer nr ms logged filtered

	settle "$a_pid" "$b_pid"
	start_reader fast "/proc/$a_pid/net/tuplewatch/log_pipe"
	fast=$reader_pid
	start_reader slow -s "/proc/$a_pid/net/tuplewatch/log_pipe"
	slow=$reader_pid
	start_follow quick "$a_pid"
	quick=$follow_pid
	start_slow_follow
	slowly=$follow_pid
	snapshot before "$a_pid"
	change "$a_pid" > "$TPW_TMP/changes" &
	changer=$!
	ktap_test "iperf3 on loopback and veth, TCP and UDP" load
	: > "$TPW_TMP/enough"
	wait "$changer"
	settle "$a_pid" "$b_pid"
	snapshot after "$a_pid"
	delta d after before
	end_follow "$quick"
	end_follow "$slowly"
	end_process "$fast"
	end_process "$slow"
	read -r nr ms < "$TPW_TMP/changes"
	# An emulated machine may be too slow for all of them.
	ktap_within "changes of the filter in $ms ms" "$nr" $((100 / ${TPW_PATIENCE:-1})) $((ms / 10 + 1)) changes
	books_tcp "under load" d
	books_balance "under load" d
	books_loss "under load" d
	total logged d 'logged.*'
	total filtered d 'filtered.*'
	ktap_within "filtered and logged" "$((filtered < logged ? filtered : logged))" 100 1000000000 \
		"$filtered and $logged, the lesser"
	check_reader "fast reader" fast "$logged"
	check_reader "slow reader" slow "$logged"
	check_follow "follow" quick "$logged"
	check_follow "follow, into a slow pipe" slowly "$logged"
	ktap_within "follow, into a slow pipe" "$(summary slowly lost)" 1 "$logged" lost
}

# Namespaces that end with a filter in force; while it is being written, its writer holds them.
ends() {
	local changer pid

	netns_add c
	rm "$TPW_TMP/enough"
	pid=${c_pid:?}
	filter_set "$pid" "port=1"
	change "$pid" > "$TPW_TMP/changes" 2> /dev/null &
	changer=$!
	wait_for 10 is_written "$pid" || ktap_bail "nobody writes the filter"
	netns_delete "${c:?}"
	tpw_pause 1
	ktap_is "a namespace whose filter is being written, rows of all/filter" \
		"$(wc -l < /proc/net/tuplewatch/all/filter)" $((namespaces + 3))
	: > "$TPW_TMP/enough"
	wait "$changer"
	ktap_test "it ends with its writer" wait_for 20 is_forgotten
}

is_written() { filter_read "$1" && [[ $filter_rules != port=1 ]]; }

is_forgotten() { (($(wc -l < /proc/net/tuplewatch/all/filter) == namespaces + 2)); }

require_tools ip iperf3 wc logcount
tpw_prepare
ktap_plan 18
tpw_load_with log_records=1024
netns_add a
netns_add b
netns_join "$a" "$b"
namespaces=3
under_load
ends
filter_set "$b_pid" "port=1,2 dev=lo"
ktap_test "rmmod with filters in force" tpw_rmmod
ktap_finish
