#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the filter does not take: the word at fault is named, and the old rules stay in force, in what is shown
# and in what is logged. Who may write, and where.

. "$(dirname "$0")/../lib/tpw.sh"
. "$(dirname "$0")/../lib/filter.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid='' b='' b_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before after d

# TEXT | what is said of it
wrong=(
	"any|any: is neither all nor none nor KEY=LIST, which has no blanks in it"
	"proto=tcp port = 80|port: is neither all nor none nor KEY=LIST, which has no blanks in it"
	"sport=80|sport=80: \"sport\" is none of proto port lport fport local foreign via match outcome flags dev sample"
	"port=80 proto=tcp port=81|port=81: \"port\" stands twice: put all into one list, separated by commas"
	"port=80,http,443|port=80,http,443: \"http\" is neither a port nor a range such as 8000-8100"
	"proto=tcp,icmp|proto=tcp,icmp: \"icmp\" is none of tcp, tcp4, tcp6, udp, udp4, udp6"
	"local=10.0.0.0/33|local=10.0.0.0/33: \"10.0.0.0/33\" is no address such as 10.0.0.1, 10.0.0.0/8, 10.0.0.1:80, fd00::/8 or [fd00::1]:80"
	"foreign=localhost|foreign=localhost: \"localhost\" is no address such as 10.0.0.1, 10.0.0.0/8, 10.0.0.1:80, fd00::/8 or [fd00::1]:80"
	"via=listener|via=listener: \"listener\" is none of the names that stand in the file counters"
	"match=listner|match=listner: \"listner\" is none of the names that stand in the file counters"
	"outcome=rejected|outcome=rejected: \"rejected\" is none of the names that stand in the file counters"
	"outcome=dropped:NONESUCH|outcome=dropped:NONESUCH: \"NONESUCH\" is no reason for which this kernel drops"
	"flags=SYN|flags=SYN: \"SYN\" is neither none nor made of tcpdump's letters F S R P . U"
	"dev=a123456789012345|dev=a123456789012345: \"a123456789012345\" is no name of a device: they have 15 bytes at most"
	"sample=0|sample=0: \"0\" is not one number from 1 to 4294967295"
	"sample!=2|sample!=2: a sample cannot be negated"
	"port=80,|port=80,: an element of the list is empty"
	"!port=!80|!port=!80: one ! is enough"
	"all port=80|port=80: nothing else can stand beside all or none"
	"port=80 none|none: has to stand alone"
	"# only a comment|no rules; all lets everything through, none lets nothing"
	"port=80 "$'\e'"[2J|\\033[2J: has a byte that is not printable ASCII"
)

local_udp() {
	traffic -s "/proc/$1/ns/net" -c "/proc/$1/ns/net" udp 127.0.0.1 "$2" "$3"
}

# logs PID PORT: the number of ten datagrams to PORT that the log gets.
logs() {
	local n

	snapshot before "$1"
	local_udp "$1" "$2" 10
	settle "$1"
	snapshot after "$1"
	delta d after before
	total n d 'logged.*'
	logs_nr=$n
}

check_wrong() {
	local text=${1%%|*} says=${1#*|} name

	# Nothing that a reader of KTAP would take for more than a name.
	name=${text//[^ -~]/?}
	name=${name#\#}
	filter_set "$a_pid" "$text"
	ktap_is "$name" "$filter_errno: $filter_says" "Invalid argument: $says"
	[[ $filter_rules == "$old" ]] || ktap_fail "$name: the old rules are gone: $filter_rules"
}

# By dd, since bash would write what is long in pieces.
check_long() {
	local says
	local -i i
	local text=port=1

	for ((i = 1; i < 129; i++)); do
		text+=,1
	done
	filter_set "$a_pid" "$text"
	ktap_is "129 ports" "$filter_errno: ${filter_says##*: }" \
		"Argument list too long: \"1\" is one port too many, there may be 128"
	{ printf '%4093s' ''; echo all; } > "$TPW_TMP/long"
	says=$(dd if="$TPW_TMP/long" of="/proc/$a_pid/net/tuplewatch/filter" bs=8192 2>&1)
	ktap_is "4097 bytes" "$(grep -o 'Argument list too long' <<< "$says")" "Argument list too long"
	filter_read "$a_pid"
	ktap_is "after 4097 bytes" "$filter_rules" "$old"
	says=$(printf '%-4094s\n' "$old" | dd of="/proc/$a_pid/net/tuplewatch/filter" bs=8192 iflag=fullblock 2>&1 |
		grep -o 'error.*\|Argument.*\|Invalid.*')
	ktap_is "4095 bytes" "$says" ""
}

# A file that was read to its end tells of a later error as well; a good write forgets it.
check_same_file() {
	local fd

	exec {fd}<> "/proc/$a_pid/net/tuplewatch/filter"
	filter_take "$fd"
	{ printf wrong >&"$fd"; } 2> /dev/null
	filter_take "$fd"
	ktap_is "after an error, the same open file" "$filter_says $filter_rules" \
		"wrong: is neither all nor none nor KEY=LIST, which has no blanks in it $old"
	filter_read "$a_pid"
	ktap_is "after an error, another open file" "$filter_says $filter_rules" " $old"
	printf none >&"$fd"
	filter_take "$fd"
	ktap_is "after a good write, the same open file" "$filter_says $filter_rules" " none"
	printf '%s' "$old" >&"$fd"
	exec {fd}>&-
}

check_written_back() {
	filter_set "$a_pid" "  proto=udp"$'\n\t'"port!=22,7001-7002   !dev=v9 "$'\n'
	ktap_is "rules as they are shown" "$filter_rules" "proto=udp port!=22,7001-7002 !dev=v9"
	cat "/proc/$a_pid/net/tuplewatch/filter" > "$TPW_TMP/saved"
	filter_set "$a_pid" all
	ktap_test "what is shown can be written back" \
		dd if="$TPW_TMP/saved" of="/proc/$a_pid/net/tuplewatch/filter" bs=8192
	filter_read "$a_pid"
	ktap_is "rules that were written back" "$filter_rules" "proto=udp port!=22,7001-7002 !dev=v9"
}

# can_write FILE COMMAND...: what the C library says of an open for writing by that command.
can_write() {
	local says

	# shellcheck disable=SC2016
	says=$("${@:2}" bash -c 'printf none > "$0"' "$1" 2>&1) && echo yes || echo "${says##*: }"
}

is_container() { [[ $(< "/proc/$1/comm") == sleep ]]; } 2>/dev/null

check_permissions() {
	local pid own=/proc/$b_pid/net/tuplewatch/filter
	local -a nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

	filter_set "$b_pid" "port=7001"
	ktap_is "written as nobody" "$(can_write "$own" "${nobody[@]}")" "Operation not permitted"
	ktap_is "written without CAP_NET_ADMIN" "$(can_write "$own" setpriv --bounding-set -net_admin)" \
		"Operation not permitted"
	ktap_is "written by root of another user namespace" "$(can_write "$own" unshare -r)" "Operation not permitted"
	ktap_is "all/filter, written by root" "$(can_write /proc/net/tuplewatch/all/filter env)" "Operation not permitted"
	filter_read "$b_pid"
	ktap_is "rules after all this" "$filter_rules" "port=7001"
	ktap_is "read as nobody" "$("${nobody[@]}" tail -n 1 "$own")" "port=7001"
	"${nobody[@]}" unshare -r unshare -n sleep infinity &
	pid=$!
	at_exit end_process "$pid"
	wait_for 10 is_container "$pid" || ktap_bail "no container"
	ktap_is "written by root of a container to its own" "$(can_write /proc/net/tuplewatch/filter \
		"${nobody[@]}" nsenter -t "$pid" -U -n --preserve-credentials)" yes
	filter_read "$pid"
	ktap_is "rules of the container" "$filter_rules" none
	ktap_is "the same in all/filter" "$(grep "^$(stat -Lc %i "/proc/$pid/ns/net") " /proc/net/tuplewatch/all/filter)" \
		"$(stat -Lc %i "/proc/$pid/ns/net") none"
}

check_two_namespaces() {
	local nr

	filter_set "$a_pid" "port=7001"
	filter_set "$b_pid" "port=7002 proto=udp"
	logs "$a_pid" 7001
	nr=$logs_nr
	logs "$a_pid" 7002
	nr+=" $logs_nr"
	logs "$b_pid" 7001
	nr+=" $logs_nr"
	logs "$b_pid" 7002
	ktap_is "two namespaces, two filters" "$nr $logs_nr" "10 0 0 10" "logged"
	ktap_is "all/filter" "$(grep "^$(stat -Lc %i "/proc/$b_pid/ns/net") " /proc/net/tuplewatch/all/filter)" \
		"$(stat -Lc %i "/proc/$b_pid/ns/net") port=7002\\040proto=udp"
}

require_tools ip dd setpriv unshare nsenter stat traffic
tpw_prepare
ktap_plan $((${#wrong[@]} + 24))
tpw_load
netns_add a
netns_add b

filter_read "$a_pid"
ktap_is "rules at first" "$filter_rules" all
old="proto=udp port=7001"
filter_set "$a_pid" "$old" || ktap_bail "the filter takes nothing"
for line in "${wrong[@]}"; do
	check_wrong "$line"
done
logs "$a_pid" 7001
nr=$logs_nr
logs "$a_pid" 7002
ktap_is "old rules after all these errors" "$nr $logs_nr" "10 0" "logged"
check_long
check_same_file
check_written_back
check_permissions
check_two_namespaces
ktap_test "rmmod while there are rules" tpw_rmmod
ktap_finish
