# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Functions fill arrays that their caller names, which shellcheck takes for unused and for indexed ones.
# shellcheck disable=SC2034,SC2004
#
# What the tests share: the module as they want it, and as it was in the end; namespaces; numbers.
#
# Forks are rare on purpose: an emulated machine starts some twenty programs a second. Files are read by
# the shell itself, those of another namespace through /proc/PID/net of a process that sits in it.

TPW_TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# shellcheck source=ktap.sh
. "$TPW_TESTS/lib/ktap.sh"

TPW_PARAMETERS=/sys/module/tuplewatch/parameters
# TPW_BACKEND: ftrace or kprobe; the module's default if it is not set.
tpw_backend=${TPW_BACKEND-}

# ---- the end

tpw_at_exit=()

# at_exit COMMAND...: to be run in the end, the last one first.
at_exit() { tpw_at_exit+=("$(printf '%q ' "$@")"); }

tpw_clean_up() {
	local -i i

	for ((i = ${#tpw_at_exit[@]} - 1; i >= 0; i--)); do
		eval "${tpw_at_exit[i]}"
	done
}
trap tpw_clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

TPW_TMP=$(mktemp -d "${TMPDIR:-/tmp}/tuplewatch.XXXXXX") || exit 1
at_exit rm -rf "$TPW_TMP"

# ---- time

# A pipe that nothing is ever written to: a read with a time limit is a sleep without a fork.
mkfifo "$TPW_TMP/never"
exec {tpw_never}<> "$TPW_TMP/never"

tpw_pause() { read -rt "$1" -u "$tpw_never" || true; }

# long_or_short LONG SHORT: a number by TPW_LONG.
long_or_short() {
	if [[ ${TPW_LONG-} ]]; then
		echo "$1"
	else
		echo "$2"
	fi
}

# kernel_is_since RELEASE
kernel_is_since() { [[ $(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1) == "$1" ]]; }

# memory_used: by the kernel for itself, in KiB.
memory_used() { awk '/^(SUnreclaim|Percpu|VmallocUsed):/ { sum += $2 } END { print sum }' /proc/meminfo; }

# namespaces_are NUMBER: as many have counters.
namespaces_are() { (($(grep -c '^seen ' /proc/net/tuplewatch/all/counters) == $1)); }

# those_that_stay: how many network namespaces have a process or a name, by /proc and /run alone.
those_that_stay() {
	{ lsns -n -t net -o NS; stat -Lc %i /run/netns/* 2>/dev/null; } | tr -d ' ' | sort -u | wc -l
}

# have_settled: has every namespace that somebody has left ended?
have_settled() { namespaces_are "$(those_that_stay)"; }

# count_namespaces VARIABLE: those that stay, once what a test before has left is gone.
count_namespaces() {
	wait_for 30 have_settled || ktap_diag "namespaces with a process or a name: $(those_that_stay)"
	printf -v "$1" %s "$(grep -c '^seen ' /proc/net/tuplewatch/all/counters)"
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails after that time, which TPW_PATIENCE makes longer
# on a kernel that looks for bugs.
wait_for() {
	local -i until=$((SECONDS + $1 * ${TPW_PATIENCE:-1}))
	shift

	until "$@"; do
		((SECONDS <= until)) || return 1
		tpw_pause 0.05
	done
	return 0
}

is_gone() { [[ ! -e /proc/$1 ]] || [[ $(< "/proc/$1/stat") == *") Z "* ]]; } 2>/dev/null

# waits PID: does it sleep in read(), so that a signal can wake it? That is system call 0 or, by the newer table, 63.
waits() { [[ $(< "/proc/$1/stat") == *") S "* && $(< "/proc/$1/syscall") == @(0|63)\ * ]]; } 2>/dev/null

# end_process PID: ask it to end, and wait for it.
end_process() {
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# ---- what must be there

require_root() {
	((EUID == 0)) || ktap_skip_all "needs root"
}

# A tool that is missing is a failure: only the kernel may lack something.
require_tools() {
	local tool

	for tool; do
		[[ -x $TPW_TESTS/$tool || -x $TPW_TESTS/basic/$tool ]] || command -v "$tool" > /dev/null ||
			ktap_bail "no $tool: install it, or run make in selftests"
	done
}

traffic() { "$TPW_TESTS/basic/traffic" "$@"; }

# ---- the module

tpw_module() {
	if [[ ${TPW_KO-} ]]; then
		echo "$TPW_KO"
	elif [[ -e $TPW_TESTS/../tuplewatch.ko ]]; then
		echo "$TPW_TESTS/../tuplewatch.ko"
	else
		modinfo -n tuplewatch 2>/dev/null
	fi
}

tpw_is_loaded() { [[ -e /sys/module/tuplewatch ]]; }

# The parameters that differ from none, as for insmod.
tpw_parameters() {
	local file value

	for file in "$TPW_PARAMETERS"/*; do
		value=$(< "$file")
		[[ -z $value || $value == "(null)" ]] || printf '%s=%s ' "${file##*/}" "$value"
	done
}

tpw_insmod() { insmod "$tpw_ko" ${tpw_backend:+backend="$tpw_backend"} "$@"; }

tpw_rmmod() {
	! tpw_is_loaded || rmmod tuplewatch
}

tpw_restore() {
	local -a parameters

	tpw_rmmod
	if [[ $tpw_was_loaded == yes ]]; then
		read -ra parameters <<< "$tpw_was_parameters"
		insmod "$tpw_ko" "${parameters[@]}"
	fi
}

# tpw_prepare: find the module, and leave it in the end as it is now.
tpw_prepare() {
	require_root
	tpw_ko=$(tpw_module)
	tpw_was_loaded=no
	if tpw_is_loaded; then
		tpw_was_loaded=yes
		tpw_was_parameters=$(tpw_parameters)
	fi
	[[ $tpw_ko ]] || ktap_skip_all "no module: neither TPW_KO nor ../tuplewatch.ko nor modprobe has one"
	at_exit tpw_restore
}

# tpw_load_with PARAMETER...: the module afresh, all counters at 0.
# shellcheck disable=SC2120	# not every test gives one
tpw_load_with() {
	tpw_rmmod || ktap_bail "the module cannot be removed"
	tpw_insmod "$@" || ktap_bail "insmod $tpw_ko failed"
}

# shellcheck disable=SC2119
tpw_load() { tpw_load_with; }

# ---- namespaces

netns_nr=0
declare -A netns_pids

# netns_add VARIABLE: a namespace with lo up; $VARIABLE is its name, ${VARIABLE}_pid a process in it.
netns_add() {
	local name="tpw-$$-$((++netns_nr))" pid

	ip netns add "$name" || ktap_bail "no network namespace"
	at_exit netns_delete "$name"
	ip -n "$name" link set lo up
	ip netns exec "$name" sleep infinity &
	pid=$!
	netns_pids[$name]=$pid
	wait_for 10 test "/proc/$pid/ns/net" -ef "/run/netns/$name" || ktap_bail "no process in $name"
	printf -v "$1" %s "$name"
	printf -v "${1}_pid" %s "$pid"
}

# netns_counts_arrivals PID: nft's first table of both families, a moment ago, has been noticed there.
netns_counts_arrivals() {
	wait_for 10 grep -q '^# .* arrivals=ipv4,ipv6 ' "/proc/$1/net/tuplewatch/hooks" ||
		ktap_bail "arrivals are not counted"
}

# netns_delete NAME: also what sits in it; nothing if it is gone.
netns_delete() {
	[[ ${netns_pids[$1]-} ]] || return 0
	end_process "${netns_pids[$1]}"
	unset "netns_pids[$1]"
	ip netns delete "$1"
}

inside() { ip netns exec "$@"; }

have_routes() {
	# shellcheck disable=SC2016	# for awk
	ip netns exec "$1" awk 'FNR == NR { if ($2 == 80) routes[$1]; next } !($1 in routes) { exit 1 }' \
		/proc/net/ipv6_route /proc/net/if_inet6
}

# netns_settle NAME...: a worker of the kernel's makes the route of an address of IPv6 after the command that adds it.
netns_settle() {
	[[ -e /proc/net/if_inet6 ]] || return 0
	while (($#)); do
		wait_for 10 have_routes "$1" || ktap_bail "no routes to the addresses of $1"
		shift
	done
}

# netns_join A B: a veth from A (10.77.0.1, fd77::1) to B (10.77.0.2, fd77::2), both ends called v0.
netns_join() {
	local ns nr=0

	ip link add v0 netns "$1" type veth peer name v0 netns "$2" || ktap_bail "no veth"
	for ns in "$1" "$2"; do
		((++nr))
		ip -n "$ns" -batch - <<-EOF || ktap_bail "no address on v0"
		link set v0 addrgenmode none
		address add 10.77.0.$nr/24 dev v0
		address add fd77::$nr/64 dev v0 nodad
		link set v0 up
		EOF
	done
	netns_settle "$1" "$2"
}

# ---- numbers

# Files are read whole before they are looked at: after each line of a seekable file `read` goes back to
# its end, and /proc then writes all of it anew, perhaps with other numbers.

# read_table ARRAY FILE: cells as ARRAY[row.column], what stands in line 1 as ARRAY[key]. Rows are named by
# their first column, columns by line 2.
read_table() {
	local -n table_to=$1
	local line i
	local -a lines columns cells

	mapfile -t lines < "$2"
	read -ra cells <<< "${lines[0]}"
	for line in "${cells[@]:3}"; do
		table_to[${line%%=*}]=${line#*=}
	done
	read -ra columns <<< "${lines[1]}"
	for line in "${lines[@]:2}"; do
		read -ra cells <<< "$line"
		for ((i = 1; i < ${#columns[@]}; i++)); do
			table_to[${cells[0]}.${columns[i]}]=${cells[i]}
		done
	done
}

# read_snmp ARRAY PID: the kernel's own counters as ARRAY[Tcp.InSegs], ARRAY[Udp6InDatagrams].
read_snmp() {
	local -n snmp_to=$1
	local i j
	local -a lines names values

	mapfile -t lines < "/proc/$2/net/snmp"
	for ((j = 0; j + 1 < ${#lines[@]}; j += 2)); do
		read -ra names <<< "${lines[j]}"
		read -ra values <<< "${lines[j + 1]}"
		for ((i = 1; i < ${#names[@]}; i++)); do
			snmp_to[${names[0]%:}.${names[i]}]=${values[i]}
		done
	done
	mapfile -t lines < "/proc/$2/net/snmp6"
	for ((j = 0; j < ${#lines[@]}; j++)); do
		read -ra values <<< "${lines[j]}"
		snmp_to[${values[0]}]=${values[1]}
	done
}

# snapshot ARRAY PID: everything about the namespace of that process.
snapshot() {
	local -n snapshot_to=$1

	snapshot_to=()
	read_table "$1" "/proc/$2/net/tuplewatch/counters"
	read_table "$1" "/proc/$2/net/tuplewatch/hooks"
	read_snmp "$1" "$2"
}

# delta ARRAY AFTER BEFORE: by how much each number grew.
delta() {
	local -n delta_to=$1 delta_after=$2 delta_before=$3
	local key

	delta_to=()
	for key in "${!delta_after[@]}"; do
		[[ ${delta_after[$key]} == *[!0-9]* ]] ||
			delta_to[$key]=$((delta_after[$key] - ${delta_before[$key]:-0}))
	done
}

# total VARIABLE ARRAY PATTERN...: the sum over all keys that match.
total() {
	local -n total_to=$1 total_of=$2
	local key pattern
	shift 2

	total_to=0
	for pattern; do
		for key in "${!total_of[@]}"; do
			# shellcheck disable=SC2053
			[[ $key != $pattern ]] || ((total_to += total_of[$key]))
		done
	done
}

# activity VARIABLE PID...: a text that changes with each segment that comes or goes there.
activity() {
	local -n activity_to=$1
	local -a lines
	local pid

	activity_to=
	shift
	for pid; do
		mapfile -t lines < "/proc/$pid/net/snmp"
		activity_to+=${lines[*]}
		mapfile -t lines < "/proc/$pid/net/snmp6"
		activity_to+=${lines[*]}
	done
}

# settle PID...: until nothing comes or goes in these namespaces for a while.
settle() {
	local -i until=$((SECONDS + 20 * ${TPW_PATIENCE:-1}))
	local before='' now

	while activity now "$@"; [[ $now != "$before" ]]; do
		((SECONDS <= until)) || ktap_bail "traffic does not end"
		before=$now
		tpw_pause 0.2
	done
}
