#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets made up at random with scapy, whole ones and broken ones, against the arithmetic: whatever the kernel takes
# for a segment has one verdict, and whatever it does not has none. SEED= repeats a run.

. "$(dirname "$0")/common.sh"

NR=$(long_or_short 5000 100)
COPIES=$(long_or_short 20 15)

# What a server is for still works.
exchanges() {
	traffic -s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net" tcp 127.0.0.1 7101 3 3 &&
		traffic -s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net" udp ::1 7102 5
}

play() {
	local label="seed $SEED, $NR packets with $COPIES copies each" said tcp udp

	open_books
	said=$(inside "$b" /usr/bin/python3 "$TPW_TESTS/floods/packets.py" v0 "$SEED" "$NR" "$COPIES") ||
		ktap_bail "cannot send: $said"
	close_books "$said"
	ktap_is "$label" "${sent[packets]}" $((NR * (1 + COPIES))) packets
	check_arithmetic "$label"
	check_resets "$label"
	total tcp d 'seen.tcp*'
	total udp d 'seen.udp*'
	ktap_within "$label, TCP" "$tcp" $((sent[packets] / 20)) "${sent[packets]}" seen
	ktap_within "$label, UDP" "$udp" $((sent[packets] / 20)) "${sent[packets]}" seen
	check_bounds "$label"
}

require_tools ip awk nft nsenter sysctl dmesg traffic floods/floods
/usr/bin/python3 -c 'import scapy' || ktap_bail "no scapy: install python3-scapy"
ktap_plan 14
begin
play
open_books
ktap_test "TCP and UDP after that" exchanges
close_books
books_tcp "after that" d
books_balance "after that" d
ktap_finish
