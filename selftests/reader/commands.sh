#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every command line of the READMEs and of the manual pages that begins with tuplewatch or bpftrace runs here, as it is
# written there, with the tools of this machine: it ends with 0, and what has no end does so after Ctrl-C. The commands of a
# block and of a page run in their order, in a directory of their own.

# Marks of Markdown stand in single quotes.
# shellcheck disable=SC2016

. "$(dirname "$0")/reader.sh"

TOP=$(cd "$TPW_TESTS/.." && pwd)
# What has no end, and the seconds until Ctrl-C
ENDLESS='^tuplewatch (-E|follow|events|top)'
SECONDS_OF_IT=6

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid=''

# of_manual FILE: examples on a line of their own
of_manual() { sed -n 's/^\.Dl \(tuplewatch .*\)/\1/p' "$1" | sed 's/\\-/-/g; s/\\(dq/"/g; s/\\e/\\/g'; }

# of_readme FILE: lines of blocks, without what is said of them behind several blanks; and what stands between backticks
of_readme() {
	awk '/^```/ { is_in = !is_in; next }
		is_in && /^(tuplewatch|bpftrace)( [^0-9]|$)/ { sub(/  +.*/, ""); print }
		!is_in { while (match($0, /`(tuplewatch|bpftrace) [^`]*`/)) {
			print substr($0, RSTART + 1, RLENGTH - 2); $0 = substr($0, RSTART + RLENGTH) } }' "$1"
}

# Names that stand for something
filled() { sed 's|URL$|http://10.0.0.1/|; s|\.\.\.$||; s/ *$//'; }

commands() {
	of_manual "$TOP/userspace/man/tuplewatch.8"
	of_manual "$TOP/userspace/man/tuplewatch_proc.5"
	of_readme "$TOP/README.md"
	of_readme "$TOP/userspace/README.md"
	of_readme "$TOP/module/README.md"
	of_readme "$TOP/module/SECURITY.md"
}

# What the commands ask for: addresses and ports as they stand in the examples
make_scene() {
	local address

	netns_add a
	for address in 1 2 7; do
		ip -n "$a" address add "10.0.0.$address/32" dev lo
	done
	start_peer server "$a_pid" listen 0.0.0.0 8080
	start_peer client "$a_pid" connect 10.0.0.1 8080 1 from=41826 hold=1
	mkdir "$TPW_TMP/www" "$TPW_TMP/work"
	echo hello > "$TPW_TMP/www/index.html"
	nsenter --net="/proc/$a_pid/ns/net" busybox httpd -f -p 80 -h "$TPW_TMP/www" &
	at_exit kill_quietly $!
	wait_for 20 is_listening 80 || ktap_bail "no web server"
	nsenter --net="/proc/$a_pid/ns/net" nc -d -s 10.0.0.1 -p 54240 10.0.0.2 80 > /dev/null &
	at_exit kill_quietly $!
	wait_for 20 is_connected 54240 || ktap_bail "no connection"
	printf '127.0.0.1 localhost\n10.0.0.1 example.org\n' > "$TPW_TMP/hosts"
}

is_listening() { in_netns "$a_pid" ss -Hltn sport = ":$1" | grep -q .; }
is_connected() { in_netns "$a_pid" ss -Htn state established sport = ":$1" | grep -q .; }

# run_one NUMBER COMMAND: what it prints in $TPW_TMP/said.NUMBER; what it writes elsewhere, nobody else sees
run_one() {
	local limit=(timeout 60)

	[[ ! $2 =~ $ENDLESS ]] || limit=(timeout --preserve-status -s INT "$SECONDS_OF_IT")
	in_netns "$a_pid" unshare --mount env --default-signal=SIGINT bash -c 'mount --bind "$1/hosts" /etc/hosts &&
		mkdir -p /var/lib/prometheus && mount -t tmpfs none /var/lib/prometheus &&
		mkdir /var/lib/prometheus/node-exporter && cd "$1/work" || exit
		PATH=$2:$PATH; shift 2; "$@"' - "$TPW_TMP" "${READER%/*}" "${limit[@]}" bash -o pipefail -c "$2" \
		> "$TPW_TMP/said.$1" 2>&1 < /dev/null
}

# judge NUMBER COMMAND STATUS
judge() {
	(($3 == 0)) || ktap_diag "$(tail -n 5 "$TPW_TMP/said.$1")"
	ktap_is "$2" "$3" 0 "exit status"
}

# bpftrace takes a while to attach; what it prints is the answer.
start_bpftrace() {
	nsenter --net="/proc/$a_pid/ns/net" env --default-signal=SIGINT bash -c "exec $1" > "$TPW_TMP/bpftrace" 2>&1 &
	bpftrace_pid=$!
	bpftrace_line=$1
	at_exit kill_quietly "$bpftrace_pid"
}

# It says so, or waits for events: epoll_wait() or epoll_pwait(), here or by the newer table of system calls.
has_attached() {
	said bpftrace '^Attach' || is_gone "$bpftrace_pid" || [[ $(< "/proc/$bpftrace_pid/syscall") == @(232|281|22)\ * ]]
} 2> /dev/null
end_bpftrace() {
	wait_for 60 has_attached
	# what the commands have left there keeps it from the tracepoints
	in_netns "$a_pid" "$READER" filter all > /dev/null
	tpw_pause 0.5
	in_netns "$a_pid" "$READER_DIR/peer" connect 10.0.0.1 8080 20 > /dev/null
	kill -INT "$bpftrace_pid" 2> /dev/null
	wait "$bpftrace_pid"
	ktap_is "$bpftrace_line" "$? $(sed -n 's/^@\[\(.*\)\]: [1-9][0-9]*$/\1/p' "$TPW_TMP/bpftrace" | grep -x ehash)" "0 ehash"
	! grep -q ERROR "$TPW_TMP/bpftrace" || ktap_diag "$(< "$TPW_TMP/bpftrace")"
}

# What waits does so beside the others.
run_all() {
	local -A waiting
	local -i i

	for ((i = 0; i < ${#lines[@]}; i++)); do
		if [[ ${lines[i]} == bpftrace\ * ]]; then
			start_bpftrace "${lines[i]}"
		elif [[ ${lines[i]} =~ $ENDLESS || ${lines[i]} =~ \ -d\  ]]; then
			run_one "$i" "${lines[i]}" &
			waiting[$i]=$!
		else
			run_one "$i" "${lines[i]}"
			judge "$i" "${lines[i]}" "$?"
		fi
	done
	for i in "${!waiting[@]}"; do
		wait "${waiting[$i]}"
		judge "$i" "${lines[i]}" "$?"
	done
	end_bpftrace
}

[[ -e $TOP/README.md ]] || ktap_skip_all "no README.md beside the tests"
require_tools ip nc ss jq timeout unshare nsenter busybox curl dot bpftrace
tpw_prepare
tpw_load
make_scene
mapfile -t lines < <(commands | filled | awk '!seen[$0]++')
ktap_plan $((${#lines[@]} + 1))
ktap_test "there are many: ${#lines[@]}" test "${#lines[@]}" -ge 30
run_all
ktap_finish
