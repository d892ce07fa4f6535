# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The results are for who reads this file.
# shellcheck disable=SC2034
#
# The filter of a namespace, by a process in it. No forks.

# filter_read PID: what the file shows, line 1 aside: filter_rules, and filter_says for an error.
filter_read() {
	local fd

	exec {fd}< "/proc/$1/net/tuplewatch/filter" || return
	filter_take "$fd"
	exec {fd}>&-
}

# filter_take FD: the same of an open file.
filter_take() {
	local -a lines
	local line

	filter_rules='' filter_says=''
	mapfile -t -u "$1" lines
	for line in "${lines[@]:1}"; do
		[[ $line == "# error:"* ]] && filter_says=${line#"# error: "} || filter_rules+=$line
	done
}

# filter_set PID TEXT: one write of these bytes; then as filter_read of the same open file. filter_errno has
# the C library's words for what went wrong.
filter_set() {
	local fd status=0

	exec {fd}<> "/proc/$1/net/tuplewatch/filter" || return
	{ printf %s "$2" >&"$fd" || status=1; } 2> "$TPW_TMP/filter-errno"
	filter_errno=$(< "$TPW_TMP/filter-errno")
	filter_errno=${filter_errno##*: }
	filter_take "$fd"
	exec {fd}>&-
	return "$status"
}
