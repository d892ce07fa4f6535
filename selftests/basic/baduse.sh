#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Bad use ends with a clear message or simply works: wrong parameters, hooks that are missing, kprobes
# switched off, tables without room, files written to or read in strange pieces.

. "$(dirname "$0")/../lib/tpw.sh"
. "$(dirname "$0")/../lib/books.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before after d

# mark, since_mark: what the kernel said in between.
mark() {
	kernel_mark="tuplewatch-test $$ $((++marks))"
	echo "$kernel_mark" > /dev/kmsg
}
marks=0

since_mark() {
	dmesg | awk -v mark="$kernel_mark" 'seen; index($0, mark) { seen = 1 }'
}

# names TEXT: does the kernel's log since the mark?
names() {
	local said

	said=$(since_mark)
	[[ $said == *"$1"* ]] || { echo "expected \"$1\" in the kernel's log:"; echo "$said"; return 1; }
}

leaves_nothing() {
	local path

	for path in /sys/module/tuplewatch /proc/tuplewatch /proc/net/tuplewatch; do
		[[ ! -e $path ]] || { echo "$path is left"; return 1; }
	done
}

# is_refused TEXT PARAMETER...: insmod fails, TEXT says why, and nothing is left.
is_refused() {
	local text=$1
	shift

	tpw_rmmod
	mark
	! insmod "$tpw_ko" "$@" 2> /dev/null || { echo "insmod $* worked"; return 1; }
	names "$text" && leaves_nothing
}

# is_accepted TEXT PARAMETER...: insmod works, and the kernel's log says TEXT.
is_accepted() {
	local text=$1
	shift

	tpw_rmmod
	mark
	tpw_insmod "$@" && names "$text"
}

wrong_parameters() {
	ktap_test "backend=foo" is_refused "tuplewatch: backend=foo " backend=foo
	ktap_test "max_connections=99999999" is_refused "tuplewatch: max_connections=99999999 " \
		max_connections=99999999
	ktap_test "max_listeners=70000" is_refused "tuplewatch: max_listeners=70000 " max_listeners=70000
	ktap_test "log_records=0" is_refused "tuplewatch: log_records=0 " log_records=0
	ktap_test "log_records=-1" is_refused "log_records" log_records=-1
	ktap_test "max_connections=lots" is_refused "max_connections" max_connections=lots
	ktap_test "enabled=perhaps" is_refused "enabled" enabled=perhaps
	# So the kernel treats a name that no module has.
	ktap_test "a parameter that there is not" is_accepted "unknown parameter 'max_conections'" max_conections=1
}

load_twice() {
	tpw_load
	ktap_is "second insmod" "$(insmod "$tpw_ko" 2>&1 | grep -o 'File exists')" "File exists"
	ktap_test "the first one is still there" grep -q '^tuplewatch 2.0' /proc/tuplewatch
}

# targets NEED: the functions that are hooked.
targets() {
	awk -v need="$1" '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && $at["need"] == need && $at["hook"] != "canary" { print $at["target"] }
	' /proc/net/tuplewatch/hooks
}

hook_state() {
	awk -v target="$1" '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && $at["target"] == target { print $at["state"] }' /proc/net/tuplewatch/hooks
}

# names_all TARGET...: each has its message.
names_all() {
	local target

	for target; do
		names "tuplewatch: cannot hook $target " || return 1
	done
}

missing_hooks() {
	local all
	local -a required

	tpw_load
	mapfile -t required < <(targets required)
	printf -v all '%s,' "${required[@]}"
	ktap_test "without tcp_check_req" is_accepted "tuplewatch: TCP over IPv4 is not watched: tcp_check_req cannot be hooked " \
		test_missing=tcp_check_req ${tpw_backend:+backend="$tpw_backend"}
	ktap_test "without any of ${#required[@]} required hooks" is_refused "tuplewatch: cannot hook " \
		test_missing="${all%,}" ${tpw_backend:+backend="$tpw_backend"}
	ktap_test "without any of ${#required[@]} required hooks, each is named" names_all "${required[@]}"
	ktap_test "without an optional hook" is_accepted "no hook on inet_lhash2_lookup " test_missing=inet_lhash2_lookup
	ktap_is "without an optional hook, its state" "$(hook_state inet_lhash2_lookup)" missing
	# All optional ones, and still every segment gets its verdict.
	tpw_load
	tpw_load_with test_missing="$(targets optional | paste -sd,)"
	ktap_is "without any optional hook, hooks missing" "$(grep -c ' missing ' /proc/net/tuplewatch/hooks)" \
		"$(targets optional | wc -l)"
	netns_add a
	begin
	some_of_all
	finish
	books_tcp "without any optional hook" d
	books_balance "without any optional hook" d
	books_loss "without any optional hook" d
}

begin() {
	settle "$a_pid"
	snapshot before "$a_pid"
}

finish() {
	settle "$a_pid"
	snapshot after "$a_pid"
	delta d after before
}

some_of_all() {
	local -a sides=(-s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net")

	traffic "${sides[@]}" tcp 127.0.0.1 7001 5 5
	traffic "${sides[@]}" tcp ::1 7001 5 5
	traffic "${sides[@]}" udp 127.0.0.1 7002 20
	traffic "${sides[@]}" udp ::1 7002 20
	traffic "${sides[@]}" refused 127.0.0.1 7003 5
}

sum_of_segs() {
	# shellcheck disable=SC2016
	inside "$a" awk '
		/^Proto / { end = index($0, "Segs") + 3; next }
		end && !NF { exit }
		end && match(substr($0, 1, end), /[0-9]+$/) { sum += substr($0, RSTART, RLENGTH) }
		END { print sum + 0 }' /proc/tuplewatch
}

# no_room PARAMETER...: tables that forget nearly all forget no count.
no_room() {
	local seen

	tpw_load_with "$@"
	begin
	some_of_all
	finish
	books_tcp "$*" d
	books_balance "$*" d
	total seen after 'seen.*'
	ktap_is "$*, overview" "$(sum_of_segs)" "$seen" "sum of Segs" seen
}

disabled_kprobes() {
	local switch=/sys/kernel/debug/kprobes/enabled line

	[[ -w $switch ]] || ktap_bail "no $switch"
	tpw_rmmod
	at_exit eval "echo 1 > $switch"
	echo 0 > "$switch"
	mark
	# It may refuse, or be loaded and blind; either has to be said.
	if insmod "$tpw_ko" backend=kprobe 2>/dev/null; then
		read -r line < /proc/tuplewatch
		ktap_is "kprobes disabled, backend=kprobe" "${line:0:20}" "NOT WATCHING: kprobe" \
			"the overview says"
	else
		ktap_test "kprobes disabled, backend=kprobe: refused" names "tuplewatch: "
	fi
	tpw_rmmod
	insmod "$tpw_ko" backend=ftrace
	begin
	some_of_all
	finish
	books_tcp "kprobes disabled, backend=ftrace" d
	echo 1 > "$switch"
}

# is_read_only FILE: neither written to nor cut.
is_read_only() {
	! { echo all > "$1"; } 2>/dev/null && ! { echo all >> "$1"; } 2>/dev/null && ! { echo all 1<> "$1"; } 2>/dev/null
}

# What is another at each read is left out.
mask() {
	sed -e 's/wall_offset_ns=[0-9]*//; s/watching [0-9]* s//; s/[0-9]* s ago//; /^canary /d; /not accepted/d'
}

# pieces FILE: the same text whatever the size of the reads.
pieces() {
	local size whole

	whole=$(mask < "$1")
	for size in 1 7 511 4097 65536; do
		[[ $(dd if="$1" bs="$size" status=none | mask) == "$whole" ]] ||
			{ echo "other text in pieces of $size bytes"; return 1; }
	done
}

# offsets FILE: the same bytes from wherever a read begins.
offsets() {
	local offset whole

	whole=$(< "$1")
	for offset in 1 99 1000 1777; do
		[[ $(dd if="$1" bs=1 skip="$offset" status=none) == "${whole:offset}" ]] ||
			{ echo "other bytes from $offset"; return 1; }
	done
	[[ -z $(dd if="$1" bs=1000000 skip=1 status=none 2>&1) ]]
}

strange_reads() {
	local file

	tpw_load
	some_of_all
	settle "$a_pid"
	for file in counters hooks log; do
		ktap_test "$file in pieces" pieces "/proc/$a_pid/net/tuplewatch/$file"
	done
	ktap_test "overview in pieces" pieces /proc/tuplewatch
	ktap_test "counters from odd offsets" offsets "/proc/$a_pid/net/tuplewatch/counters"
	for file in /proc/tuplewatch /proc/net/tuplewatch/{,all/}{counters,hooks,log,log_pipe}; do
		ktap_test "$file cannot be written" is_read_only "$file"
	done
}

require_tools ip dd dmesg awk sed paste traffic
tpw_prepare
ktap_plan 41
wrong_parameters
load_twice
missing_hooks
no_room max_connections=0 max_listeners=0 log_records=1
no_room max_connections=1 max_listeners=1 log_records=64
disabled_kprobes
strange_reads
ktap_finish
