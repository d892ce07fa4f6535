#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Namespaces of nobody come and go, with traffic and with all files open beyond their end, while the module is loaded
# and removed again and again: no hang, no leak, and in a namespace that stays each segment is counted each time.
# TPW_LONG=1: a thousand of them and twenty times.

. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/../lib/books.sh"

NAMESPACES=$(long_or_short 1000 60)
LOADS=$(long_or_short 20 3)
KEEP=16

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before after d
namespaces=''

# What is for debuggers is most of the module's file, and would cost most of the time.
strip_module() {
	strip --strip-debug -o "$TPW_TMP/tuplewatch.ko" "$tpw_ko" || ktap_bail "strip"
	tpw_ko=$TPW_TMP/tuplewatch.ko
}

# play: so many segments that are known.
play() {
	traffic -s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net" tcp 127.0.0.1 7001 5 20 &&
		traffic -s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net" udp ::1 7001 50
}

books() {
	settle "$a_pid"
	snapshot before "$a_pid"
	play || ktap_bail "no traffic"
	settle "$a_pid"
	snapshot after "$a_pid"
	delta d after before
	books_tcp "$1" d
	books_balance "$1" d
}

# Somebody may just be reading, who then has it in use.
removes() { timeout -s KILL 20 rmmod tuplewatch; } > "$TPW_TMP/rmmod" 2>&1

# start_churn: in the background, until it has made all.
start_churn() {
	"$ATTACKS" -u churn "$NAMESPACES" $KEEP > "$TPW_TMP/churn" 2>&1 &
	churn_pid=$!
	at_exit end_attack "$churn_pid"
}

are_counted() { namespaces_are "$namespaces"; } 2>/dev/null

loads() {
	local i

	for ((i = 1; i <= LOADS; i++)); do
		tpw_insmod || ktap_bail "insmod"
		books "load $i"
		((i == LOADS)) || wait_for 20 removes || ktap_bail "rmmod: $(< "$TPW_TMP/rmmod")"
	done
}

begin strip timeout traffic
ktap_plan $((2 * LOADS + 4))
strip_module
netns_add a
tpw_load
count_namespaces namespaces
attacks -u churn 10 $KEEP > /dev/null	# caches of the kernel
tpw_rmmod
used=$(memory_used)
start_churn
loads
wait "$churn_pid"
said=$(< "$TPW_TMP/churn")
ktap_diag "$said"
made=''
value made made "$said"
ktap_is "namespaces came and went meanwhile" "$made" "$NAMESPACES"
ktap_test "none of them is left" wait_for 60 are_counted
ktap_test "rmmod" wait_for 20 removes
# The kernel itself keeps some KiB a time: see faults/cycles.sh.
ktap_within "memory after that" "$(memory_used)" 0 $((used + 2048 + 2 * LOADS + 2 * NAMESPACES)) \
	"before $used KiB, now"
ktap_finish
