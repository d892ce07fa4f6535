#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What never arrives: each way of being dropped before TCP and UDP has its row, with the local end, the number and who
# did it; and what is dropped elsewhere has none.
#
#	a [v0 10.77.0.1, fd77::1] -------- [v0 10.77.0.2, fd77::2] b

. "$(dirname "$0")/../lib/tpw.sh"

# Set by netns_add.
a='' a_pid='' b='' b_pid=''

# rows LOCAL: "proto count syns by reason who" of its rows, who as far as it is known.
rows() {
	read_rows | awk -v at="$1" '$2 == at { print $1, $3, $4, $5, $6, $7 }' | sort | paste -sd';'
}

read_rows() { cat "/proc/$a_pid/net/tuplewatch/taken"; }

fact() { read_rows | sed -n "1s/.* $1=\([^ ]*\).*/\1/p"; }

rules() {
	inside "$a" nft -f - <<-'EOF' || ktap_bail "nft does not work"
	table inet wall {
		chain in {
			type filter hook input priority 0;
			tcp dport { 7991, 7995 } drop
			udp dport 7991 drop
			tcp dport 7992 reject with tcp reset
			tcp dport 7989 meta mark != 9 drop
		}
	}
	table inet raw {
		chain pre {
			type filter hook prerouting priority -300;
			tcp dport 7993 drop
		}
		chain out {
			type filter hook output priority 0;
			tcp dport 7994 drop
		}
		chain through {
			type filter hook forward priority 0;
			counter drop
		}
	}
	EOF
	netns_counts_arrivals "$a_pid"
}

# from_b COMMAND ADDRESS PORT NR
from_b() { traffic -s "/proc/$a_pid/ns/net" -c "/proc/$b_pid/ns/net" "$@"; }

# local_a: the same within a.
local_a() { traffic -s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net" "$@"; }

by_netfilter() {
	rules
	from_b syn 10.77.0.1 7991 20
	from_b syn fd77::1 7991 21
	from_b nobody 10.77.0.1 7991 22
	from_b syn 10.77.0.1 7992 23
	from_b syn fd77::1 7993 24
	local_a syn 127.0.0.1 7995 25
	ktap_is "INPUT drops" "$(rows 10.77.0.1:7991)" \
		"tcp 20 20 input NETFILTER_DROP nft:inet/wall/in;udp 22 - input NETFILTER_DROP nft:inet/wall/in"
	ktap_is "INPUT drops, v6" "$(rows '[fd77::1]:7991')" "tcp6 21 21 input NETFILTER_DROP nft:inet/wall/in"
	ktap_is "INPUT rejects" "$(rows 10.77.0.1:7992)" "tcp 23 23 input NETFILTER_DROP nft:inet/wall/in"
	ktap_is "PREROUTING drops, v6" "$(rows '[fd77::1]:7993')" \
		"tcp6 24 24 prerouting NETFILTER_DROP nft:inet/raw/pre"
	ktap_is "INPUT drops, loopback" "$(rows 127.0.0.1:7995)" \
		"tcp 25 25 netfilter NETFILTER_DROP nft:inet/wall/in,nft:inet/raw/pre"
	ktap_is "taken" "$(fact others) $(sed -n '1s/.* taken=\([^ ]*\).*/\1/p' "/proc/$a_pid/net/tuplewatch/counters")" \
		"0 111" "by others and in all"
}

# explain does not run a ruleset, but knows what it did. While that may be so still, nobody is told to start a server.
told() {
	local said

	said=$("$TPW_TESTS/../userspace/tuplewatch" -N "$a_pid" explain tcp 10.77.0.2:5 10.77.0.1:7991)
	said=$(tr -s '\n ' ' ' <<< "$said" | grep -o 'LATELY.*' | sed 's/ NEAREST.*//;s/ $//;s/last [0-9.]* m\?s/last T/')
	ktap_is "explain" "$said" \
		"LATELY 20 packets to it were dropped at input (NETFILTER_DROP), the last T ago; there now: nft:inet/wall/in."
	from_b syn 10.77.0.1 7989 3
	ktap_is "its advice" "$("$TPW_TESTS/../userspace/tuplewatch" -N "$a_pid" explain tcp 10.77.0.2:5 10.77.0.1:7989 |
		tr -s ' ' | sed -n 's/^ADVICE //p')" "find out who dropped these: a server would not get them, either."
}

# senders LOCAL: the addresses of the last ones.
senders() { read_rows | awk -v at="$1" '$2 == at { sub(/:[0-9]+$/, "", $9); print $9 }' | sort -u | paste -sd';'; }

# A connection that a new rule cuts off: what is no SYN is not counted as one.
in_between() {
	local -a row

	ktap_is "last senders" "$(senders 10.77.0.1:7991) $(senders '[fd77::1]:7993') $(senders 127.0.0.1:7995)" \
		"10.77.0.2 [fd77::2] 127.0.0.1"
	inside "$a" "$TPW_TESTS/tables/cut.py" 10.77.0.1 7990 "/proc/$b_pid/ns/net" "$(command -v nft)" ||
		ktap_bail "no connection"
	read -ra row <<< "$(rows 10.77.0.1:7990)"
	ktap_within "data of a connection that is cut off: packets" "${row[1]-}" 1 20 "dropped"
	ktap_is "of these, SYNs" "${row[2]-}" 0
}

# Addresses that a rule of routing makes ours: no table of local addresses has them.
by_a_table() {
	inside "$a" ip route add local 10.50.0.0/16 dev lo table 100
	inside "$a" ip rule add to 10.50.0.0/16 lookup 100
	inside "$b" ip route add 10.50.0.0/16 via 10.77.0.1
	from_b nobody 10.50.1.1 7991 19
	ktap_is "INPUT drops, an address of another table; others" "$(rows 10.50.1.1:7991) $(fact others)" \
		"udp 19 - input NETFILTER_DROP nft:inet/wall/in 0"
}

# What goes out and what goes through is for nobody here.
elsewhere() {
	local_a syn 127.0.0.1 7994 5
	inside "$a" sysctl -qw net.ipv4.ip_forward=1
	inside "$b" ip route add 10.99.0.0/24 via 10.77.0.1
	inside "$a" ip route add 10.99.0.0/24 via 10.77.0.2
	traffic -s "/proc/$b_pid/ns/net" -c "/proc/$b_pid/ns/net" nobody 10.99.0.1 7996 5
	ktap_is "OUTPUT drops, FORWARD drops" "$(rows 127.0.0.1:7994);$(rows 10.99.0.1:7996)" ";"
	ktap_is "FORWARD drops" "$(inside "$a" nft list chain inet raw through | grep -o 'packets [0-9]*')" "packets 5" \
		"" "by nft"
}

# The way back leads elsewhere.
by_route() {
	inside "$a" nft flush ruleset
	inside "$a" ip link add d0 type dummy
	inside "$a" ip link set d0 up
	inside "$a" ip route add 10.98.0.0/24 dev d0
	inside "$b" ip addr add 10.98.0.1/32 dev lo
	inside "$b" ip route add 10.77.0.1/32 dev v0 src 10.98.0.1
	inside "$a" sysctl -qw net.ipv4.conf.all.rp_filter=1
	from_b nobody 10.77.0.1 7997 26
	ktap_is "rp_filter drops" "$(rows 10.77.0.1:7997)" "udp 26 - route IP_RPFILTER -"
	inside "$b" ip route del 10.77.0.1/32 dev v0
}

by_tc() {
	inside "$a" tc qdisc add dev v0 clsact
	inside "$a" tc filter add dev v0 ingress protocol ipv6 matchall action drop || ktap_bail "tc does not work"
	from_b nobody fd77::1 7998 27
	ktap_is "tc drops, v6" "$(rows '[fd77::1]:7998')" "udp6 27 - tc TC_INGRESS -"
	inside "$a" tc qdisc del dev v0 clsact
}

# Nobody drops what waits for a verdict of user space.
by_a_queue() {
	inside "$a" nft add table inet q
	inside "$a" nft 'add chain inet q in { type filter hook input priority 0; }'
	inside "$a" nft add rule inet q in udp dport 7999 queue num 3
	netns_counts_arrivals "$a_pid"
	ip netns exec "$a" "$TPW_TESTS/tables/queue.py" 3 > "$TPW_TMP/queue" &
	queue=$!
	at_exit end_process "$queue"
	wait_for 20 grep -q bound "$TPW_TMP/queue" || ktap_bail "nobody reads the queue"
	from_b nobody 10.77.0.1 7999 28
	ktap_is "a queue has them" "$(rows 10.77.0.1:7999)$(fact others)" 28 "rows and others"
	# Any user can have that module loaded: nobody else has to pay for it.
	ktap_is "arrivals, where nobody is at INPUT; of the host" "$(arrivals "$b_pid") $(arrivals self)" "$alone $alone"
	# Whoever unregisters a hook throws away all that waits.
	inside "$a" nft flush ruleset
	tpw_pause 1
	ktap_is "arrivals, alone where there are queues" "$(arrivals)" ipv4,ipv6
	end_process "$queue"
	modprobe -rq nfnetlink_queue
	inside "$a" nft 'table inet q { chain in { type filter hook input priority 0; }; }'
	inside "$a" nft delete table inet q
	ktap_is "arrivals, where there are none any more" "$(wait_for 5 is_alone; arrivals)" "$alone"
}

# arrivals [PID]: of which IP versions they are counted there.
arrivals() { sed -n '1s/.* arrivals=\([^ ]*\).*/\1/p' "/proc/${1-$a_pid}/net/tuplewatch/hooks"; }

is_alone() { [[ $(arrivals) == "$alone" ]]; }

# The lines of the page add up to the rows, and what is in none.
on_the_page() {
	local page rows

	# shellcheck disable=SC2016	# for awk
	page=$(inside "$a" awk '$1 == "taken" { sum += $2 } END { print sum }' /proc/tuplewatch)
	rows=$(read_rows | awk 'NR > 2 { sum += $3 } END { print sum }')
	ktap_is "the page" "$page" "$((rows + $(fact others)))" taken "rows and others"
}

others() { sed -n '1s/.* others=\([^ ]*\).*/\1/p' "$1/taken"; }

is_late() { [[ $(others "/proc/$b_pid/net/tuplewatch") == \? ]]; }

# One namespace has no room for our hook: that is not known of it, and of all others it is.
without_room() {
	local i

	# Else ours would be there before the last of them.
	echo 0 > "$TPW_PARAMETERS/netfilter"
	{
		echo "add table ip full"
		for ((i = 1; i <= 1024; i++)); do
			echo "add chain ip full c$i { type filter hook input priority $i; }"
		done
	} > "$TPW_TMP/full"
	inside "$b" nft -f - < "$TPW_TMP/full" || ktap_bail "nft does not work"
	echo 1 > "$TPW_PARAMETERS/netfilter"
	wait_for 10 is_late
	ktap_is "a namespace without room; others of it, of all" \
		"$(others "/proc/$b_pid/net/tuplewatch") $(sed -n '1s/.* \(others=.*\)/\1/p' /proc/net/tuplewatch/all/taken)" \
		"? others=0 late=1"
}

hidden() {
	ktap_is "nobody is told of it" "$(nsenter -n"/proc/$a_pid/ns/net" setpriv --reuid 65534 --regid 65534 \
		--clear-groups sh -c 'wc -l < /proc/net/tuplewatch/taken')" 2 lines
}

require_tools ip nft tc sysctl python3 setpriv nsenter traffic
tpw_prepare
ktap_plan 23
alone=-
[[ $(uname -r) != *-rt-* ]] || alone=ipv4,ipv6	# where they are counted always
tpw_load
netns_add a
netns_add b
netns_join "$a" "$b"
by_netfilter
told
in_between
by_a_table
elsewhere
by_route
by_tc
by_a_queue
on_the_page
without_room
hidden
ktap_finish
