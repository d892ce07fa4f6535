#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a reader of the log gets: logged = rows that it read + rows that it was told it lost, however fast or
# slow it is, and in the order of the rows' numbers.

. "$(dirname "$0")/../lib/tpw.sh"
. "$(dirname "$0")/../lib/reader.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid='' b='' b_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before before_b after d

load() {
	local -a sides=(-s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net")

	traffic "${sides[@]}" tcp 127.0.0.1 7001 20 20 &&
		traffic "${sides[@]}" udp ::1 7002 500 &&
		traffic "${sides[@]}" refused ::1 7003 20
}

# Another namespace's rows pass through the same rings.
foreign_load() {
	traffic -s "/proc/$b_pid/ns/net" -c "/proc/$b_pid/ns/net" udp 127.0.0.1 7002 500
}

# in_turn FILE: each takes what it wants, and gives back what it has read too much.
in_turn() { { head -n 2; head -c 100; head -n 3; grep -m 1 '^[0-9]'; cat; } < "$1" 2>&1; }

# shared FILE: two processes read one open file that has nothing for them.
shared() {
	local fd one two status=0

	exec {fd}< "$1"
	cat <&"$fd" > "$TPW_TMP/one" &
	one=$!
	wait_for 10 waits "$one" || { echo "the first does not wait"; status=1; }
	cat <&"$fd" > "$TPW_TMP/two" &
	two=$!
	wait_for 10 waits "$two" || { echo "the second does not wait: $(< "/proc/$two/stat")"; status=1; }
	kill "$two"
	wait_for 10 is_gone "$two" || { echo "the second does not go"; status=1; }
	end_process "$one"
	exec {fd}<&-
	return "$status"
}

# With all three at once: what one reads, no other misses.
all_readers() {
	local label=$1 file=/proc/$a_pid/net/tuplewatch/log_pipe fast slow late logged

	settle "$a_pid" "$b_pid"
	snapshot before "$a_pid"
	start_reader fast "$file"
	fast=$reader_pid
	start_reader slow -s "$file"
	slow=$reader_pid
	start_reader late -l "$file"
	late=$reader_pid
	foreign_load &
	ktap_test "$label: traffic" load
	wait $!
	settle "$a_pid" "$b_pid"
	snapshot after "$a_pid"
	delta d after before
	end_process "$fast"
	end_process "$slow"
	end_process "$late"
	total logged d 'logged.*'
	check_reader "$label, fast reader" fast "$logged"
	check_reader "$label, slow reader" slow "$logged"
	check_reader "$label, late reader" late "$logged"
}

# count_log VARIABLE FILE: rows in a file that ends.
count_log() {
	local -a lines

	mapfile -t lines < "$2"
	printf -v "$1" %s $((${#lines[@]} - 2))
}

require_tools ip nproc traffic logcount
tpw_prepare
ktap_plan 29
tpw_load_with log_records=65536
netns_add a
netns_add b

all_readers "large log"
ktap_is "large log, lost" "$(reader_says fast lost) $(reader_says slow lost) $(reader_says late lost)" "0 0 0"
total logged after 'logged.*'
count_log rows "/proc/$a_pid/net/tuplewatch/log"
ktap_is "large log, rows of the file log" "$rows" "$logged" "" logged

ktap_test "two processes wait for rows of one open file" shared "/proc/$a_pid/net/tuplewatch/log_pipe"
log=/proc/$a_pid/net/tuplewatch/log
whole=$(cksum < "$log")
ktap_is "the file log, by head, head, head, grep and cat" "$(in_turn "$log" | cksum)" "$whole" "" "at once"
ktap_is "the file log, tail" "$({ head -n 9 "$log"; tail -n +10 "$log"; } | cksum)" "$whole" "" "at once"

tpw_load_with log_records=128
all_readers "small log"
lost=$(reader_says late lost)
ktap_within "small log, late reader" "$lost" 1 1000000 lost
count_log rows "/proc/$a_pid/net/tuplewatch/log"
ktap_within "small log, rows of the file log" "$rows" 1 "$((64 * $(nproc --all)))" rows
lost=$(grep -c '^# lost' "/proc/$a_pid/net/tuplewatch/log")
ktap_is "small log, losses told in the file log" "$lost" 0

# The rings are one set: who reads all of them gets the rows of all.
settle "$a_pid" "$b_pid"
snapshot before "$a_pid"
snapshot before_b "$b_pid"
start_reader all /proc/net/tuplewatch/all/log_pipe
foreign_load
load
settle "$a_pid" "$b_pid"
end_process "$reader_pid"
snapshot after "$a_pid"
delta d after before
total logged d 'logged.*'
snapshot after "$b_pid"
delta d after before_b
foreign=0
total foreign d 'logged.*'
rows=$(reader_says all rows)
lost=$(reader_says all lost)
ktap_is "all namespaces" "$rows+$lost=$((rows + lost))" "$rows+$lost=$((logged + foreign))" "rows+lost" "logged"
ktap_finish
