#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tuplewatch doctor where things are missing or switched off, one at a time; metrics and graph: the numbers of the
# tables, in a form that promtool, a strict parser of OpenMetrics, and dot accept.

. "$(dirname "$0")/reader.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid=''
# Filled through its name.
# shellcheck disable=SC2034
declare -A now

doctor() {
	"$READER" doctor -j > "$TPW_TMP/doctor"
	doctor_status=$?
}

# finding CHECK STATE: the texts of such findings
finding() { jq -r "select(.check == \"$1\" and .state == \"$2\") | .text" "$TPW_TMP/doctor"; }

count() { jq -r "select(.state == \"$1\") | .check" "$TPW_TMP/doctor" | wc -l; }

test_doctor() {
	tpw_rmmod
	doctor
	ktap_is "without the module, exit status" "$doctor_status $(finding module fail)" "1 not loaded"
	ktap_is "without the module, functions of the kernel" "$(finding functions ok)" \
		"the kernel has all 12 that must be hooked"
	ktap_is "without the module, kernel" "$(count fail) $(finding config ok)" "1 ftrace and kprobes"

	tpw_load_with log_records=8192
	doctor
	ktap_is "with the module" "$doctor_status $(count fail)" "0 0"
	ktap_is "with the module, hooks" "$(finding hooks ok)" \
		"$(sed -n '1s/.*backend=\([a-z]*\) armed=\([0-9]*\) total=\([0-9]*\) .*/\2 of \3 armed by \1, and they fire/p' \
			/proc/net/tuplewatch/hooks)"
	ktap_is "with the module, memory" "$(finding memory ok | sed -n 's/ MiB in all, taken at load$//p')" \
		"$(sed -n 's/.*; memory \(.*\) MiB$/\1/p' /proc/tuplewatch)"

	echo 0 > "$TPW_PARAMETERS/enabled"
	doctor
	ktap_is "enabled=0" "$doctor_status $(finding hooks fail)" "1 enabled=0: the hooks are detached"
	echo 1 > "$TPW_PARAMETERS/enabled"
	echo 0 > "$TPW_PARAMETERS/netfilter"
	doctor
	ktap_is "netfilter=0" "$doctor_status $(finding firewall note)" \
		"0 netfilter=0: what a firewall drops is not counted"
	echo 1 > "$TPW_PARAMETERS/netfilter"

	tpw_load_with log_records=8192 test_missing=__inet_accept
	doctor
	ktap_is "a hook is missing" "$doctor_status $(finding hooks warn)" \
		"0 accept (__inet_accept) is missing; not known: who accepted a connection, and when"
}

blind() {
	local switch=/proc/sys/kernel/ftrace_enabled off=0 on=1

	if grep -q backend=kprobe /proc/net/tuplewatch/hooks; then
		switch=/sys/kernel/debug/kprobes/enabled
		mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
	fi
	echo $off > "$switch" || ktap_diag "cannot switch off the backend"
	doctor
	echo $on > "$switch"
}

test_blind() {
	tpw_load_with log_records=8192
	blind
	ktap_is "blind" "$doctor_status $(finding hooks fail | cut -d: -f1)" "1 NOT WATCHING"
	doctor
	ktap_is "no more" "$doctor_status" 0
	tpw_load_with log_records=8192 max_connections=4
	netns_add a
	start_peer server "$a_pid" listen 127.0.0.1 7070
	start_peer client "$a_pid" connect 127.0.0.1 7070 10 hold=1
	doctor
	ktap_is "too small" "$doctor_status $(finding memory warn)" "0 $(
		sed -n '1s/.*held=\([0-9]*\) max=\([0-9]*\) .* evicted_all=\([1-9][0-9]*\) .*/\1 of \2 connections remembered, \3 forgotten for want of room/p' \
			/proc/net/tuplewatch/connections)"
}

# metric NAME LABELS: its number
metric() { sed -n "s/^tuplewatch_$1{$2} \([0-9]*\)$/\1/p" "$TPW_TMP/tuplewatch.prom"; }

test_metrics() {
	local family got='' want='' member

	in_netns "$a_pid" "$TPW_TESTS/basic/traffic" refused 127.0.0.1 7071 4 || ktap_bail "no traffic"
	settle "$a_pid"
	snapshot now "$a_pid"
	"$READER" -N "$a_pid" metrics -o "$TPW_TMP/tuplewatch.prom"
	# The older format knows a counter only by the name of its samples.
	ktap_is "metrics, accepted by promtool" \
		"$(promtool check metrics < "$TPW_TMP/tuplewatch.prom" 2>&1 | grep -v '_total no help text$')" ""
	ktap_is "metrics, OpenMetrics" "$("$READER_DIR/openmetrics.py" < "$TPW_TMP/tuplewatch.prom" 2>&1)" ""
	for family in tcp4 tcp6 udp4 udp6; do
		got+="$(metric segments_total "family=\"$family\"") "
		want+="${now[seen.$family]} "
	done
	ktap_is "metrics, segments" "$got" "$want"
	ktap_is "metrics, by via and outcome" "$(metric segments_via_total 'family="tcp4",via="ehash"') $(
		metric segments_outcome_total 'family="tcp4",outcome="handed"')" \
		"${now[via:ehash.tcp4]} ${now[outcome:handed.tcp4]}"
	member=$(sed -n "s/^tuplewatch_listener_info{\(.*\),pid=.*,cookie=\"$(words server listener cookie)\"} 1$/\1/p" \
		"$TPW_TMP/tuplewatch.prom")
	ktap_is "metrics, connections of the listener" "$(metric listener_connections_total "$member")" \
		"$(grep -c '^accepted' "$TPW_TMP/server")"
	ktap_is "metrics, how many waited to be accepted" \
		"$(metric listener_accept_wait_seconds_bucket "$member,le=\"+Inf\"")" "$(grep -c '^accepted' "$TPW_TMP/server")"
	ktap_is "metrics, refused by local end" "$(metric end_refused_total 'proto="tcp",local="127.0.0.1:7071"')" 4
	ktap_is "metrics, connections" "$(metric connections 'proto="tcp",state="ESTABLISHED"') $(
		sed -n 's/^tuplewatch_connections_unaccepted //p' "$TPW_TMP/tuplewatch.prom")" "20 0"
	ktap_is "metrics, for all to read, nothing beside it" "$(stat -c %a "$TPW_TMP/tuplewatch.prom") $(
		find "$TPW_TMP" -name 'tuplewatch.prom*' | wc -l)" "644 1"
}

# arrows KIND: segments on the arrows to nodes of this kind
arrows() { sed -n "s/.*in -> $1[0-9]* \[label=\"\([0-9]*\)\".*/\1/p" "$TPW_TMP/graph.dot" | awk '{ n += $1 } END { print n + 0 }'; }

test_graph() {
	local seen

	total seen now 'seen.*'
	"$READER" -N "$a_pid" graph -p > "$TPW_TMP/graph.dot"
	ktap_is "graph, segments on its arrows" "$(arrows '[a-z]')" "$seen" "" seen
	save connections "$a_pid" connections -a
	save listeners "$a_pid" listeners -a
	ktap_is "graph, arrows to connections, listeners" "$(arrows c) $(arrows l)" \
		"$(sum connections segments) $(sum listeners segments request_segments)"
	ktap_test "graph, drawn by dot" dot -Tsvg -o "$TPW_TMP/graph.svg" "$TPW_TMP/graph.dot"
	ktap_is "graph, both processes in the picture" "$(grep -o '>[0-9]*/peer<' "$TPW_TMP/graph.svg" | tr -d '<>' | sort | line)" \
		"$( (words server listener pid; words client connection pid | uniq) | sed 's/$/\/peer/' | sort | line)"
	ktap_is "graph, the listener and connections in the picture" \
		"$(grep -c '>tcp 127.0.0.1:7070<' "$TPW_TMP/graph.svg") $(grep -c '>127.0.0.1:7070<' "$TPW_TMP/graph.svg")" \
		"11 10"
}

require_tools ip jq promtool dot nsenter
/usr/bin/python3 -c 'import prometheus_client' || ktap_bail "no prometheus_client: install python3-prometheus-client"
tpw_prepare
ktap_plan 26
test_doctor
test_blind
test_metrics
test_graph
ktap_finish
