#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hooks that refuse, each alone: without a required one insmod fails and names it, without an optional one it
# works; either way nothing is left in the end. Every seventh by default, TPW_LONG=1: each.

. "$(dirname "$0")/common.sh"

EVERY=$(long_or_short 1 7)

# targets NEED: the functions and tracepoints that are hooked.
targets() {
	awk -v need="$1" '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && $at["need"] == need { print $at["target"] }' /proc/net/tuplewatch/hooks
}

# The tracepoint's name has a prefix that the parameter goes without.
insmod_without() { tpw_insmod without="$1" 2> /dev/null; }

fails_without() {
	! insmod_without "$1" || { echo "insmod worked"; return 1; }
	dmesg | tail -n 5 | grep -q "tuplewatch: cannot hook $1 " || { echo "it is not named"; return 1; }
	leaves_nothing
}

works_without() {
	insmod_without "$1" || { echo "insmod failed"; return 1; }
	grep -q " $1 .* missing " /proc/net/tuplewatch/hooks || { echo "it is not missing"; return 1; }
	tpw_rmmod && leaves_nothing
}

# every N NAME...: one of each N, another one in each run of the suite.
every() {
	local -i i
	local n=$1
	shift
	for ((i = SRANDOM % n + 1; i <= $#; i += n)); do
		echo "${!i}"
	done
}

require_tools ip awk dmesg diff traffic
begin
tpw_load
mapfile -t required < <(targets required)
mapfile -t optional < <(targets optional)
tpw_rmmod
mapfile -t try_required < <(every "$EVERY" "${required[@]}")
mapfile -t try_optional < <(every "$EVERY" "${optional[@]}")
ktap_plan $((${#try_required[@]} + ${#try_optional[@]} + 1))
ktap_within "hooks" $((${#required[@]} + ${#optional[@]})) 30 100 "${#required[@]} required, ${#optional[@]} optional, sum"
for target in "${try_required[@]}"; do
	ktap_test "without $target insmod fails, and nothing is left" fails_without "$target"
done
for target in "${try_optional[@]}"; do
	ktap_test "without $target insmod works, and rmmod leaves nothing" works_without "$target"
done
ktap_finish
