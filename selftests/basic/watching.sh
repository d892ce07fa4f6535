#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Blindness is said, and by how much: hooks disarmed from outside or by enabled=0, arrivals that a firewall
# took, and the switches at run time. Arrivals are counted where somebody else hooks INPUT, and there to the segment.

. "$(dirname "$0")/../lib/tpw.sh"
. "$(dirname "$0")/../lib/books.sh"

# By kernel and backend, of which there are many, TPW_SHORT does with less.
CHANGES=50 FLOODS=$(long_or_short 40 4)
[[ ! ${TPW_SHORT-} ]] || CHANGES=16 FLOODS=1

# Set by netns_add.
a='' a_pid='' b_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before after d

begin() {
	settle "$a_pid"
	snapshot before "$a_pid"
}

finish() {
	settle "$a_pid"
	snapshot after "$a_pid"
	delta d after before
}

some_tcp() {
	traffic -s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net" tcp 127.0.0.1 7001 5 10 &&
		traffic -s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net" tcp ::1 7001 5 10
}

# The overview's first line, at this very read.
first_line() {
	local -a lines

	mapfile -t lines < /proc/tuplewatch
	echo "${lines[0]}"
}

# is_said NAME PATTERN: what the first line begins with.
is_said() {
	local line

	line=$(first_line)
	# shellcheck disable=SC2053
	if [[ $line == $2 ]]; then ktap_pass "$1: $line"; else ktap_fail "$1: $line"; fi
}

# blind LABEL: nothing is seen, and unwatched tells how much that was.
blind() {
	local seen insegs

	begin
	some_tcp
	finish
	total seen d 'seen.*'
	total insegs d Tcp.InSegs
	ktap_is "$1, unwatched" "${d[unwatched]}" "$insegs" "grew by" InSegs
	ktap_is "$1, watching=${after[watching]}" "$seen" 0 seen
}

watches() {
	begin
	some_tcp
	finish
	books_tcp "$1, watching=${after[watching]}" d
	books_loss "$1" d
}

disarm_from_outside() {
	local switch=/proc/sys/kernel/ftrace_enabled

	[[ ${before[backend]} == ftrace ]] || switch=/sys/kernel/debug/kprobes/enabled
	[[ -w $switch ]] || ktap_bail "no $switch"
	at_exit eval "echo 1 > $switch"
	echo 0 > "$switch"
	is_said "${switch##*/} 0" "NOT WATCHING: *"
	blind "${switch##*/} 0"
	echo 1 > "$switch"
	is_said "${switch##*/} 1" "tuplewatch 2.0: *"
	watches "${switch##*/} 1"
}

disable() {
	local total_before total_after

	begin
	total total_before before 'seen.*'
	echo 0 > "$TPW_PARAMETERS/enabled"
	is_said "enabled=0" "NOT WATCHING: enabled=0*"
	blind "enabled=0"
	total total_after after 'seen.*'
	ktap_is "enabled=0, all that was seen" "$total_after" "$total_before" kept was
	echo 1 > "$TPW_PARAMETERS/enabled"
	is_said "enabled=1" "tuplewatch 2.0: *"
	begin
	ktap_is "enabled=1, unwatched starts anew" "${before[unwatched]}" 0
	watches "enabled=1"
}

# Rules that drop and count, by nft and by iptables.
firewall() {
	inside "$a" nft -f - <<-'EOF' && inside "$a" iptables -A INPUT -p udp --dport 7997 -j DROP
	table inet wall {
		counter c_tcp { }
		counter c_udp { }
		chain input {
			type filter hook input priority 0;
			tcp dport 7999 counter name c_tcp drop
			udp dport 7998 counter name c_udp drop
		}
	}
	EOF
}

# dropped VARIABLE: by all rules.
dropped() {
	local text count sum=0

	text=$(inside "$a" nft list counters table inet wall; inside "$a" iptables -nvxL INPUT | grep 7997)
	while [[ $text =~ packets\ ([0-9]+)(.*) ]]; do
		((sum += BASH_REMATCH[1]))
		text=${BASH_REMATCH[2]}
	done
	read -r count _ <<< "${text##*$'\n'}"
	printf -v "$1" %s $((sum + count))
}

walled_traffic() {
	local -a sides=(-s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net")

	traffic "${sides[@]}" syn 127.0.0.1 7999 20 &&
		traffic "${sides[@]}" syn ::1 7999 20 &&
		traffic "${sides[@]}" nobody 127.0.0.1 7998 30 &&
		traffic "${sides[@]}" nobody ::1 7998 30 &&
		traffic "${sides[@]}" nobody 127.0.0.1 7997 40 &&
		some_tcp
}

behind_a_wall() {
	local was now

	ktap_test "firewall: rules" firewall
	netns_counts_arrivals "$a_pid"
	dropped was
	begin
	ktap_test "firewall: traffic" walled_traffic
	finish
	dropped now
	ktap_is "taken" "${d[taken]}" "$((now - was))" "grew by" "dropped by rules"
	ktap_is "firewall, dropped by rules" "$((now - was))" 140
	books_tcp "firewall" d
}

switch_netfilter() {
	echo 0 > "$TPW_PARAMETERS/netfilter"
	begin
	ktap_is "netfilter=0, taken, netfilter" "${before[taken]} ${before[netfilter]}" "- 0"
	walled_traffic
	finish
	books_tcp "netfilter=0" d
	echo 1 > "$TPW_PARAMETERS/netfilter"
	begin
	netns_counts_arrivals "$a_pid"
	ktap_is "netfilter=1, taken, netfilter" "${before[taken]} ${before[netfilter]}" "0 1"
	walled_traffic
	finish
	ktap_is "netfilter=1, taken" "${d[taken]}" 140 "grew by" "dropped by rules"
}

# ---- others come to INPUT, and go

# On PREEMPT_RT, and where nobody tells that others come, arrivals are counted always.
is_always() { [[ $(uname -r) == *-rt-* ]]; }

# counts WHAT [PID]: of which IP versions arrivals are counted there.
counts() { grep -q "^# .* arrivals=$1 " "/proc/${2-$a_pid}/net/tuplewatch/hooks"; }

# are_counted NAME WHAT [PID]: soon, and WHAT where they are not counted always.
are_counted() {
	local want=$2

	! is_always || want=ipv4,ipv6
	if wait_for 5 counts "$want" "${3-$a_pid}"; then
		ktap_pass "$1: arrivals=$want"
	else
		ktap_fail "$1: $(grep -o 'arrivals=[^ ]*' "/proc/${3-$a_pid}/net/tuplewatch/hooks"), not $want"
	fi
}

# add_wall FAMILY: a table that takes some.
add_wall() {
	inside "$a" nft -f - <<-EOF
	table $1 gate {
		chain input {
			type filter hook input priority 0;
			tcp dport 7996 drop
			udp dport 7996 drop
		}
	}
	EOF
}

delete_wall() { inside "$a" nft delete table "$1" gate; }

# takes NAME IPV4 IPV6: so many of each version's are taken, of which each table has what it hooks.
takes() {
	local -a sides=(-s "/proc/$a_pid/ns/net" -c "/proc/$a_pid/ns/net")

	begin
	traffic "${sides[@]}" syn 127.0.0.1 7996 7
	traffic "${sides[@]}" nobody 127.0.0.1 7996 8
	traffic "${sides[@]}" syn ::1 7996 9
	traffic "${sides[@]}" nobody ::1 7996 10
	some_tcp
	finish
	ktap_is "$1, taken" "${d[taken]}" $(($2 * 15 + $3 * 19))
	books_tcp "$1" d
	books_balance "$1" d
}

keep_talking() { while some_tcp; do :; done > /dev/null 2>&1; }

changes() {
	local i

	for ((i = 0; i < $1; i++)); do
		add_wall inet && wait_for 10 counts ipv4,ipv6 && delete_wall inet || return 1
		is_always || wait_for 10 counts - || return 1
	done
}

# Segments are on their way at each change: one that were counted on one side of it only would show.
under_traffic() {
	local talker

	begin
	keep_talking &
	talker=$!
	ktap_test "$CHANGES changes under traffic" changes $((CHANGES / 2))
	end_process "$talker"
	finish
	ktap_is "$CHANGES changes under traffic, taken" "${d[taken]}" 0
	books_tcp "$CHANGES changes under traffic" d
	books_balance "$CHANGES changes under traffic" d
	add_wall inet
	are_counted "after $CHANGES changes" ipv4,ipv6
	takes "after $CHANGES changes" 1 1
}

# Each transaction registers 250 hooks and takes them off again.
flood_of_hooks() {
	local i

	{
		for ((i = 0; i < 250; i++)); do
			echo "add table inet f$i; add chain inet f$i c { type filter hook input priority $i; }; delete table inet f$i"
		done
	} > "$TPW_TMP/flood"
	# shellcheck disable=SC2016	# for the other shell
	"${nobody[@]}" unshare -Urn bash -c 'for ((i = 0; i < $2; i++)); do nft -f - <<< "$1" || exit 1; done' - "$(< "$TPW_TMP/flood")" "$FLOODS"
}

nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

come_and_go() {
	modprobe -rq nfnetlink_queue	# with it, what is armed stays so
	are_counted "nobody at INPUT" -
	takes "nobody at INPUT" 0 0
	add_wall ip6
	are_counted "a table of ip6" ipv4,ipv6
	takes "a table of ip6" 0 1
	add_wall ip
	are_counted "another of ip" ipv4,ipv6
	takes "another of ip" 1 1
	netns_add b
	are_counted "another namespace" - "$b_pid"
	delete_wall ip6
	are_counted "without that of ip6" ipv4,ipv6
	takes "without that of ip6" 1 0
	delete_wall ip
	are_counted "alone again" -
	under_traffic
	if "${nobody[@]}" unshare -Urn true 2> /dev/null; then
		ktap_test "hooks of a user come and go, by the thousand" flood_of_hooks
	else
		ktap_skip "hooks of a user come and go, by the thousand" "users may not make namespaces"
	fi
	takes "after these" 1 1
	delete_wall inet
	are_counted "at last" -
}

bad_switch() {
	! { echo "$2" > "$TPW_PARAMETERS/$1"; } 2>/dev/null
}

require_tools ip nft iptables traffic setpriv unshare
tpw_prepare
ktap_plan 59
tpw_load
netns_add a

is_said "at first" "tuplewatch 2.0: *"
watches "at first"
disarm_from_outside
disable
behind_a_wall
switch_netfilter
inside "$a" nft flush ruleset
come_and_go
ktap_test "enabled=perhaps is refused" bad_switch enabled perhaps
ktap_test "netfilter=2 is refused" bad_switch netfilter 2
ktap_finish
