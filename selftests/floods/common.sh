# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the floods share: a server, a host that sends whatever it likes to it, and the books of each flood.
#
#	a [v0 10.77.0.1, fd77::1] -------- [v0 10.77.0.2, fd77::2] b
#
# b sends from addresses that nobody has; answers to them go back to b, which drops them. TPW_LONG=1: all numbers
# in full. SEED= repeats a run.
#
# Functions fill arrays that their caller names.
# shellcheck disable=SC2034,SC2154

. "$(dirname "${BASH_SOURCE[0]}")/../lib/tpw.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../lib/books.sh"

SEED=${SEED:-$((SRANDOM % 1000000))}
SERVER_MAC=02:00:00:00:77:01

# Lines of the kernel's log that a flood may cost, all told: it says once that there is one, and once a listener.
LINES_MOST=16

# Set by netns_add.
a='' a_pid='' b='' b_pid=''
declare -A before now d sent

# in_netns PID SETTING...: sysctls of that namespace.
in_netns() {
	local pid=$1
	shift

	nsenter -t "$pid" -n sysctl -qw "$@" || ktap_bail "no sysctl $*"
}

# All ways lead to b, which has no answer to anything but the handshakes of its own connections.
make_place() {
	local mac

	netns_add a
	netns_add b
	netns_join "$a" "$b"
	ip -n "$a" link set v0 address "$SERVER_MAC"
	mac=$(ip -n "$b" -o link show v0 | sed 's/.*ether \([^ ]*\).*/\1/')
	ip -n "$a" -batch - <<-EOF || ktap_bail "no way back"
	neigh replace 10.77.0.2 lladdr $mac dev v0 nud permanent
	neigh replace fd77::2 lladdr $mac dev v0 nud permanent
	route add default via 10.77.0.2
	EOF
	ip -n "$a" -6 route add default via fd77::2 || ktap_bail "no way back, IPv6"
	ip -n "$b" -batch - <<-EOF || ktap_bail "no way there"
	neigh replace 10.77.0.1 lladdr $SERVER_MAC dev v0 nud permanent
	neigh replace fd77::1 lladdr $SERVER_MAC dev v0 nud permanent
	EOF
	inside "$b" nft -f - <<-'EOF' || ktap_bail "nft does not work"
	table inet quiet {
		chain input {
			type filter hook input priority 0;
			meta l4proto tcp tcp flags & syn == 0 drop
		}
	}
	EOF
	# Somebody at INPUT, so that arrivals are counted.
	inside "$a" nft 'table inet open { chain input { type filter hook input priority 0; }; }' ||
		ktap_bail "nft does not work"
	netns_counts_arrivals "$a_pid"
	in_netns "$a_pid" net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.v0.rp_filter=0 net.ipv4.tcp_synack_retries=0
}

serves() { grep -qs ready "$TPW_TMP/server"; }

start_server() {
	local pid

	ip netns exec "$a" "$TPW_TESTS/floods/floods" serve > "$TPW_TMP/server" 2>&1 &
	pid=$!
	at_exit end_process "$pid"
	wait_for 20 serves || ktap_bail "no server: $(< "$TPW_TMP/server")"
}

# make_room: no frame is lost in the queue of a CPU, where nobody would see it.
make_room() {
	local was

	was=$(sysctl -n net.core.netdev_max_backlog)
	at_exit sysctl -qw net.core.netdev_max_backlog="$was"
	sysctl -qw net.core.netdev_max_backlog=1000000 || ktap_bail "no room for a million frames"
}

# begin: the module afresh, the place, the server.
begin() {
	tpw_prepare
	tpw_load
	make_room
	make_place
	start_server
	echo "# seed $SEED"
}

# arrivals VARIABLE: how many frames a got, and how many were lost in a queue before.
arrivals() {
	local -a lines row

	mapfile -t lines < "/proc/$a_pid/net/dev"
	for line in "${lines[@]}"; do
		[[ $line == *v0:* ]] || continue
		read -ra row <<< "${line#*v0:}"
		printf -v "$1" '%s %s' "${row[1]}" "${row[3]}"
	done
}

# input VARIABLE: a text that changes with each frame that comes, and each datagram that is read.
input() {
	local -n input_to=$1
	local -a lines
	local line

	arrivals "$1"
	mapfile -t lines < "/proc/$a_pid/net/snmp"
	for line in "${lines[@]}"; do
		[[ $line != Udp:* ]] || input_to+=$line
	done
	mapfile -t lines < "/proc/$a_pid/net/snmp6"
	for line in "${lines[@]}"; do
		[[ $line != Udp6In* ]] || input_to+=$line
	done
}

# All that was sent has been counted, and read.
settle_input() {
	local -i until=$((SECONDS + 30 * ${TPW_PATIENCE:-1}))
	local last='' this

	while input this; [[ $this != "$last" ]]; do
		((SECONDS <= until)) || ktap_bail "the flood does not end"
		last=$this
		tpw_pause 0.2
	done
}

# read_facts ARRAY FILE: held and max of its line 1, as ARRAY[FILE.held].
read_facts() {
	local -n facts_to=$1
	local -a words
	local word

	read -ra words < "/proc/$a_pid/net/tuplewatch/$2"
	for word in "${words[@]}"; do
		[[ $word != @(held|max)=* ]] || facts_to[$2.${word%=*}]=${word#*=}
	done
}

# state ARRAY: everything that a flood could change.
state() {
	local -n state_to=$1
	local frames

	snapshot "$1" "$a_pid"
	arrivals frames
	read -r "state_to[frames]" "state_to[lost]" <<< "$frames"
	read_facts "$1" connections
	read_facts "$1" listeners
	state_to[refused.max]=64
	state_to[refused.held]=$(grep -c '^\(tcp\|udp\)' "/proc/$a_pid/net/tuplewatch/refused")
	state_to[memory]=$(nsenter -t "$a_pid" -n sed -n 's/.*memory \([^ ]*.*\)$/\1/p' /proc/tuplewatch)
	read -r "state_to[SyncookiesSent]" "state_to[aborts]" < <(awk '
		/^TcpExt:/ && !n { n = split($0, name); next }
		/^TcpExt:/ {
			for (i = 1; i <= n; i++)
				value[name[i]] = $i
			print value["SyncookiesSent"], value["TCPAbortOnClose"] + value["TCPAbortOnData"]
		}' "/proc/$a_pid/net/netstat")
	state_to[cookies_sent]=$(awk '
		NR == 2 { for (i = 1; i <= NF; i++) if ($i == "cookies_sent") column = i }
		NR > 2 { sum += $column }
		END { print sum + 0 }' "/proc/$a_pid/net/tuplewatch/listeners")
	state_to[dmesg]=$(dmesg | wc -l)
}

# open_books: what was there before is what the flood before left.
open_books() {
	local key

	((${#now[@]})) || { settle_input; state now; }
	before=()
	for key in "${!now[@]}"; do
		before[$key]=${now[$key]}
	done
}

# close_books NAME=NR...: with what the sender said.
close_books() {
	local word key

	settle_input
	state now
	delta d now before
	# What did not change is most of it, and would cost most of the time.
	for key in "${!d[@]}"; do
		((d[$key])) || unset "d[$key]"
	done
	sent=()
	for word; do
		sent[${word%%=*}]=${word#*=}
	done
}

# flood KIND FAMILY NR: what was sent is in sent, what came of it in d.
flood() {
	local said

	open_books
	said=$(inside "$b" "$TPW_TESTS/floods/floods" send v0 "$1" "$2" "$3" "$SEED") || ktap_bail "cannot send $1"
	# shellcheck disable=SC2086	# words
	close_books $said
	((++SEED))
}

# check_arithmetic LABEL: of what the kernel counted.
check_arithmetic() {
	local loss

	books_tcp "$1" d
	books_udp "$1" d
	books_balance "$1" d
	total loss d 'unresolved.*' 'unlogged.*' unwatched
	ktap_is "$1, unresolved, unlogged, unwatched" "$loss" 0
}

# check_resets LABEL: each RST that the kernel sent to answer a segment. One that a process sends by closing what it
# has no use for answers none; the kernel counts such a close where it sends none either.
check_resets() {
	local told aborts=${d[aborts]-0}

	total told d 'outcome:refused.tcp*' 'outcome:reset.*' 'reset-later.*'
	ktap_within "$1, answered with RST: told $told, closed with $aborts, OutRsts" "${d[Tcp.OutRsts]-0}" "$told" \
		$((told + aborts)) RSTs
}

# check_sent LABEL: each that was sent was seen.
check_sent() {
	local tcp udp

	total tcp d 'seen.tcp*'
	total udp d 'seen.udp*'
	ktap_is "$1, lost before, TCP, UDP" "${d[lost]-0} $tcp $udp" "0 ${sent[tcp]} ${sent[udp]}" seen sent
}

# check_taken LABEL WANT
check_taken() { ktap_is "$1" "${d[taken]-0}" "$(($2))" taken; }

# check_bounds LABEL: memory does not grow, tables have an end, and the kernel's log is quiet.
check_bounds() {
	local file what="$1, memory, connections, listeners, refused" rows most

	for file in connections listeners refused; do
		rows+=" ${now[$file.held]}"
		most+=" ${now[$file.max]}"
		((now[$file.held] <= now[$file.max])) || what+=", too many $file"
	done
	if [[ $what != *"too many"* && ${now[memory]} == "${before[memory]}" ]]; then
		ktap_pass "$what: ${now[memory]}$rows, at most ${before[memory]}$most"
	else
		ktap_fail "$what: ${now[memory]}$rows, at most ${before[memory]}$most"
	fi
	ktap_within "$1, kernel's log" "$((now[dmesg] - before[dmesg]))" 0 "$LINES_MOST" lines
}
