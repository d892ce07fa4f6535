#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tuplewatch_proc(5) names every file, every column and every fact that the loaded module has.

. "$(dirname "$0")/reader.sh"

PAGE=$TPW_TESTS/../userspace/man/tuplewatch_proc.5

# Entries of the page as ENTRY[SECTION/NAME].
declare -A entry

read_page() {
	local line section=''

	while IFS= read -r line; do
		case $line in
		.S[hs]\ *) section=${line#.S? }; section=${section,,} ;;
		.It\ Ic\ *) line=${line#.It Ic }; entry[$section/${line#\\&}]=1 ;;
		esac
	done < "$PAGE"
}

# undocumented SECTIONS WORD...: those that have no entry in any of the sections
undocumented() {
	local word section sections=$1
	shift

	for word; do
		for section in $sections; do
			[[ ! ${entry[$section/$word]-} ]] || continue 2
		done
		printf '%s ' "$word"
	done
}

# check_table FILE: its line 2, and the keys of its line 1
check_table() {
	local file=$1 facts columns

	{
		read -ra facts
		read -ra columns
	} < "$TPW_TMP/tables/$file"
	facts=("${facts[@]:4}")
	# the columns of log_pipe are said to be those of log
	ktap_is "$file, ${#columns[@]} columns, not in the manual" "$(undocumented "${file%_pipe}" "${columns[@]}")" ""
	ktap_is "$file, ${#facts[@]} facts, not in the manual" "$(undocumented "facts $file" "${facts[@]%%=*}")" ""
}

# A pipe has no end: its first two lines
save_tables() {
	local file ask pipe line

	mkdir -p "$TPW_TMP/tables"
	for file in /proc/net/tuplewatch/*; do
		[[ -f $file ]] || continue
		case ${file##*/} in
		log_pipe)
			exec {pipe}< "$file"
			for line in 1 2; do
				IFS= read -r line <&$pipe && echo "$line"
			done
			exec {pipe}<&- ;;
		explain)
			exec {ask}<> "$file"
			echo "tcp 127.0.0.1:40000 127.0.0.1:1" >&$ask
			cat <&$ask
			exec {ask}>&- ;;
		filter) cat "/proc/net/tuplewatch/all/filter" ;;
		*) cat "$file" ;;
		esac > "$TPW_TMP/tables/${file##*/}"
	done
}

[[ -e $PAGE ]] || ktap_skip_all "no manual page"
require_tools awk
tpw_prepare
tpw_load_with log_records=8192
files=(/proc/net/tuplewatch/*)
files=("${files[@]##*/}")
ktap_plan $((2 * (${#files[@]} - 1) + 3))
read_page
save_tables
for file in "${files[@]}"; do
	[[ $file == all ]] || check_table "$file"
done
ktap_is "files, not in the manual" "$(for file in "${files[@]}"; do
	[[ $file == all ]] || grep -qx "\.Ss $file" "$PAGE" || echo "$file"
done)" ""
# a question is about one namespace
ktap_is "all/, the same files" "$(cd /proc/net/tuplewatch/all && echo *)" \
	"$(cd /proc/net/tuplewatch && printf '%s\n' * | grep -vx -e all -e explain | paste -sd' ')"
# shellcheck disable=SC2046
ktap_is "counters, rows not in the manual" "$(undocumented counters $(
	sed '1,2d;s/ .*//' /proc/net/tuplewatch/counters | sed 's/^\(via\|match\|outcome\):.*/\1:NAME/;s/^dropped-later:.*/dropped-later:REASON/' | sort -u))" ""
ktap_finish
