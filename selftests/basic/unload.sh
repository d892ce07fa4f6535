#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# rmmod with readers on every file and under full traffic, namespaces that come and go, and again and again:
# no hang, no report of the kernel (the runner looks), nothing left.

. "$(dirname "$0")/../lib/tpw.sh"
. "$(dirname "$0")/../lib/load.sh"

# By kernel and backend, of which there are many, TPW_SHORT does with less.
short_or() { [[ ${TPW_SHORT-} ]] && echo 1 || echo "$1"; }
CYCLES=${TPW_CYCLES:-$((${TPW_LONG:-0} ? 50 : 5))}
TIMES=$(short_or 3)

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid='' b='' b_pid=''

# within SECONDS COMMAND...: a hang is a failure, not the end of the test.
within() {
	local status

	timeout "$@"
	status=$?
	((status != 124)) || echo "still running after $1 s: ${*:2}"
	return "$status"
}

removes() { within 30 rmmod tuplewatch; }

# ---- readers

fails_to_read() {
	local line

	! IFS= read -r line 2>/dev/null <&"$1" || { echo "read \"$line\""; return 1; }
}

# A reader that has the file open, and has read some of it or none.
with_open_files() {
	local file fd line
	local -a files=(/proc/tuplewatch /proc/net/tuplewatch/{,all/}{counters,hooks,log}) fds=()

	tpw_load
	for file in "${files[@]}"; do
		exec {fd}< "$file"
		fds+=("$fd")
		exec {fd}< "$file"
		read -r line <&"$fd"
		fds+=("$fd")
	done
	ktap_test "rmmod with ${#fds[@]} open files" removes
	ktap_test "no open file can be read any more" fail_to_read "${fds[@]}"
	ktap_test "nor after the next insmod" tpw_insmod
	ktap_test "nor then" fail_to_read "${fds[@]}"
	for fd in "${fds[@]}"; do
		exec {fd}<&-
	done
	ktap_test "rmmod after all were closed" removes
}

fail_to_read() {
	local fd

	for fd; do
		fails_to_read "$fd" || return 1
	done
}

says_in_use() {
	local text

	! text=$(removes 2>&1) || { echo "rmmod worked"; return 1; }
	[[ $text == *"in use"* ]] || { echo "rmmod: $text"; return 1; }
}

with_open_pipes() {
	local fd reader

	tpw_load
	exec {fd}< /proc/net/tuplewatch/log_pipe
	ktap_test "rmmod says that log_pipe is in use" says_in_use
	exec {fd}<&-
	cat "/proc/$a_pid/net/tuplewatch/log_pipe" > "$TPW_TMP/pipe" &
	reader=$!
	ktap_test "a reader waits in log_pipe" wait_for 10 waits "$reader"
	ktap_test "rmmod says that it is in use" says_in_use
	ktap_test "it is still watching" grep -q ' canary=yes ' /proc/net/tuplewatch/hooks
	end_process "$reader"
	ktap_test "rmmod once it has gone" removes
}

# ---- traffic

load_kinds=("tcp 127.0.0.1 7001 10 1000" "udp ::1 7001 10 1000")

read_all_files() {
	local file

	while :; do
		for file in /proc/tuplewatch /proc/net/tuplewatch/{,all/}{counters,hooks,log}; do
			cat "$file"
		done
	done > /dev/null 2>&1
}

watches() {
	local -A now=()

	snapshot now "$a_pid"
	[[ ${now[watching]} == yes ]]
}

# cycle: insmod and rmmod, with segments seen in between.
cycle() {
	tpw_insmod && wait_for 10 flows && watches && rmmod tuplewatch
}

cycles() {
	local i

	for ((i = 0; i < $1; i++)); do
		cycle || { echo "cycle $i"; return 1; }
	done
}

# Somebody comes to INPUT and goes, so that the hook there does.
tables_come_and_go() {
	while :; do
		inside "$a" nft 'table inet t { chain c { type filter hook input priority 0; }; }'
		inside "$a" nft delete table inet t
	done > /dev/null 2>&1
}

under_full_traffic() {
	local reader

	start_traffic
	ktap_test "traffic flows" wait_for 20 flows
	read_all_files &
	reader=$!
	traffic_pids+=("$reader")
	ktap_test "insmod and rmmod under full traffic, with readers" cycles "$(short_or 2)"
	tpw_insmod
	ktap_test "enabled=0 and 1 under full traffic, times: $TIMES" toggle enabled "$TIMES"
	ktap_test "netfilter=0 and 1 under full traffic, times: $TIMES" toggle netfilter "$TIMES"
	ktap_test "it watches" watches
	tables_come_and_go &
	traffic_pids+=("$!")
	ktap_test "rmmod and insmod while tables come and go" removes
	ktap_test "and again" cycles "$(short_or 4)"
	tpw_insmod
	ktap_test "rmmod under full traffic" removes
	stop_traffic
}

is_switched() { grep -q "^# .* $1 " /proc/net/tuplewatch/hooks; }

toggle() {
	local i

	for ((i = 0; i < $2; i++)); do
		echo 0 > "$TPW_PARAMETERS/$1" && wait_for 10 flows && is_switched "$1=0" &&
			echo 1 > "$TPW_PARAMETERS/$1" && wait_for 10 flows && is_switched "$1=1" || return 1
	done
}

# ---- memory

# Areas of memory that somebody asked for who has no name any more, as a module's code that is gone.
orphans() { awk '$3 ~ /^0x/' /proc/vmallocinfo | wc -l; }

# again_and_again: with traffic that leaves some time for insmod. What the kernel itself needs is another
# hundred KiB each time one looks; 16 KiB of each of 13 cycles would show, of two 100.
again_and_again() {
	local allowed=$((16 * (CYCLES < 13 ? 13 : CYCLES))) before after

	start_traffic -p 5
	wait_for 20 flows
	cycles 2 || ktap_bail "not even twice"
	before=$(memory_used)
	ktap_test "insmod and rmmod under traffic, $CYCLES times" cycles "$CYCLES"
	after=$(memory_used)
	stop_traffic
	ktap_within "memory after $CYCLES cycles" "$after" 0 $((before + allowed)) "before $before KiB, now"
	ktap_is "vmalloc areas whose owner is gone" "$(orphans)" "$orphans_before" "" "before"
}

# ---- namespaces

# is_inhabited NAME: a process has entered it.
is_inhabited() { [[ $(ip netns pids "$1") ]]; }

# churn NR: namespaces with traffic in them, which are gone before it ends.
churn() {
	local i name pid

	for ((i = 0; i < $1; i++)); do
		name=tpw-$$-churn-$i
		ip netns add "$name" && ip -n "$name" link set lo up || return 1
		"$TPW_TESTS/basic/traffic" -f -s "/run/netns/$name" -c "/run/netns/$name" tcp 127.0.0.1 7001 5 5 &
		pid=$!
		wait_for 10 is_inhabited "$name"
		ip netns delete "$name"
		end_process "$pid"
	done
}

namespaces_come_and_go() {
	local reader inode count=''

	tpw_load
	start_traffic -p 2
	count_namespaces count
	ktap_test "namespaces created and deleted under traffic, times: $((3 * TIMES))" churn $((3 * TIMES))
	ktap_test "none of them is left in all/counters" wait_for 20 namespaces_are "$count"
	stop_traffic

	netns_add b
	inode=$(stat -Lc %i "/proc/$b_pid/ns/net")
	cat "/proc/$b_pid/net/tuplewatch/log_pipe" > "$TPW_TMP/pipe" &
	reader=$!
	wait_for 10 waits "$reader" || ktap_bail "the reader does not wait"
	# As with /proc/net/tcp: whoever has a file open holds its namespace.
	netns_delete "$b"
	ktap_test "the reader of a deleted namespace's log_pipe waits on" waits "$reader"
	ktap_is "its namespace is there" "$(grep -c "^seen .* $inode\$" /proc/net/tuplewatch/all/counters)" 1 rows
	end_process "$reader"
	ktap_test "and gone with the reader" wait_for 20 namespaces_are "$count"
	ktap_test "rmmod after that" removes
}

require_tools ip nft awk timeout cat stat traffic
tpw_prepare
ktap_plan "$((27 - 3 * $(short_or 0)))"
tpw_rmmod
orphans_before=$(orphans)
netns_add a
with_open_files
with_open_pipes
under_full_traffic
namespaces_come_and_go
[[ ${TPW_SHORT-} ]] || again_and_again
ktap_finish
