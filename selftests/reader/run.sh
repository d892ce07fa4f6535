#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tuplewatch run: all that came in for a command and its children, and nothing that came in for others.

. "$(dirname "$0")/reader.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before after d
seen=0

# run ARGUMENT...: the report of "tuplewatch run -j", as $TPW_TMP/report; its status is in run_status. What came
# in for the namespace meanwhile is in seen.
run() {
	settle "$a_pid"
	snapshot before "$a_pid"
	"$READER" -N "$a_pid" run -j -o "$TPW_TMP/report" -- "$@" > "$TPW_TMP/out"
	run_status=$?
	snapshot after "$a_pid"
	delta d after before
	total seen d 'seen.*'
}

# report KEY
report() { jq -r "select(.run) | .run.\"$1\"" "$TPW_TMP/report"; }

test_numbers() {
	run "$TPW_TESTS/basic/traffic" tcp 127.0.0.1 7001 5 3
	ktap_is "TCP, segments" "$(report segments)" "$seen" "" seen
	ktap_is "TCP, SYNs, connections, requests" "$(report listener_segments) $(report connections) $(report request)" "5 10 5"
	ktap_is "TCP, early demux and search" "$(($(report early_demux) + $(report searched)))" \
		"$(report connection_segments)"
	run "$TPW_TESTS/basic/traffic" udp ::1 7002 40
	ktap_is "UDP, segments" "$(report segments)" "$seen" "" seen
	ktap_is "UDP, by whom" "$(jq -r 'select(.segments > 0) | .comm' "$TPW_TMP/report")" traffic
}

# A page of the same: all that came in for it
test_page() {
	settle "$a_pid"
	snapshot before "$a_pid"
	"$READER" -N "$a_pid" run -o "$TPW_TMP/run.html" -- "$TPW_TESTS/basic/traffic" tcp 127.0.0.1 7003 5 3 > /dev/null 2> "$TPW_TMP/said"
	ktap_is "page, exit status" $? 0
	snapshot after "$a_pid"
	delta d after before
	total seen d 'seen.*'
	ktap_is "page, what it has" "$(sed -n 's/.*run.html: //p' "$TPW_TMP/said")" \
		"$seen segments, 10 connections, 1 listener; open it in a browser"
	ktap_is "page, segments of before are none of it" "$(grep -c '^{"time"' "$TPW_TMP/run.html")" "$seen" "" seen
	ktap_is "page, and what is printed" "$(grep -c '^status 0 after' "$TPW_TMP/said")" 1
}

# Children of children, one of which lives on in the background
test_children() {
	run bash -c "$TPW_TESTS/basic/traffic tcp 127.0.0.1 7001 2 2; ($READER_DIR/peer listen 127.0.0.1 7010 > $TPW_TMP/left &)
		for i in {1..100}; do [[ -s $TPW_TMP/left ]] && break; sleep 0.1; done
		$READER_DIR/peer connect 127.0.0.1 7010 3; exit 3"
	ktap_is "children, segments" "$(report segments)" "$seen" "" seen
	ktap_is "children, exit status" "$run_status $(report status)" "3 3"
	ktap_is "children, those left" "$(report left_running)" 2
	ktap_is "children, out of the cgroup" "$(grep -c tuplewatch-run "/proc/$(words left listener pid)/cgroup")" 0
	pkill -x peer
	ktap_is "children, what they print goes to stdout" "$(grep -c '^connection ' "$TPW_TMP/out")" 3
}

# The same sockets, once told by the report and once by the tables.
test_others() {
	local others

	start_peer noise "$a_pid" listen 127.0.0.1 7020
	nsenter --net="/proc/$a_pid/ns/net" "$READER_DIR/peer" connect 127.0.0.1 7020 1 turns=1000000 > /dev/null 2>&1 &
	noise_pid=$!
	wait_for 20 count_accepted noise 1 || ktap_bail "no noise"
	"$READER" -N "$a_pid" run -j -o "$TPW_TMP/report" -- "$TPW_TESTS/basic/traffic" tcp 127.0.0.1 7005 5 5
	kill "$noise_pid"
	wait "$noise_pid" 2> /dev/null
	settle "$a_pid"
	ktap_is "others, none of their sockets" \
		"$(jq -r 'select(.local_port == 7020 or .foreign_port == 7020) | .local_port' "$TPW_TMP/report" | wc -l)" 0
	ktap_is "others, all of ours" "$(report listeners) $(report connections)" "1 10"
	save tables "$a_pid" connections -a sport = :7005 or dport = :7005
	others=$(jq -s 'map(select(.role) | .segments) | add' "$TPW_TMP/report")
	ktap_within "others, segments of our connections in the end" "$(sum tables segments)" "$others" \
		$((others + 10)) "by the tables"
}

test_status() {
	"$READER" -N "$a_pid" run -- no-such-command 2> "$TPW_TMP/err"
	ktap_is "no such command" "$? $(< "$TPW_TMP/err")" \
		"127 tuplewatch: run: no-such-command: No such file or directory"
	"$READER" -N "$a_pid" run -- /etc/passwd 2> "$TPW_TMP/err"
	ktap_is "no program" "$? $(< "$TPW_TMP/err")" "126 tuplewatch: run: /etc/passwd: Permission denied"
	# shellcheck disable=SC2016
	"$READER" -N "$a_pid" run -o /dev/null -- bash -c 'kill -TERM $$'
	ktap_is "a signal" "$?" 143
	"$READER" -N "$a_pid" run -o /dev/null -- sleep 100 &
	reader_pid=$!
	wait_for 10 pgrep -x -P "$reader_pid" sleep > /dev/null
	kill -TERM "$reader_pid"
	wait "$reader_pid"
	ktap_is "a signal to the reader is passed on" "$?" 143
	ktap_is "cgroups left behind" "$(find /sys/fs/cgroup -name 'tuplewatch-run-*' 2> /dev/null | wc -l) $(
		grep -l tuplewatch-run /proc/[0-9]*/cgroup 2> /dev/null | wc -l)" "0 0"
}

require_tools ip jq traffic nsenter pgrep
tpw_prepare
ktap_plan 22
tpw_load_with log_records=8192
netns_add a
test_numbers
test_page
test_children
test_others
test_status
ktap_finish
