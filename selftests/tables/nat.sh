#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the client asked for, where NAT made something else of it: in the row of the connection and in each row of the
# log. Each exchange has a port of the server to itself, so that rows are known by it.

. "$(dirname "$0")/../lib/tpw.sh"
# shellcheck source=../lib/filter.sh
. "$TPW_TESTS/lib/filter.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid='' b='' b_pid=''

exchange() { traffic -s "/proc/$b_pid/ns/net" -c "/proc/$a_pid/ns/net" "$@"; }

# rows TABLE ENDPOINT: how many rows with that local end have what in "asked": "3 10.77.0.2:8001".
rows() {
	awk -v wanted="$2" '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && $at["local"] == wanted { n[$at["asked"]]++ }
		END { for (asked in n) print n[asked], asked }' "/proc/$b_pid/net/tuplewatch/$1" | sort | paste -sd ' '
}

# segments ENDPOINT [END]: the sum over the connections with that local end, or foreign end.
segments() {
	awk -v wanted="$1" -v end="${2:-local}" '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && $at[end] == wanted { n += $at["segments"] }
		END { print n + 0 }' "/proc/$b_pid/net/tuplewatch/connections"
}

# check_tcp NAME ADDRESS PORT SERVER LOCAL ASKED [ROW-LOCAL ROW-ASKED]: three connections, each with two turns, to
# ADDRESS and PORT; the server is at SERVER, which packets have as LOCAL and the table, maybe, in another form. The log
# has the three SYNs and what the connections got.
check_tcp() {
	local name=$1 all

	exchange -l "$4" tcp "$2" "$3" 3 2 || ktap_bail "$name: no traffic"
	settle "$a_pid" "$b_pid"
	ktap_is "$name, connections" "$(rows connections "${7:-$5}")" "3 ${8:-$6}"
	all=$(($(segments "${7:-$5}") + ${syns:-3}))
	((all >= 3 * 5)) || ktap_bail "$name: only $all segments"
	ktap_is "$name, rows of the log" "$(rows log "$5")" "$all $6"
}

# check_udp NAME ADDRESS PORT SERVER LOCAL ASKED: five datagrams.
check_udp() {
	exchange -l "$4" udp "$2" "$3" 5 || ktap_bail "$1: no traffic"
	ktap_is "$1, rows of the log" "$(rows log "$5")" "5 $6"
}

# The first finds a socket that is bound, the others one that is connected.
connected() {
	exchange -l 10.77.0.2,7016 answered 10.77.0.2 8016 5 || ktap_bail "no answers"
	ktap_is "UDP, connected, connections" "$(rows connections 10.77.0.2:7016)" "1 10.77.0.2:8016"
	ktap_is "UDP, connected, segments" "$(segments 10.77.0.2:7016)" 4
	ktap_is "UDP, connected, rows of the log" "$(rows log 10.77.0.2:7016)" "5 10.77.0.2:8016"
}

is_open() { grep -q '^ *[0-9]*: [0-9A-F]*:1B6C [0-9A-F]*:[0-9A-F]* 01 ' "/proc/$b_pid/net/tcp"; }

has_some() { (($(grep -c ' 10.77.0.2:7020 ' "/proc/$b_pid/net/tuplewatch/log") >= 5)); }

# One that the module did not see begin: nobody looked.
older() {
	local pid

	"$TPW_TESTS/basic/traffic" -s "/proc/$b_pid/ns/net" -c "/proc/$a_pid/ns/net" -p 50 -l 10.77.0.2,7020 \
		tcp 10.77.0.2 8020 1 100000 &
	pid=$!
	wait_for 10 is_open || ktap_bail "no connection"
	tpw_load
	wait_for 10 has_some || ktap_bail "no segments"
	ktap_is "older than the module, connections" "$(rows connections 10.77.0.2:7020)" "1 ?"
	end_process "$pid"
	settle "$a_pid" "$b_pid"
	ktap_is "older than the module, rows of the log" "$(rows log 10.77.0.2:7020)" \
		"$(segments 10.77.0.2:7020) ?"
}

refused() {
	exchange refused 10.77.0.2 8009 4
	ktap_is "refused, rows of the log" "$(rows log 10.77.0.2:7009)" "4 10.77.0.2:8009"
	exchange nobody 10.77.0.2 8010 4
	ktap_is "refused, UDP, rows of the log" "$(rows log 10.77.0.2:7010)" "4 10.77.0.2:8010"
}

# On the way out of the server's own host: its client gets answers, which nobody asked for.
own_host() {
	traffic -s "/proc/$b_pid/ns/net" -c "/proc/$b_pid/ns/net" -l 127.0.0.1,7013 tcp 127.0.0.1 8013 1 1
	traffic -s "/proc/$b_pid/ns/net" -c "/proc/$b_pid/ns/net" -l 127.0.0.1,7017 answered 127.0.0.1 8017 5
	settle "$b_pid"
	ktap_is "over lo, connections" "$(rows connections 127.0.0.1:7013)" "1 127.0.0.1:8013"
	ktap_is "over lo, rows of the log" "$(rows log 127.0.0.1:7013)" \
		"$(($(segments 127.0.0.1:7013) + 1)) 127.0.0.1:8013"
	ktap_is "over lo, UDP, rows of the log" "$(rows log 127.0.0.1:7017)" "5 127.0.0.1:8017"
	ktap_is "over lo, rows of clients" "$(awk '$7 ~ /^127.0.0.1:80/ { print $7, $NF }' \
		"/proc/$b_pid/net/tuplewatch/log" | sort | uniq -c | paste -sd ' ' | tr -s ' ')" \
		" $(segments 127.0.0.1:8013 foreign) 127.0.0.1:8013 - 5 127.0.0.1:8017 -"
}

require_root
require_tools ip nft sysctl traffic
tpw_prepare
netns_add a
netns_add b
netns_join "$a" "$b"
ip -n "$a" route add 10.99.0.0/16 via 10.77.0.2
ip -n "$a" route add fd99::/16 via fd77::2
inside "$b" nft -f - <<-'EOF' || ktap_bail "no NAT"
	table inet nat {
		chain prerouting {
			type nat hook prerouting priority -100;
			tcp dport 8001 redirect to :7001
			tcp dport 8002 redirect to :7002
			udp dport 8005 redirect to :7005
			tcp dport 8009 redirect to :7009
			udp dport 8010 redirect to :7010
			tcp dport 8011 redirect to :7011
			tcp dport 8012 redirect to :7012
			udp dport 8015 redirect to :7015
			udp dport 8016 redirect to :7016
			tcp dport 8014 redirect to :7014
			tcp dport 8020 redirect to :7020
			ip daddr 10.99.0.1 tcp dport 80 dnat ip to 10.77.0.2:7003
			ip6 daddr fd99::1 tcp dport 80 dnat ip6 to [fd77::2]:7004
			ip6 daddr fd99::1 udp dport 53 dnat ip6 to [fd77::2]:7006
		}
		chain output {
			type nat hook output priority -100;
			ip daddr 127.0.0.1 tcp dport 8013 redirect to :7013
			ip daddr 127.0.0.1 udp dport 8017 redirect to :7017
		}
	}
EOF

ktap_plan 32
older
tpw_load
check_tcp "redirect, IPv4" 10.77.0.2 8001 10.77.0.2,7001 10.77.0.2:7001 10.77.0.2:8001
check_tcp "redirect, IPv6" fd77::2 8002 fd77::2,7002 '[fd77::2]:7002' '[fd77::2]:8002'
check_tcp "another address, IPv4" 10.99.0.1 80 10.77.0.2,7003 10.77.0.2:7003 10.99.0.1:80
check_tcp "another address, IPv6" fd99::1 80 fd77::2,7004 '[fd77::2]:7004' '[fd99::1]:80'
check_tcp "IPv4 to a socket of both" 10.77.0.2 8014 ::,7014 10.77.0.2:7014 10.77.0.2:8014 \
	'[::ffff:10.77.0.2]:7014' '[::ffff:10.77.0.2]:8014'
check_tcp "tracked, not changed" 10.77.0.2 7007 10.77.0.2,7007 10.77.0.2:7007 -
check_udp "redirect of UDP, IPv4" 10.77.0.2 8005 10.77.0.2,7005 10.77.0.2:7005 10.77.0.2:8005
check_udp "another address of UDP, IPv6" fd99::1 53 fd77::2,7006 '[fd77::2]:7006' '[fd99::1]:53'
check_udp "UDP, tracked, not changed" fd77::2 7008 fd77::2,7008 '[fd77::2]:7008' -
connected
refused
own_host
# Those that come with a cookie match the listener, as SYNs do.
inside "$b" sysctl -qw net.ipv4.tcp_syncookies=2
syns=6 check_tcp "SYN cookies" 10.77.0.2 8011 10.77.0.2,7011 10.77.0.2:7011 10.77.0.2:8011
inside "$b" sysctl -qw net.ipv4.tcp_syncookies=1
filter_set "$b_pid" "lport=7012,7015"
check_tcp "a filter that looks, TCP" 10.77.0.2 8012 10.77.0.2,7012 10.77.0.2:7012 10.77.0.2:8012
check_udp "a filter that looks, UDP" 10.77.0.2 8015 10.77.0.2,7015 10.77.0.2:7015 10.77.0.2:8015
ktap_is "where no NAT is, rows of the log with something" \
	"$(awk 'NR > 2 && $NF != "-"' "/proc/$a_pid/net/tuplewatch/log" | wc -l)" 0
ktap_finish
