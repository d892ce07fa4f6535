# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the faults share: full traffic in one namespace, the books of that time, and what must not be left when
# the module is gone. TPW_LONG=1: all numbers in full.
#
# Functions fill arrays that their caller names.
# shellcheck disable=SC2034

. "$(dirname "${BASH_SOURCE[0]}")/../lib/tpw.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../lib/books.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../lib/load.sh"

faults() { "$TPW_TESTS/faults/faults" "$@"; }

is_watching() { grep -qs ' canary=yes ' /proc/net/tuplewatch/hooks; }

# ---- traffic

a='' a_pid=''
load_kinds=("tcp 127.0.0.1 7001 10 10" "tcp ::1 7001 10 10" "udp 127.0.0.1 7001 10 10" "udp ::1 7001 10 10")

declare -A books_before books_after books_d

# The books of what happens between the two.
open_books() {
	settle "$a_pid"
	snapshot books_before "$a_pid"
}

close_books() {
	settle "$a_pid"
	snapshot books_after "$a_pid"
	delta books_d books_after books_before
	books_tcp "$1" books_d
	books_balance "$1" books_d
}

# What is for debuggers is most of the module's file, and would cost most of the time.
strip_module() {
	strip --strip-debug -o "$TPW_TMP/tuplewatch.ko" "$tpw_ko" || ktap_bail "strip"
	tpw_ko=$TPW_TMP/tuplewatch.ko
}

# ---- what is left

tracing=/sys/kernel/tracing
[[ -e $tracing/enabled_functions ]] || tracing=/sys/kernel/debug/tracing

# remains: everything that the module can have put somewhere, one a line.
remains() {
	local path

	for path in /sys/module/tuplewatch /proc/tuplewatch "/proc/$a_pid/net/tuplewatch" /proc/net/tuplewatch; do
		[[ ! -e $path ]] || echo "$path"
	done
	sed 's/^/ftrace: /' "$tracing/enabled_functions"
	sed 's/^/kprobe: /' /sys/kernel/debug/kprobes/list
	grep -E 'tuplewatch|tpw_' /proc/kallsyms /proc/modules
	awk '$3 ~ /^0x/ { print "vmalloc: " $0 }' /proc/vmallocinfo
}

# leaves_nothing: as it was before the first insmod; a segment that a forgotten hook saw would end the guest.
leaves_nothing() {
	local now

	now=$(remains)
	[[ $now == "$remains_before" ]] || { diff <(echo "$remains_before") <(echo "$now") | head -n 20; return 1; }
	traffic -s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net" tcp 127.0.0.1 7009 1 1 &&
		traffic -s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net" udp ::1 7009 1
}

# begin: the module absent, a namespace for the traffic, and a look at how things are without us.
begin() {
	tpw_prepare
	tpw_rmmod || ktap_bail "the module cannot be removed"
	netns_add a
	remains_before=$(remains)
}
