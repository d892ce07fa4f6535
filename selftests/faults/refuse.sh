#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hooks that refuse, each alone: without one that all families need insmod fails and names it; without one that some need
# these are not watched, and all else is; without an optional one all is. In the end nothing is left. Every seventh by
# default, TPW_LONG=1: each.

. "$(dirname "$0")/common.sh"

EVERY=$(long_or_short 1 7)

# targets NEED: the functions and tracepoints that are hooked.
targets() {
	awk -v need="$1" '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && $at["need"] == need { print $at["target"] }' /proc/net/tuplewatch/hooks
}

# needed_by TARGET: the families that are not watched without it.
needed_by() {
	awk -v target="$1" '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && $at["target"] == target { print $at["needed_by"] }' <<< "$table"
}

# functions NEED: those of them that are functions.
functions() {
	awk -v need="$1" '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && $at["need"] == need && $at["backend"] != "tracepoint" { print $at["target"] }' \
		/proc/net/tuplewatch/hooks
}

# The tracepoint's name has a prefix that the parameter goes without.
insmod_without() { tpw_insmod test_missing="$1" 2> /dev/null; }

fails_without() {
	! insmod_without "$1" || { echo "insmod worked"; return 1; }
	dmesg | tail -n 5 | grep -q "tuplewatch: cannot hook $1 " || { echo "it is not named"; return 1; }
	leaves_nothing
}

# loses_without TARGET: just the families that need it.
loses_without() {
	local families want

	families=$(needed_by "$1")
	want=${families//,/:$1,}:$1
	insmod_without "$1" || { echo "insmod failed"; return 1; }
	[[ $(sed -n '1s/.* not_watched=\([^ ]*\).*/\1/p' /proc/net/tuplewatch/hooks) == "$want" ]] ||
		{ echo "not $want:"; head -n 1 /proc/net/tuplewatch/hooks; return 1; }
	is_watching || { echo "nobody watches"; return 1; }
	tpw_rmmod && leaves_nothing
}

works_without() {
	insmod_without "$1" || { echo "insmod failed"; return 1; }
	grep -q " $1 .* missing " /proc/net/tuplewatch/hooks || { echo "it is not missing"; return 1; }
	tpw_rmmod && leaves_nothing
}

# What kprobes find and ftrace cannot trace: the kernel compiles its tracing without it.
UNTRACEABLE=tracing_is_on

# long_names TARGET...: those whose place has room for that name.
long_names() {
	local name

	for name; do
		((${#name} < ${#UNTRACEABLE})) || echo "$name"
	done
}

# hook_untraceable TARGET: a module that would hook the other function in its place.
hook_untraceable() {
	local -i rest=$((${#1} - ${#UNTRACEABLE}))
	local to=$UNTRACEABLE

	for ((; rest; rest--)); do
		to+='\x00'
	done
	LC_ALL=C sed "s/\x00$1\x00/\x00$to\x00/" "$whole_ko" > "$TPW_TMP/untraceable.ko"
	tpw_ko=$TPW_TMP/untraceable.ko
}

loses_untraceable() {
	hook_untraceable "$1"
	tpw_insmod || { echo "insmod failed"; return 1; }
	dmesg | tail -n 5 | grep -q "tuplewatch: .* is not watched: $UNTRACEABLE cannot be hooked (error -22)" ||
		{ echo "it is not named"; return 1; }
	is_watching || { echo "nobody watches"; return 1; }
	tpw_rmmod && leaves_nothing
}

works_untraceable() {
	hook_untraceable "$1"
	tpw_insmod || { echo "insmod failed"; return 1; }
	grep -q " $UNTRACEABLE .* failed " /proc/net/tuplewatch/hooks || { echo "it has not failed"; return 1; }
	is_watching || { echo "nobody watches"; return 1; }
	tpw_rmmod && leaves_nothing
}

# untraceable: kprobes need no trace.
untraceable() {
	local -a must may

	mapfile -t must < <(long_names "${required_functions[@]}")
	mapfile -t may < <(long_names "${optional_functions[@]}")
	whole_ko=$tpw_ko
	ktap_test "ftrace cannot trace what ${must[-1]} should be: what needs it is not watched" loses_untraceable "${must[-1]}"
	ktap_test "what ${may[-1]} should be: insmod works without" works_untraceable "${may[-1]}"
	tpw_ko=$whole_ko
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
table=$(< /proc/net/tuplewatch/hooks)
mapfile -t required < <(targets required)
mapfile -t optional < <(targets optional)
mapfile -t required_functions < <(functions required)
mapfile -t optional_functions < <(functions optional)
tpw_rmmod
mapfile -t try_required < <(every "$EVERY" "${required[@]}")
mapfile -t try_optional < <(every "$EVERY" "${optional[@]}")
[[ ${TPW_BACKEND:-ftrace} == ftrace ]] && with_ftrace=2 || with_ftrace=0
ktap_plan $((${#try_required[@]} + ${#try_optional[@]} + 1 + with_ftrace))
ktap_within "hooks" $((${#required[@]} + ${#optional[@]})) 30 100 "${#required[@]} required, ${#optional[@]} optional, sum"
for target in "${try_required[@]}"; do
	if [[ $(needed_by "$target") == tcp4,tcp6,udp4,udp6 ]]; then
		ktap_test "without $target insmod fails, and nothing is left" fails_without "$target"
	else
		ktap_test "without $target $(needed_by "$target") is not watched" loses_without "$target"
	fi
done
for target in "${try_optional[@]}"; do
	ktap_test "without $target insmod works, and rmmod leaves nothing" works_without "$target"
done
((with_ftrace == 0)) || untraceable
ktap_finish
