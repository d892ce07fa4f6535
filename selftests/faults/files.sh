#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whatever one can do to the files, at random and from many threads, under traffic: no call ends in a way that it
# may not, none hangs, no segment is lost, and the memory stays. SEED= repeats a run.

. "$(dirname "$0")/common.sh"

SECONDS_LONG=$(long_or_short 300 6)
THREADS=${THREADS:-8}
SEED=${SEED:-$((SRANDOM % 100000))}

# says KEY: of the program's last line.
says() { [[ " $said " =~ \ $1=([0-9]+)\  ]] && echo "${BASH_REMATCH[1]}"; }

require_tools ip awk traffic faults/faults
begin
ktap_plan 9
tpw_load
open_books
start_traffic -p 1
before=$(memory_used)
said=$(inside "$a" "$TPW_TESTS/faults/faults" files "$SECONDS_LONG" "$THREADS" "$SEED" 2> "$TPW_TMP/odd")
after=$(memory_used)
ktap_diag "$said"
head -n 20 "$TPW_TMP/odd" | sed 's/^/# /'
ktap_within "seed $SEED, $THREADS threads, $SECONDS_LONG s" "$(says operations)" $((1000 / ${TPW_PATIENCE:-1})) \
	1000000000 operations
ktap_is "calls that ended in a way they may not" "$(says odd)" 0
ktap_is "threads that no signal got out of a call" "$(says stuck)" 0
ktap_within "memory" "$after" 0 $((before + 8192)) "before $before KiB, now"
stop_traffic
said=$(faults files 2 "$THREADS" "$((SEED + 1))" 2> "$TPW_TMP/odd")
head -n 20 "$TPW_TMP/odd" | sed 's/^/# /'
ktap_is "all/ as well: odd calls, threads stuck" "$(says odd) $(says stuck)" "0 0"
close_books "meanwhile"
ktap_test "rmmod" tpw_rmmod
ktap_test "nothing is left" leaves_nothing
ktap_finish
