#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each condition of the filter, and its opposite, on live traffic. The log has to get as many segments as
# were counted by somebody else in the same run: nft for what stands in the packet, the module's own counters,
# which no filter touches, for how it was matched.

. "$(dirname "$0")/../lib/tpw.sh"
. "$(dirname "$0")/../lib/filter.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid='' b='' b_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before after d
declare -A packets
logs_nr=

# RULE ; nft ; what meets it, one expression after the other, a packet counts for the first one (no sets: nf_tables of
#	6.12 looks for them in a way that lockdep complains of)
# RULE ; counters ; rows that sum up what meets it
cases=(
	"proto=tcp ; nft ; meta l4proto tcp"
	"proto=tcp4 ; nft ; ip protocol tcp"
	"proto=udp6,tcp6 ; nft ; ip6 nexthdr udp ; ip6 nexthdr tcp"
	"port=7001 ; nft ; th dport 7001 ; th sport 7001"
	"port=7002-7003,7005 ; nft ; th dport 7002-7003 ; th dport 7005 ; th sport 7002-7003 ; th sport 7005"
	"lport=7001 ; nft ; th dport 7001"
	"fport=7001,7004 ; nft ; th sport 7001 ; th sport 7004"
	"local=127.0.0.1 ; nft ; ip daddr 127.0.0.1"
	"local=127.0.0.0/8,::1 ; nft ; ip daddr 127.0.0.0/8 ; ip6 daddr ::1"
	"local=10.77.0.2:7004,[fd77::2]:7005 ; nft ; ip daddr 10.77.0.2 th dport 7004 ; ip6 daddr fd77::2 th dport 7005"
	"local=::ffff:10.77.0.2 ; nft ; ip daddr 10.77.0.2"
	"foreign=10.77.0.0/24 ; nft ; ip saddr 10.77.0.0/24"
	"foreign=fd77::/64,::1 ; nft ; ip6 saddr fd77::/64 ; ip6 saddr ::1"
	"via=listener-addr ; counters ; via:listener-addr"
	"via=early-demux,ehash,none ; counters ; via:early-demux via:ehash via:none"
	"match=listener ; counters ; match:listener"
	"match=none,request,bound ; counters ; match:none match:request match:bound"
	"outcome=handed ; counters ; outcome:handed"
	"outcome=refused,answered ; counters ; outcome:refused outcome:answered"
	"outcome=dropped ; counters ; outcome:dropped:*"
	"outcome=dropped:UDP_CSUM ; counters ; outcome:dropped:UDP_CSUM"
	"outcome=handed,dropped:TCP_CSUM ; counters ; outcome:handed outcome:dropped:TCP_CSUM"
	"flags=S ; nft ; tcp flags & 0x3f == 0x02"
	"flags=.,S.,.F ; nft ; tcp flags & 0x3f == 0x10 ; tcp flags & 0x3f == 0x12 ; tcp flags & 0x3f == 0x11"
	"dev=lo ; nft ; iifname lo"
	"dev=v0,nonesuch ; nft ; iifname v0"
)

# Conditions together; these have no opposite.
sums=(
	"proto=tcp port=7001 flags=S ; nft ; tcp dport 7001 tcp flags & 0x3f == 0x02"
	"proto=tcp4 dev!=lo foreign!=10.77.0.3 ; nft ; ip protocol tcp iifname != lo"
	"local=10.77.0.0/24 local!=10.77.0.2:7004 ; nft ; ip daddr 10.77.0.0/24 th dport != 7004"
	"dev=lo lport!=7001 ; nft ; iifname lo th dport != 7001"
	"all ; nft ; meta l4proto tcp ; meta l4proto udp"
	"none ; counters ; no-such-row"
)

# split_case LINE: sets rule, kind, and what.
split_case() {
	rule=${1%% ; *}
	kind=${1#* ; }
	what=${kind#* ; }
	kind=${kind%% ; *}
}

# nft_rules: one chain and one counter a case, all of them at once.
nft_rules() {
	local -i i=0
	local line expression text='' jumps=''

	for line in "${cases[@]}" "${sums[@]}"; do
		split_case "$line"
		if [[ $kind == nft ]]; then
			text+="counter n$i { }"$'\n'"chain c$i {"$'\n'
			while [[ $what ]]; do
				expression=${what%% ; *}
				text+="$expression counter name n$i return"$'\n'
				[[ $what == *" ; "* ]] && what=${what#* ; } || what=''
			done
			text+="}"$'\n'
			jumps+="jump c$i"$'\n'
		fi
		((++i))
	done
	printf '%s\n' "table inet witness {" "$text" \
		"chain input { type filter hook input priority 0; meta l4proto != tcp meta l4proto != udp return" "$jumps" "}" "}"
}

# read_packets: what nft counted, as packets[nNUMBER].
read_packets() {
	local word name=''

	for word in $(inside "$b" nft list counters table inet witness); do
		if [[ $word == n[0-9]* ]]; then
			name=$word
		elif [[ $name == *.packets ]]; then
			packets[${name%.packets}]=$word
			name=''
		elif [[ $word == packets ]]; then
			name+=.packets
		fi
	done
}

# Three datagrams to ADDRESS whose checksum is wrong.
cat > "$TPW_TMP/bad_checksums" <<-'EOF'
	import socket, struct, sys
	to = sys.argv[1]
	raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
	ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 32, 1, 0, 64, 17, 0, socket.inet_aton("10.77.0.1"), socket.inet_aton(to))
	udp = struct.pack("!HHHH4s", 7006, 7006, 12, 1, b"data")
	for i in range(3):
	    raw.sendto(ip + udp, (to, 0))
EOF

load() {
	local -a here=(-s "/proc/$b_pid/ns/net" -c "/proc/$b_pid/ns/net")
	local -a there=(-s "/proc/$b_pid/ns/net" -c "/proc/$a_pid/ns/net")

	traffic "${here[@]}" tcp 127.0.0.1 7001 2 2 &&
		traffic "${here[@]}" udp ::1 7002 5 &&
		traffic "${here[@]}" refused ::1 7003 3 &&
		traffic "${there[@]}" tcp 10.77.0.2 7004 2 2 &&
		traffic "${there[@]}" tcp fd77::2 7005 1 2 &&
		traffic "${there[@]}" nobody 10.77.0.2 7003 4 || return
	[[ $1 != *outcome* ]] || inside "$a" python3 "$TPW_TMP/bad_checksums" 10.77.0.2
}

# count ARRAY: as snapshot, but only what is asked for here.
count() {
	local -n count_to=$1

	# shellcheck disable=SC2034 # the array of that name
	count_to=()
	read_table "$1" "/proc/$b_pid/net/tuplewatch/counters"
}

# check_case LINE NUMBER [NEGATED]: set the rule, or its opposite in these words, and compare.
check_case() {
	local want old seen logged filtered
	local -a patterns

	split_case "$1"
	[[ ! ${3-} ]] || rule=$3
	filter_set "$b_pid" "$rule" || { ktap_fail "$rule: $filter_says"; return; }
	old=${packets[n$2]-}
	count before
	load "$rule" || { ktap_fail "$rule: no traffic"; return; }
	settle "$a_pid" "$b_pid"
	count after
	delta d after before
	read_packets
	total seen d 'seen.*'
	total logged d 'logged.*'
	total filtered d 'filtered.*'
	if [[ $kind == nft ]]; then
		want=${packets[n$2]}
		((want -= old))
	else
		read -ra patterns <<< "$what"
		total want d "${patterns[@]/%/.*}"
	fi
	# Else it would show nothing.
	((want && want < seen)) || [[ $rule == all || $rule == none ]] ||
		{ ktap_fail "$rule: $want of $seen segments meet it"; return; }
	[[ ! ${3-} ]] || want=$((seen - want))
	logged_sum+=$logged
	ktap_is "$rule" "$logged + $filtered = $((logged + filtered))" "$want + $((seen - want)) = $seen" \
		"logged + filtered" "expected"
}

# sampled PORT NR: logs_nr is how many of NR datagrams to PORT the log gets. All of them on one CPU.
sampled() {
	count before
	taskset -c 0 "$TPW_TESTS/basic/traffic" -s "/proc/$b_pid/ns/net" -c "/proc/$b_pid/ns/net" udp 127.0.0.1 "$1" "$2"
	settle "$b_pid"
	count after
	delta d after before
	total logs_nr d 'logged.*'
	logged_sum+=$logs_nr
}

samples() {
	local nr

	filter_set "$b_pid" "sample=7"
	sampled 7001 100
	nr=$logs_nr
	sampled 7001 100
	ktap_is "sample=7, 100 and 100 datagrams on one CPU" "$nr $logs_nr" "15 14"
	filter_set "$b_pid" "sample=7"
	sampled 7001 100
	ktap_is "sample=7, written again" "$logs_nr" 15
	filter_set "$b_pid" "lport=7002 sample=3"
	sampled 7001 20
	nr=$logs_nr
	sampled 7002 10
	nr+=" $logs_nr"
	sampled 7001 20
	nr+=" $logs_nr"
	sampled 7002 10
	ktap_is "lport=7002 sample=3, of those that are to 7002" "$nr $logs_nr" "0 4 0 3"
	filter_set "$b_pid" "sample=4294967295"
	sampled 7001 20
	ktap_is "sample=4294967295" "$logs_nr" 1
	filter_set "$b_pid" "sample=1"
	sampled 7001 20
	ktap_is "sample=1" "$logs_nr" 20
}

require_tools ip nft taskset python3 traffic
tpw_prepare
ktap_plan $((2 * ${#cases[@]} + ${#sums[@]} + 6))
tpw_load_with log_records=65536
netns_add a
netns_add b
netns_join "$a" "$b"
nft_rules > "$TPW_TMP/witness"
inside "$b" nft -f "$TPW_TMP/witness" || ktap_bail "nft does not work"
read_packets
declare -i logged_sum=0 number=0
forms=('!KEY=' 'KEY!=' 'KEY=!')
for line in "${cases[@]}"; do
	check_case "$line" "$number"
	form=${forms[number % 3]}
	split_case "$line"
	check_case "$line" "$number" "${form/KEY/${rule%%=*}}${rule#*=}"
	((++number))
done
for line in "${sums[@]}"; do
	check_case "$line" "$number"
	((++number))
done
samples
mapfile -t lines < "/proc/$b_pid/net/tuplewatch/log"
ktap_is "rows of the log" $((${#lines[@]} - 2)) "$logged_sum" "" logged
ktap_finish
