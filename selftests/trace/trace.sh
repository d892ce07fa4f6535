#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tracepoints: perf, trace-cmd and bpftrace, all at once, each count as many tuplewatch:verdict as the
# module has logged, and what they print is what the log has. Listeners that open, close and overflow, and
# rows that a slow reader has lost.

. "$(dirname "$0")/../lib/tpw.sh"
. "$(dirname "$0")/../lib/filter.sh"
. "$(dirname "$0")/../lib/reader.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid='' b='' b_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before after d

instance=/sys/kernel/tracing/instances/tuplewatch-$$

cat > "$TPW_TMP/load" <<-'EOF'
	#!/bin/bash
	traffic=$1 a=$2 b=$3
	here=(-s "$a" -c "$a")
	there=(-s "$a" -c "$b")
	"$traffic" "${here[@]}" tcp 127.0.0.1 7001 5 5 &&
		"$traffic" "${here[@]}" udp ::1 7002 20 &&
		"$traffic" "${here[@]}" refused ::1 7003 5 &&
		"$traffic" "${there[@]}" tcp 10.77.0.1 7004 5 5 &&
		"$traffic" "${there[@]}" tcp fd77::1 7005 5 5 &&
		"$traffic" "${there[@]}" nobody 10.77.0.1 7003 5
EOF

# The types in the format of the event, which bpftrace has from BTF where the kernel has that.
cat > "$TPW_TMP/types.h" <<-'EOF'
	typedef unsigned char u8;
	typedef unsigned short u16;
	typedef unsigned int u32;
	typedef unsigned long long u64;
EOF
types=()
[[ -e /sys/kernel/btf/vmlinux ]] || types=(--include "$TPW_TMP/types.h")

# trace_load: the load, watched by all three; trace-cmd does not say how what it started has ended.
trace_load() {
	perf stat -a -x, -o "$TPW_TMP/perf" -e tuplewatch:verdict --filter "netns == $inode" -- \
		perf record -a -q -o "$TPW_TMP/perf.data" -e tuplewatch:verdict --filter "netns == $inode" -- \
		trace-cmd record -q -b 4000 -o "$TPW_TMP/trace.dat" -e tuplewatch:verdict -f "netns == $inode" \
		timeout $((100 * ${TPW_PATIENCE:-1})) bpftrace -q "${types[@]}" -o "$TPW_TMP/bpftrace" -c "$load" \
		-e "tracepoint:tuplewatch:verdict /args->netns == $inode/ { @verdicts = count(); }" &&
		grep -q '^@verdicts: ' "$TPW_TMP/bpftrace"
}

# log_rows: what the log has, from its row $1 on, as the tracers print it.
log_rows() {
	awk -v before="$1" '
		function cell(column) { return $at[column] }
		function named(column) { return column "=" cell(column) }
		function number(column) { return cell(column) ~ /^[-?]$/ ? 0 : cell(column) }
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 + before {
			print cell("dev"), cell("proto"), cell("foreign"), ">", cell("local"), cell("flags"),
				named("len"), named("via"), named("match"), named("state"), named("outcome"),
				named("reason"), "cookie=" number("cookie"), "listener=" number("listener_cookie")
		}' "/proc/$a_pid/net/tuplewatch/log" | sort
}

# printed_rows: the same from what a tracer has printed.
printed_rows() { sed -n 's/.* \(lo\|v0\) \(.*\) mods=.*/\1 \2/p' | sort; }

check_printed() {
	local name=$1 rows

	rows=$(wc -l < "$TPW_TMP/$name")
	if cmp -s "$TPW_TMP/$name" "$TPW_TMP/rows" && ((rows)); then
		ktap_pass "$label: $rows rows that $name prints are those of the log"
	else
		ktap_diag "$(diff "$TPW_TMP/rows" "$TPW_TMP/$name" | head -n 20)"
		ktap_fail "$label: $rows rows that $name prints are those of the log"
	fi
}

# counts RULES SEEN-MORE: all tracers under this filter.
counts() {
	local label=$1 seen logged perf perf_rows trace bpf old line

	filter_set "$a_pid" "$1" || ktap_bail "filter: $filter_says"
	settle "$a_pid" "$b_pid"
	snapshot before "$a_pid"
	total old before 'logged.*'
	ktap_test "$label: perf, trace-cmd and bpftrace run" trace_load
	settle "$a_pid" "$b_pid"
	snapshot after "$a_pid"
	delta d after before
	total seen d 'seen.*'
	total logged d 'logged.*'
	while IFS=, read -r perf line; do
		[[ $line != *tuplewatch:verdict* ]] || break
	done < "$TPW_TMP/perf"
	bpf=$(sed -n 's/^@verdicts: //p' "$TPW_TMP/bpftrace")
	perf script -i "$TPW_TMP/perf.data" 2> /dev/null | printed_rows > "$TPW_TMP/perf-script"
	trace-cmd report -i "$TPW_TMP/trace.dat" 2> /dev/null | printed_rows > "$TPW_TMP/trace-cmd"
	perf_rows=$(wc -l < "$TPW_TMP/perf-script")
	trace=$(wc -l < "$TPW_TMP/trace-cmd")
	ktap_is "$label: of $seen seen" "$perf $perf_rows $trace $bpf" "$logged $logged $logged $logged" \
		"perf stat, perf record, trace-cmd, bpftrace" logged
	ktap_within "$label: logged" "$logged" 20 $((seen - $2)) logged
	log_rows "$old" > "$TPW_TMP/rows"
	check_printed perf-script
	check_printed trace-cmd
}

# events NAME PATTERN: how many such events our buffer has of a's namespace.
events() {
	grep -c " $1: $2.* netns=$inode\$" "$instance/trace"
}

enable() { echo "$2" > "$instance/events/tuplewatch/$1/enable"; }

cat > "$TPW_TMP/overflow" <<-'EOF'
	import socket
	def listener(port):
	    s = socket.socket()
	    s.bind(("127.0.0.1", port))
	    s.listen(0)
	    return s
	full, other = listener(7010), listener(7011)
	clients = []
	for i in range(4):
	    c = socket.socket()
	    c.setblocking(False)
	    c.connect_ex(("127.0.0.1", 7010))
	    clients.append(c)
	for c in clients:
	    c.close()
	full.close()
	other.close()
EOF

listeners() {
	local overflows

	: > "$instance/trace"
	enable listener 1
	inside "$a" python3 "$TPW_TMP/overflow"
	settle "$a_pid"
	enable listener 0
	overflows=$(awk '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && $at["local"] == "127.0.0.1:7010" { print $at["overflows"] }' \
		"/proc/$a_pid/net/tuplewatch/listeners")
	ktap_is "listener: opened, closed" "$(events listener "opened tcp 127.0.0.1:701[01] .*comm=python3") $(
		events listener "closed tcp 127.0.0.1:701[01] .*comm=python3")" "2 2"
	ktap_is "listener: overflow" "$(events listener "overflow tcp 127.0.0.1:7010 .*comm=python3") $(
		events listener "overflow tcp 127.0.0.1:7011")" "$overflows 0"
	ktap_within "overflows of the listener" "${overflows:-0}" 1 1000 overflows
}

lost() {
	local sum reader_pid=

	filter_set "$a_pid" all
	: > "$instance/trace"
	enable lost 1
	start_reader late -l "/proc/$a_pid/net/tuplewatch/log_pipe"
	traffic -s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net" udp 127.0.0.1 7001 5000
	end_process "$reader_pid"
	enable lost 0
	sum=$(sed -n "s/.* lost: \([0-9]*\) rows netns=$inode\$/\1/p" "$instance/trace" | paste -sd+ | bc)
	ktap_is "lost" "$sum" "$(reader_says late lost)" "rows traced" "rows that the reader was told of"
	ktap_within "lost" "${sum:-0}" 1 5000 rows
}

# The events go with the module, also while somebody records them.
unloads() {
	enable verdict 1
	ktap_test "rmmod while the tracepoint is on" tpw_rmmod
	ktap_test "the events are gone" test ! -e "$instance/events/tuplewatch"
}

require_tools ip perf trace-cmd bpftrace python3 stat paste bc traffic logcount
tpw_prepare
[[ -d /sys/kernel/tracing/events ]] || ktap_skip_all "no tracefs"
ktap_plan 17
# A CPU of a namespace has 1,024 of them: what counts() compares, not what is to be lost.
tpw_load_with log_records=16384
netns_add a
netns_add b
netns_join "$a" "$b"
inode=$(stat -Lc %i "/proc/$a_pid/ns/net")
mkdir "$instance" || ktap_bail "no instance of tracefs"
at_exit rmdir "$instance"
load="$BASH $TPW_TMP/load $TPW_TESTS/basic/traffic /proc/$a_pid/ns/net /proc/$b_pid/ns/net"

counts all 0
counts "proto=tcp dev=lo" 50
listeners
lost
unloads
ktap_finish
