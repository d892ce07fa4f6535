#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who sees whose segments: each namespace its own in every file, the initial one all of them in all/ and
# only with CAP_NET_ADMIN, and nothing of one that is gone.

. "$(dirname "$0")/../lib/tpw.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid='' b='' b_pid='' c='' c_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A now

loopback() {
	traffic -s "/proc/$1/ns/net" -c "/proc/$1/ns/net" "${@:2}"
}

inode() { stat -Lc %i "/proc/$1/ns/net"; }

# foreign_rows FILE NETNS...: how many rows of a log name none of these namespaces.
foreign_rows() {
	local file=$1
	shift

	awk -v known=" $* " '
		NR == 2 { for (i = 1; i <= NF; i++) if ($i == "netns") column = i }
		NR > 2 && !/^#/ { rows++; if (!column || !index(known, " " $column " ")) foreign++ }
		END { print foreign + 0 " of " rows + 0 }' "$file"
}

# sum_of_netns FILE NETNS ROW: a counter of that namespace in all/counters.
sum_of_netns() {
	awk -v netns="$2" -v row="$3" '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && $at["netns"] == netns && $at["name"] == row {
			print $at["tcp4"] + $at["tcp6"] + $at["udp4"] + $at["udp6"]
			found = 1
		}
		END { if (!found) print "nothing" }' "$1"
}

own_rows_only() {
	local a_seen b_seen seen overview

	ktap_test "traffic in a, TCP" loopback "$a_pid" tcp 127.0.0.1 7101 5 10
	ktap_test "traffic in b, UDP" loopback "$b_pid" udp ::1 7102 30
	settle "$a_pid" "$b_pid" "$c_pid" self
	snapshot now "$a_pid"
	total a_seen now 'seen.*'
	ktap_is "a sees" "$a_seen ${now[seen.udp6]}" "$((${now[Tcp.InSegs]})) 0" "all, UDP of b" InSegs
	snapshot now "$b_pid"
	total b_seen now 'seen.*'
	ktap_is "b sees" "$b_seen ${now[seen.tcp4]}" "30 0" "all, TCP of a" datagrams
	snapshot now "$c_pid"
	total seen now '*.tcp[46]' '*.udp[46]'
	ktap_is "c, where nothing happened: sum of all counters" "$seen" 0
	ktap_is "log of a, foreign rows" "$(foreign_rows "/proc/$a_pid/net/tuplewatch/log" "$(inode "$a_pid")")" \
		"0 of $a_seen"
	ktap_is "log of b, foreign rows" "$(foreign_rows "/proc/$b_pid/net/tuplewatch/log" "$(inode "$b_pid")")" \
		"0 of 30"
	ktap_is "log of c, foreign rows" "$(foreign_rows "/proc/$c_pid/net/tuplewatch/log" "$(inode "$c_pid")")" \
		"0 of 0"
	overview=$(inside "$b" cat /proc/tuplewatch)
	ktap_is "overview of b, ports of a" "$(grep -c ':7101' <<< "$overview")" 0
	ktap_is "overview of b, its own port" "$(grep -c ':7102' <<< "$overview")" 1
	ktap_is "overview of b, netns" "$(grep -o 'netns [0-9]*' <<< "$overview")" "netns $(inode "$b_pid")"
	ktap_is "all/counters, seen by a, b, c" "$(sum_of_netns "$all/counters" "$(inode "$a_pid")" seen) $(
		sum_of_netns "$all/counters" "$(inode "$b_pid")" seen) $(
		sum_of_netns "$all/counters" "$(inode "$c_pid")" seen)" "$a_seen $b_seen 0"
	seen=$(inode self)
	ktap_is "all/log, rows of neither a nor b nor ours" \
		"$(foreign_rows "$all/log" "$(inode "$a_pid")" "$(inode "$b_pid")" "$seen")" \
		"0 of $((a_seen + b_seen + $(sum_of_netns "$all/counters" "$seen" seen)))"
	ktap_test "no all/ in another namespace" test ! -e "/proc/$a_pid/net/tuplewatch/all" -a \
		-e "/proc/$a_pid/net/tuplewatch/log"
}

# can_read FILE [COMMAND...]: does opening succeed under that command?
can_read() {
	local file=$1
	shift

	"$@" head -c 1 "$file" > /dev/null 2>&1 && echo yes || echo no
}

# readable COMMAND...: which files root can read under that command.
readable() {
	local file

	for file in counters hooks log all/counters all/hooks all/log all/log_pipe; do
		[[ $file == *_pipe ]] || printf '%s=%s ' "$file" "$(can_read "/proc/net/tuplewatch/$file" "$@")"
	done
	# It would wait for rows: opened only.
	# shellcheck disable=SC2016
	printf 'all/log_pipe=%s' "$("$@" bash -c ': < "$0"' /proc/net/tuplewatch/all/log_pipe 2>/dev/null &&
		echo yes || echo no)"
}

permissions() {
	local pid open_to_all='counters=yes hooks=yes log=no all/counters=no all/hooks=no all/log=no all/log_pipe=no'
	local -a nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

	ktap_is "with all capabilities" "$(readable env)" \
		"counters=yes hooks=yes log=yes all/counters=yes all/hooks=yes all/log=yes all/log_pipe=yes"
	ktap_is "without CAP_NET_ADMIN" "$(readable setpriv --bounding-set -net_admin)" "$open_to_all"
	ktap_is "as nobody" "$(readable "${nobody[@]}")" "$open_to_all"
	ktap_is "as root of a user namespace only" "$(readable unshare -r)" "$open_to_all"
	# A container: its root, whom the machine knows as nobody, has its own log and nothing else.
	"${nobody[@]}" unshare -r unshare -n sleep infinity &
	pid=$!
	at_exit end_process "$pid"
	wait_for 10 is_container "$pid" || ktap_bail "no container"
	ktap_is "as root of a container" \
		"$(readable "${nobody[@]}" nsenter -t "$pid" -U -n --preserve-credentials)" \
		"counters=yes hooks=yes log=yes all/counters=no all/hooks=no all/log=no all/log_pipe=no"
	ktap_is "as nobody, the container's log" "$(can_read "/proc/$pid/net/tuplewatch/log" \
		setpriv --reuid 65533 --regid 65533 --clear-groups)" no
}

# Its last step is another program.
is_container() { [[ $(< "/proc/$1/comm") == sleep ]]; } 2>/dev/null

is_forgotten() {
	[[ $(sum_of_netns "$all/counters" "$1" seen) == nothing ]]
}

deleted_leaves_nothing() {
	local inode seen

	inode=$(inode "$b_pid")
	netns_delete "$b"
	ktap_test "deleted namespace is gone from all/counters" wait_for 20 is_forgotten "$inode"
	netns_add d
	snapshot now "${d_pid:?}"
	total seen now '*.tcp[46]' '*.udp[46]'
	ktap_is "new namespace, sum of all counters" "$seen" 0
	ktap_is "new namespace, rows of its log" "$(foreign_rows "/proc/$d_pid/net/tuplewatch/log" "$(inode "$d_pid")")" \
		"0 of 0"
	ktap_test "new namespace, traffic" loopback "$d_pid" udp 127.0.0.1 7103 7
	settle "$d_pid"
	snapshot now "$d_pid"
	ktap_is "new namespace" "${now[seen.udp4]} ${now[unwatched]} ${now[taken]}" "7 0 0" \
		"seen, unwatched, taken"
}

require_tools ip awk stat setpriv unshare nsenter traffic
tpw_prepare
ktap_plan 25
tpw_load
all=/proc/net/tuplewatch/all
netns_add a
netns_add b
netns_add c

own_rows_only
permissions
deleted_leaves_nothing
ktap_finish
