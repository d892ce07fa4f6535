#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Floods, bounded: each segment is counted once and in all places, none is lost in the books, no table and no memory
# grows beyond its bound, and the kernel's log stays quiet. Segments with random flags, to nobody, to listeners and
# into connections; SYNs from spoofed addresses, with cookies and without; datagrams; all ports; wrong checksums;
# pieces that fit together or do not. TPW_LONG=1: in full.

. "$(dirname "$0")/common.sh"

MANY=$(long_or_short 200000 1500)
PORTS=$(long_or_short 65535 7100)
# Those that cannot be put together stay: 64 MiB have room for so many, and IPv4 has 65,536 numbers for them.
PIECES=$(long_or_short 20000 750)
# A connection does not live for ever among them.
ESTABLISHED=$(long_or_short 10000 150)

# play LABEL KIND FAMILY NR [FIRSTS]: one flood, and what holds of each.
play() {
	flood "$2" "$3" "$4"
	check_arithmetic "$1"
	check_resets "$1"
	check_sent "$1"
	check_taken "$1" "${5:-0}"
	check_bounds "$1"
}

random_flags() {
	local label="$MANY with random flags" nr

	play "$label" flags any "$MANY"
	total nr d 'match:established.*'
	ktap_within "$label, match:established" "$nr" "$ESTABLISHED" "$MANY" segments
	total nr d 'match:none.*'
	ktap_within "$label, match:none" "$nr" $((MANY / 10)) "$MANY" segments
	total nr d 'match:listener.*'
	ktap_within "$label, match:listener" "$nr" $((MANY / 10)) "$MANY" segments
}

# syns LABEL SYSCTL COOKIES: each is its listener's.
syns() {
	local label="$MANY spoofed SYNs, $1" listener

	in_netns "$a_pid" net.ipv4.tcp_syncookies="$2"
	play "$label" syn any "$MANY"
	total listener d 'match:listener.*'
	ktap_is "$label" "$listener" "${sent[tcp]}" match:listener sent
	ktap_is "$label" "${d[SyncookiesSent]-0} ${d[cookies_sent]-0}" "$(($3)) $(($3))" "SyncookiesSent, cookies_sent"
}

# scan KIND FAMILY OPEN: of the ports that have a socket.
scan() {
	local label="a $1 of $PORTS ports, IPv$2" refused

	play "$label" "$1" "$2" "$PORTS"
	total refused d 'outcome:refused.*'
	ktap_is "$label" "$refused" $((PORTS - $3)) refused "without the open ones"
}

datagrams() {
	local label="$MANY datagrams" refused none

	play "$label" udp any "$MANY"
	total refused d 'outcome:refused.udp*'
	total none d Udp.NoPorts Udp6NoPorts
	ktap_is "$label" "$refused" "$none" refused NoPorts
	ktap_within "$label" "$refused" $((MANY / 4)) $((MANY - 1)) refused
}

# A long datagram's is looked at when it is read, a long segment's when its socket has it.
wrong_checksums() {
	local label="$MANY with wrong checksums" dropped errors

	play "$label" checksums any "$MANY"
	total dropped d 'outcome:dropped:TCP_CSUM.tcp*' 'dropped-later:TCP_CSUM.tcp*'
	ktap_is "$label, TCP" "$dropped ${d[Tcp.InCsumErrors]-0}" "${sent[bad-tcp]} ${sent[bad-tcp]}" \
		"dropped, InCsumErrors" sent
	total dropped d 'outcome:dropped:UDP_CSUM.udp*'
	total errors d Udp.InCsumErrors Udp6InCsumErrors
	ktap_is "$label, UDP" "$errors" "${sent[bad-udp]}" InCsumErrors sent
	ktap_within "$label, UDP" "$dropped" 1 "$errors" dropped:UDP_CSUM
}

# The first hook of INPUT is before IPv6 puts them together, so it has counted first pieces that nothing became of.
pieces() {
	local label="$PIECES in pieces" whole

	in_netns "$a_pid" net.ipv4.ipfrag_high_thresh=67108864 net.ipv6.ip6frag_high_thresh=67108864 \
		net.ipv4.ipfrag_max_dist=0 net.ipv4.ipfrag_time=600 net.ipv6.ip6frag_time=600
	play "$label" fragments any "$PIECES" 'sent[firsts]'
	total whole d Ip.ReasmOKs Ip6ReasmOKs
	ktap_is "$label" "$whole" "${sent[wholes]}" ReasmOKs "that fit together"
}

require_tools ip awk nft nsenter sysctl dmesg floods/floods
ktap_plan "$(long_or_short 117 95)"
begin
random_flags
syns "no cookies" 0 0
syns "cookies" 2 MANY
scan tcp-scan 4 2
scan udp-scan 6 1
if [[ ${TPW_LONG-} ]]; then
	scan tcp-scan 6 2
	scan udp-scan 4 1
fi
datagrams
wrong_checksums
pieces
ktap_finish
