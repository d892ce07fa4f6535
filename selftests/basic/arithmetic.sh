#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One verdict for each segment: our counters against the kernel's, and against each other.
#
#	a [v0 10.77.0.1, fd77::1] -------- [v0 10.77.0.2, fd77::2] b

. "$(dirname "$0")/../lib/tpw.sh"
. "$(dirname "$0")/../lib/books.sh"

# Set by netns_add.
a='' a_pid='' b='' b_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before_a before_b after d_a d_b

# begin, finish: what happens in between is in d_a and d_b.
begin() {
	settle "$a_pid" "$b_pid"
	snapshot before_a "$a_pid"
	snapshot before_b "$b_pid"
}

finish() {
	settle "$a_pid" "$b_pid"
	snapshot after "$a_pid"
	delta d_a after before_a
	snapshot after "$b_pid"
	delta d_b after before_b
}

check_books() {
	books_tcp "$1" "$2"
	books_udp "$1" "$2"
	books_balance "$1" "$2"
	books_loss "$1" "$2"
}

# at_least LABEL ARRAY NR PATTERN...: that there was something to count.
at_least() {
	local label=$1 array=$2 least=$3 nr
	shift 3

	total nr "$array" "$@"
	ktap_within "$label, $*" "$nr" "$least" 1000000 "counted"
}

# everything ADDRESS BROADCAST CLIENT-PID: some of each kind, to an address of a.
everything() {
	local -a sides=(-s "/proc/$a_pid/ns/net" -c "/proc/$3/ns/net")

	traffic "${sides[@]}" tcp "$1" 7001 10 20 &&
		traffic "${sides[@]}" udp "$1" 7002 50 &&
		traffic "${sides[@]}" full "$1" 7003 60 &&
		traffic "${sides[@]}" refused "$1" 7004 10 &&
		traffic "${sides[@]}" nobody "$1" 7005 10 &&
		{ [[ -z $2 ]] || traffic "${sides[@]}" nobody "$2" 7006 10; }
}

quiet_loopback() {
	local early seen

	begin
	ktap_test "loopback, v4: traffic" everything 127.0.0.1 "" "$a_pid"
	ktap_test "loopback, v6: traffic" everything ::1 "" "$a_pid"
	finish
	check_books "loopback" d_a
	# A connection is a SYN, a SYN-ACK, an ACK, 20 turns, two FINs and more; loopback is never demuxed early.
	at_least "loopback" d_a 800 'match:established.tcp*'
	ktap_is "loopback" "${d_a[match:listener.tcp4]} ${d_a[match:request.tcp4]} ${d_a[outcome:refused.tcp4]}" \
		"10 10 10" "listener, request, refused"
	total early d_a 'via:early-demux.*'
	ktap_is "loopback, via:early-demux" "$early" 0
	total seen d_b 'seen.*'
	ktap_is "loopback, in the other namespace" "$seen" 0 seen
}

# quiet_veth VALUE: with net.ipv4.ip_early_demux so; it is for IPv6 as well.
quiet_veth() {
	local label="veth, early demux $1" early ehash later

	inside "$a" sysctl -qw net.ipv4.ip_early_demux="$1" || ktap_bail "no ip_early_demux"
	inside "$b" sysctl -qw net.ipv4.ip_early_demux="$1"
	begin
	ktap_test "$label, v4: traffic" everything 10.77.0.1 10.77.0.255 "$b_pid"
	ktap_test "$label, v6: traffic" everything fd77::1 "" "$b_pid"
	finish
	check_books "$label, server" d_a
	check_books "$label, client" d_b
	total early d_a 'via:early-demux.tcp*'
	total ehash d_a 'via:ehash.tcp*'
	total later d_a 'match:established.tcp*' 'match:request.tcp*' 'match:time-wait.tcp*'
	if (($1)); then
		ktap_is "$label, TCP in the established table" "$early+$ehash" "$later+0" "early-demux, ehash"
	else
		ktap_is "$label, TCP in the established table" "$early+$ehash" "0+$later" "early-demux, ehash"
	fi
	ktap_is "$label" "${d_a[Udp.IgnoredMulti]} ${d_a[outcome:ignored.udp4]}" "10 10" "broadcasts, ignored"
}

# count_rules NETNS: a rule before all others counts what reaches INPUT, the witness for UDP under load:
# what iperf3 leaves unread in a socket that it closes, the kernel counts nowhere.
count_rules() {
	inside "$1" nft -f - <<-'EOF'
	table inet witness {
		counter c_tcp { }
		counter c_udp { }
		chain input {
			type filter hook input priority 0;
			meta l4proto tcp counter name c_tcp
			meta l4proto udp counter name c_udp
		}
	}
	EOF
}

# witness VARIABLE NETNS NAME
witness() {
	local line

	line=$(inside "$2" nft list counter inet witness "c_$3") || ktap_bail "no counter $3"
	[[ $line =~ packets\ ([0-9]+) ]]
	printf -v "$1" %s "${BASH_REMATCH[1]}"
}

# is_listening PID PORT
is_listening() {
	local -a row
	local port

	printf -v port ':%04X' "$2"
	while read -ra row; do
		[[ ${row[1]} != *"$port" || ${row[3]} != 0A ]] || return 0
	done <<< "$(cat "/proc/$1/net/tcp" "/proc/$1/net/tcp6")"
	return 1
}

# iperf PID-OF-CLIENT-NETNS OPTIONS...: from there to a, on both CPUs.
iperf() {
	local client=$1 server status
	shift

	ip netns exec "$a" iperf3 -s -1 -p 5201 > "$TPW_TMP/iperf-server" 2>&1 &
	server=$!
	at_exit end_process "$server"
	wait_for 20 is_listening "$a_pid" 5201 || { cat "$TPW_TMP/iperf-server"; return 1; }
	inside "$client" iperf3 -p 5201 "$@"
	status=$?
	wait "$server" || { cat "$TPW_TMP/iperf-server"; return 1; }
	return "$status"
}

# check_load LABEL ARRAY TCP UDP: those that the rules had counted before.
check_load() {
	local label=$1 tcp udp seen_tcp seen_udp

	books_tcp "$label" "$2"
	books_balance "$label" "$2"
	books_loss "$label" "$2"
	witness tcp "$a" tcp
	witness udp "$a" udp
	total seen_tcp "$2" 'seen.tcp*'
	total seen_udp "$2" 'seen.udp*'
	ktap_is "$label, TCP and UDP" "$seen_tcp $seen_udp" "$((tcp - $3)) $((udp - $4))" seen "in INPUT, by nft,"
}

under_load() {
	local tcp udp

	count_rules "$a" || ktap_bail "nft does not work"
	begin
	ktap_test "load on loopback: iperf3 TCP, 2 streams" iperf "$a" -c 127.0.0.1 -P 2 -t 1 -N -l 400
	ktap_test "load on loopback: iperf3 UDP, v6" iperf "$a" -c ::1 -u -b 4M -l 1000 -n 500K
	finish
	check_load "load on loopback" d_a 0 0
	witness tcp "$a" tcp
	witness udp "$a" udp
	begin
	ktap_test "load on veth: iperf3 TCP, v6, 2 streams" iperf "$b" -c fd77::1 -P 2 -t 1 -N -l 400
	ktap_test "load on veth: iperf3 UDP, v4" iperf "$b" -c 10.77.0.1 -u -b 4M -l 1000 -n 500K
	finish
	check_load "load on veth, server" d_a "$tcp" "$udp"
	books_tcp "load on veth, client" d_b
	books_balance "load on veth, client" d_b
}

require_tools ip nft iperf3 sysctl traffic
tpw_prepare
# By kernel and backend, of which there are many, TPW_SHORT leaves the segments out that early demux is kept from.
ktap_plan "$([[ ${TPW_SHORT-} ]] && echo 39 || echo 53)"
tpw_load
netns_add a
netns_add b
netns_join "$a" "$b"

quiet_loopback
quiet_veth 1
[[ ${TPW_SHORT-} ]] || quiet_veth 0
under_load
ktap_finish
