#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the machine does meanwhile: CPUs leave and come back, a reader stops, the clock is set. TPW_LONG=1: fifty times,
# for a minute.

. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/../lib/reader.sh"

HOTPLUGS=$(long_or_short 50 3)
STOPPED=$(long_or_short 60 2)

# ---- CPUs

cpu_file=/sys/devices/system/cpu/cpu1/online

hotplug() {
	local -i i

	for ((i = 0; i < $1; i++)); do
		echo 0 > "$cpu_file" && wait_for 10 flows && echo 1 > "$cpu_file" && wait_for 10 flows || return 1
	done
}

# The module comes and goes while a CPU is away: what it keeps of each CPU must be there when that comes back.
load_without_cpu() {
	echo 0 > "$cpu_file" && tpw_rmmod && tpw_insmod && echo 1 > "$cpu_file" && wait_for 10 flows
}

cpus() {
	if [[ ! -w $cpu_file ]]; then
		for _ in {1..8}; do
			ktap_skip "CPUs leave and come back" "no second CPU that can"
		done
		return
	fi
	at_exit eval "echo 1 > $cpu_file"
	open_books
	start_traffic
	ktap_test "a CPU leaves and comes back under traffic, $HOTPLUGS times" hotplug "$HOTPLUGS"
	stop_traffic
	close_books "meanwhile"
	# What it had counted is there without it.
	echo 0 > "$cpu_file"
	close_books "and while it is away"
	start_traffic
	ktap_test "insmod while a CPU is away" load_without_cpu
	stop_traffic
	open_books
	start_traffic -p 1
	wait_for 10 flows
	stop_traffic
	close_books "after it came back"
}

# ---- a reader that stops

stopped_reader() {
	local logged

	open_books
	start_reader stopped "/proc/$a_pid/net/tuplewatch/log_pipe"
	start_traffic
	wait_for 10 flows
	kill -STOP "$reader_pid"
	tpw_pause "$STOPPED"
	ktap_test "traffic flows while a reader is stopped" wait_for 10 flows
	stop_traffic
	kill -CONT "$reader_pid"
	close_books "a reader stopped for $STOPPED s"
	end_process "$reader_pid"
	total logged books_d 'logged.*'
	check_reader "the reader that was stopped for $STOPPED s" stopped "$logged"
}

# ---- the clock

# step_clock SECONDS: of the wall clock, which moves on besides.
step_clock() { date -s "@$((EPOCHSECONDS + $1))" > /dev/null; }

# monotonic_ms: as the kernel tells it.
monotonic_ms() {
	local up

	read -r up _ < /proc/uptime
	echo $((10#${up/./} * 10))
}

# times FILE FROM_MS TO_MS: how many of its times in nanoseconds lie outside, 0 apart, and of how many.
times() {
	awk -v from="$2" -v to="$3" '
		/^#/ { next }
		!columns { for (i = 1; i <= NF; i++) if ($i ~ /_ns$/ && $i != "waited_ns") column[++columns] = i; next }
		{ for (k = 1; k <= columns; k++) {
			v = $column[k]
			if (v !~ /^[0-9]+$/ || v == 0)
				continue
			n++
			if (v / 1e6 < from - 20 || v / 1e6 > to + 20)
				out++
		} }
		END { print out + 0 " of " n + 0 }' "$1"
}

# out_of_order FILE: rows of the log that are older than the one before, of their CPU.
out_of_order() {
	awk '
		/^#/ { next }
		!at["time_ns"] { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ cpu = $at["cpu"]; if ($at["time_ns"] + 0 < last[cpu] + 0) bad++; last[cpu] = $at["time_ns"] }
		END { print bad + 0 }' "$1"
}

# Those with times.
tables="log connections listeners refused explain"

# wall_error: of the time that line 1 of these tables gives with the wall clock, the largest, in seconds.
wall_error() {
	local file line offset now worst=0

	for file in $tables; do
		read -r line < "/proc/$a_pid/net/tuplewatch/$file"
		[[ $line =~ clock=monotonic\ wall_offset_ns=(-?[0-9]+) ]] || { echo 1000000; return; }
		offset=${BASH_REMATCH[1]}
		now=$(($(monotonic_ms) / 1000 + offset / 1000000000 - EPOCHSECONDS))
		now=${now#-}
		((now <= worst)) || worst=$now
	done
	echo "$worst"
}

# check_times LABEL: of all that was recorded since load_ms.
check_times() {
	local file values all=0 dir=/proc/$a_pid/net/tuplewatch to

	settle "$a_pid"
	to=$(monotonic_ms)
	for file in log connections listeners refused; do
		values=$(times "$dir/$file" "$load_ms" "$to")
		((all += ${values##* }))
		[[ $values == "0 of "* ]] || { ktap_diag "$file: $values"; all=none; break; }
	done
	ktap_within "$1: times that are not between insmod and now: 0" "$all" 100 1000000 "of"
	ktap_is "$1: rows of the log that are older than the one before" "$(out_of_order "$dir/log")" 0
	ktap_within "$1: error of the wall clock of $tables" "$(wall_error)" 0 2 s
}

clock() {
	local steps step

	for steps in "an hour forward:3600" "a day back:-86400" "ten years forward:315360000" "ten years back:-315360000"; do
		step=${steps##*:}
		start_traffic -p 1
		wait_for 10 flows
		step_clock "$step"
		at_exit step_clock $((-step))
		insegs_before=0
		wait_for 10 flows
		stop_traffic
		check_times "the clock is set ${steps%:*}"
	done
}

require_tools ip awk date traffic logcount
begin
ktap_plan 26
load_ms=$(monotonic_ms)
tpw_load
cpus
stopped_reader
clock
ktap_finish
