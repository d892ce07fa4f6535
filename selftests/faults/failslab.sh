#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# insmod while each of its allocations fails in turn: it ends with ENOMEM or works without, and leaves nothing.
# Needs a kernel that lets allocations fail: the debug kernel. TPW_LONG=1: each of them. STEP= tries one of each so
# many, FROM= begins there.

. "$(dirname "$0")/common.sh"

STEP=${STEP:-$(long_or_short 1 23)}
FROM=${FROM:-$((TPW_LONG ? 1 : SRANDOM % STEP + 1))}
# Few pages, each of which is an allocation.
PARAMETERS="max_connections=64 max_listeners=64 log_records=64"
debugfs=/sys/kernel/debug

# Only what the module's own init asks for, and what it calls asks for: the loader around it is the kernel's.
limit_to_init() {
	local begin end way

	read -r begin end < <(awk '
		found { print begin, $1; exit }
		$3 == "do_one_initcall" { begin = $1; found = 1 }' /proc/kallsyms)
	[[ $begin && $begin != 0000000000000000 ]] || ktap_bail "no do_one_initcall in /proc/kallsyms"
	for way in failslab fail_page_alloc; do
		echo "0x$begin" > "$debugfs/$way/require-start"
		echo "0x$end" > "$debugfs/$way/require-end"
		echo 32 > "$debugfs/$way/stacktrace-depth"
		echo N > "$debugfs/$way/ignore-gfp-wait"
		echo 0 > "$debugfs/$way/verbose"
	done
	echo 0 > "$debugfs/fail_page_alloc/min-order"
}

# says KEY: of the program's last line.
says() { [[ " $said " =~ \ $1=([0-9]+)\  ]] && echo "${BASH_REMATCH[1]}" || echo 0; }

# refused_at: the numbers of those without which it was refused.
refused_at() { awk '/Cannot allocate/ { printf "%s%d", sep, $1; sep = " " }' "$TPW_TMP/said"; }

works() { tpw_insmod && is_watching && tpw_rmmod; }

require_root
[[ -e $debugfs/failslab/require-start ]] || ktap_skip_all "no failslab with a filter on the stack in this kernel"
require_tools awk diff strip traffic faults/faults
begin
strip_module
ktap_plan 6
ktap_test "insmod works" works
limit_to_init
start=$EPOCHSECONDS
if said=$(faults load "$tpw_ko" "$FROM" "$STEP" "$PARAMETERS${tpw_backend:+ backend=$tpw_backend}" 2> "$TPW_TMP/said"); then
	ktap_pass "one of $STEP allocations of init fails: each ends with ENOMEM, or it works without"
else
	ktap_diag "$(tail -n 20 "$TPW_TMP/said")"
	ktap_fail "one of $STEP allocations of init fails, and it ends in another way"
fi
ktap_diag "$said, $((EPOCHSECONDS - start)) s; refused without $(refused_at)"
ktap_within "all of them" "$(says last)" 50 100000 allocations
ktap_within "insmod was refused" "$(says refused)" 1 100000 times
ktap_test "nothing is left" leaves_nothing
ktap_test "insmod works afterwards" works
ktap_finish
