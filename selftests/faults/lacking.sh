#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A hook that cannot be had costs what it tells: without one of UDP, UDP is not watched, and all files say so instead of
# showing zeros, while TCP is counted to the segment; the other way round; and without both insmod fails, and the reader
# says why.

. "$(dirname "$0")/../reader/reader.sh"
. "$(dirname "$0")/../lib/books.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before after d

counters() { cat "/proc/$a_pid/net/tuplewatch/counters"; }

# fields TABLE PATTERN COLUMN...: of the rows that match, these.
fields() {
	local table=$1 pattern=$2
	shift 2

	awk -v pattern="$pattern" -v columns="$*" '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i; nr = split(columns, column) }
		NR > 2 && $0 ~ pattern {
			for (i = 1; i <= nr; i++) printf "%s%s", $at[column[i]], i < nr ? " " : "\n"
		}' "/proc/$a_pid/net/tuplewatch/$table"
}

# words_of FAMILY: what stands in its column, each word once.
words_of() { fields counters . "$1" | sort -u | paste -sd ' '; }

some_traffic() {
	local -a sides=(-s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net")

	traffic "${sides[@]}" tcp 127.0.0.1 7001 5 5
	traffic "${sides[@]}" tcp ::1 7001 5 5
	traffic "${sides[@]}" udp 127.0.0.1 7002 20
	traffic "${sides[@]}" udp ::1 7002 20
}

# bind_udp: sockets of UDP, one that gets IPv4 alone, and one that gets both.
bind_udp() {
	nsenter --net="/proc/$a_pid/ns/net" /usr/bin/python3 -c '
import socket, time
four, six = socket.socket(type=socket.SOCK_DGRAM), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
four.bind(("127.0.0.1", 7070))
six.bind(("::", 7071))
time.sleep(600)' &
	at_exit kill_quietly $!
	wait_for 20 is_bound || ktap_bail "no sockets of UDP"
}

is_bound() { (($(fields listeners ':707[01] ' proto | wc -l) == 2)); }

play() {
	settle "$a_pid"
	snapshot before "$a_pid"
	some_traffic
	settle "$a_pid"
	snapshot after "$a_pid"
	delta d after before
}

page() { inside "$a" cat /proc/tuplewatch; }

# finding CHECK STATE
finding() { "$READER" doctor -j | jq -r "select(.check == \"$1\" and .state == \"$2\") | .text"; }

test_files() {
	local lack="UDP over IPv4 is not watched: udp_queue_rcv_skb cannot be hooked"

	ktap_is "hooks, line 1" "$(sed -n '1s/.* not_watched=\([^ ]*\).*/\1/p' /proc/net/tuplewatch/hooks)" udp4:udp_queue_rcv_skb
	ktap_is "hooks, what opens datagrams of IPv4" "$(fields hooks ' udp_rcv ' state hits needed_by)" "unused 0 udp4"
	play
	books_tcp "without UDP over IPv4" d
	ktap_is "without it, datagrams of IPv6" "${d[seen.udp6]}" 20
	ktap_is "without it, its counters; unresolved of the others" "$(words_of udp4); $(
		fields counters '^unresolved' tcp4 tcp6 udp6)" "?; 0 0 0"
	ktap_is "without it, taken" "$(sed -n '1s/.* taken=\([^ ]*\).*/\1/p' "/proc/$a_pid/net/tuplewatch/counters")" "?"
	start_peer tcp "$a_pid" listen 127.0.0.1 7072
	bind_udp
	ktap_is "listeners, what may get IPv4 by UDP" "$(
		fields listeners ':707[01] ' segments syns request_segments | paste -sd ' ')" "? ? ? ? ? ?"
	ktap_is "listeners, of TCP" "$(fields listeners ':7072 ' segments syns)" "0 0"
	ktap_is "page, line 1" "$(page | sed -n 1p)" "$lack"
	ktap_is "page, segments that were seen; rows of UDP" "$(page | sed -n 's/^seen  *//p' | awk '{ print $3 }') $(
		page | awk '/:707[01] / { print $5 }' | sort -u)" "? ?"
	ktap_is "counters, what the reader says" "$(reader "$a_pid" counters | grep -c "^$lack\$")" 1
	ktap_is "summary, seen" "$(reader "$a_pid" -sH 2> /dev/null | awk '$1 == "seen" { print $2, $5 }')" "? ?"
	ktap_is "lists warn" "$(reader "$a_pid" listeners 2>&1 > /dev/null)" "tuplewatch: $lack (see: tuplewatch doctor)"
	ktap_is "explain" "$(reader "$a_pid" explain udp 127.0.0.1:5 127.0.0.1:7070 2> /dev/null |
		tr -s ' \n' ' ' | grep -o "$lack: what came here is not known")" "$lack: what came here is not known"
	ktap_is "doctor" "$(finding hooks warn)" "$lack"
	ktap_is "metrics, watched; segments of it" "$(reader "$a_pid" metrics | grep -c '^tuplewatch_family_watched{family="udp4"} 0') $(
		reader "$a_pid" metrics | grep -c '^tuplewatch_segments.*family="udp4"')" "1 0"
	echo 0 > "$TPW_PARAMETERS/enabled"
	echo 1 > "$TPW_PARAMETERS/enabled"
	play
	books_tcp "off and on again" d
	ktap_is "off and on again, datagrams of IPv6, of IPv4" "${d[seen.udp6]} $(words_of udp4)" "20 ?"
}

test_tcp() {
	tpw_load_with test_missing=tcp_check_req
	play
	ktap_is "without TCP, its counters" "$(words_of tcp4) $(words_of tcp6)" "? ?"
	ktap_is "without TCP, datagrams; unresolved" "${d[seen.udp4]} ${d[seen.udp6]} $(
		fields counters '^unresolved' udp4 udp6)" "20 20 0 0"
	ktap_is "without TCP, doctor" "$(finding hooks warn | paste -sd ' ')" \
		"TCP over IPv4 is not watched: tcp_check_req cannot be hooked TCP over IPv6 is not watched: tcp_check_req cannot be hooked"
}

test_insmod() {
	tpw_rmmod
	ktap_is "without anything" "$(tpw_insmod test_missing=tcp_check_req,udp_rcv,udpv6_rcv 2>&1 | sed 's/.*: //')" \
		"Operation not supported"
	ktap_is "without anything, doctor" "$(finding insmod warn | sed 's/.* ago //')" \
		"it failed: cannot hook udpv6_rcv (error -2), and cannot do without"
}

require_tools ip jq awk
tpw_prepare
ktap_plan 23
tpw_load_with test_missing=udp_queue_rcv_skb
netns_add a
test_files
test_tcp
test_insmod
ktap_finish
