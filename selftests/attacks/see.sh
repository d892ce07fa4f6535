#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What nobody reads of others: of their sockets what /proc/net/tcp and its like tell him, of those that are closed
# nothing, of who was refused nothing, of the numbers of the whole machine nothing. In a container nothing changes in
# any file whatever the host does. With admin_only=1 he opens no file at all.

. "$(dirname "$0")/common.sh"

DIR=/proc/net/tuplewatch
# shellcheck disable=SC2153	# of common.sh
read -ra files <<< "$FILES"
# Set by start_container.
inside=()

# ---- rows

# judge LABEL UID COMMAND...: what who reads by that command is told of others.
judge() {
	local label=$1 said others own told closed unlike known
	shift

	said=$("${@:2}" python3 - "$1" < "$TPW_TESTS/attacks/see.py" 2> "$TPW_TMP/unlike")
	[[ ! -s $TPW_TMP/unlike ]] || ktap_diag "$(< "$TPW_TMP/unlike")"
	for key in others own told closed unlike known; do
		value "$key" "$key" "$said"
	done
	ktap_within "$label: sockets of others" "$others" $((2 * LEAST)) 1000 rows
	ktap_is "$label: columns that say more of them than the kernel's files" "$told" -
	ktap_is "$label: closed ones of others" "$closed" 0
	ktap_is "$label: sockets that are not as in the kernel's files" "$unlike" 0
	ktap_within "$label: sockets of his own" "$own" $LEAST 1000 rows
	ktap_within "$label: what only our files know of them" "$known" $((4 * LEAST)) 10000 cells
}

# Each user has at least so many that are open: see users.c.
LEAST=12

rows() {
	local root_closed

	begin_attack root users 8200 time-wait
	setpriv --reuid 1234 --regid 1234 --clear-groups "$ATTACKS" users 8220 > "$TPW_TMP/user" 2>&1 &
	at_exit end_attack $!
	wait_for 20 is_ready user || ktap_bail "no other user: $(< "$TPW_TMP/user")"
	begin_attack nobody -u users 8240

	root_closed=$(grep -c CLOSED $DIR/listeners)
	ktap_within "root: closed listeners" "$root_closed" 6 100 rows
	judge "nobody" 65534 "${nobody[@]}"
	# He may call himself root and has no right over this network; all others are nobody then.
	judge "nobody, root of users" 0 "${nobody[@]}" unshare -Ur
	ktap_is "rows of refused, as root, as nobody" "$(refused env) $(refused "${nobody[@]}")" "3 0"
	ktap_is "closed sockets that explain names, as root, as nobody" "$(near env) $(near "${nobody[@]}")" "1 0"
	ask_for_rules
	look_before
	ktap_is "nobody's page: closed sockets of root, who was refused, segments of root's sockets" \
		"$("${nobody[@]}" cat /proc/tuplewatch | page)" "0 0 0"
	ktap_within "nobody's page: rows of root's sockets" \
		"$("${nobody[@]}" cat /proc/tuplewatch | grep -c ':820[0-9] .* hidden  hidden$')" 1 50
}

refused() { "$@" grep -c ':82[0-9][0-9] ' $DIR/refused; }

# before PATTERN COMMAND...: rows of what root's rules do to a segment before the lookup.
before() {
	local pattern=$1

	shift
	# shellcheck disable=SC2016	# for the shell in there
	"$@" bash -c 'exec 5<> "$0/explain"; echo "tcp 127.0.0.1:40001 127.0.0.1:8299" >&5; cat <&5' $DIR |
		grep -c "$pattern"
}

# if_read NUMBER: it, or 0 before 5.14, where nobody reads a chain.
if_read() { kernel_is_since 5.14 && echo "$1" || echo 0; }

# What stands in rules is not to be found out by asking.
ask_for_rules() {
	nft add table ip tpwsecret
	nft add chain ip tpwsecret in '{ type filter hook input priority 0; }'
	nft add rule ip tpwsecret in tcp dport 8299 drop
	ktap_is "a chain that drops it: root reads it, nobody does not" \
		"$(before ' input drops' env) $(before ' input decides' "${nobody[@]}")" "$(if_read 2) 2"
	nft delete table ip tpwsecret
}

# Whose rules there are, and which connections NAT translates, is not for everybody.
look_before() {
	local server client

	nft add table ip tpwsecret
	nft add chain ip tpwsecret in '{ type filter hook input priority 0; }'
	nft add rule ip tpwsecret in tcp dport 8298 drop
	nft add chain ip tpwsecret out '{ type nat hook output priority -100; }'
	nft add rule ip tpwsecret out tcp dport 8299 dnat to 127.0.0.1:8297
	nc -l -p 8297 > /dev/null &
	server=$!
	at_exit end_attack $server
	wait_for 20 grep -q '^tcp 0.0.0.0:8297 ' $DIR/listeners
	nc -d -p 40001 127.0.0.1 8299 &
	client=$!
	wait_for 20 grep -q '^tcp 127.0.0.1:8297 127.0.0.1:40001 ' $DIR/connections
	ktap_is "rules that explain names, as root, as nobody" \
		"$(before tpwsecret env) $(before tpwsecret "${nobody[@]}")" "$(if_read 2) 0"
	ktap_is "connections that explain knows to be translated, as root, as nobody" \
		"$(before 'conntrack translates' env) $(before 'conntrack translates' "${nobody[@]}")" "1 0"
	look_at_the_next
	nft delete table ip tpwsecret
}

# A SYN opens an entry anew that has ended, and rules apply to it as to the first: what explain says, and what comes.
look_at_the_next() {
	end_attack $server
	wait $client
	nft flush chain ip tpwsecret out
	nft add rule ip tpwsecret out tcp dport 8299 dnat to 127.0.0.1:8296
	nc -l -p 8296 > /dev/null &
	server=$!
	at_exit end_attack $server
	wait_for 20 grep -q '^tcp 0.0.0.0:8296 ' $DIR/listeners
	ktap_is "an entry that has ended: rules, translations that explain names" \
		"$(before tpwsecret env) $(before 'conntrack translates' env)" "$(if_read 1) 0"
	nc -d -p 40001 127.0.0.1 8299 &
	client=$!
	ktap_test "the next connection goes where the rule says now" \
		wait_for 20 grep -q '^tcp 127.0.0.1:8296 127.0.0.1:40001 ' $DIR/connections
	end_attack $client
	wait $server
}

# near COMMAND...: what is near to a port of root's that has been closed.
near() {
	# shellcheck disable=SC2016	# for the shell in there
	"$@" bash -c 'exec 5<> "$0/explain"; echo "tcp 127.0.0.1:1 127.0.0.1:8207" >&5; cat <&5' $DIR |
		grep -c '^nearest .* closed '
}

# page: of root's sockets, of which each has a port of 8200 to 8209 at one end.
page() {
	awk '
		/^(refused|ignored|queue-full) .*:82/ { refused++ }
		/^Proto / { end = index($0, "Segs") + 3; next }
		end && /:820[0-9] / {
			closed += / CLOSED /
			known += substr($0, 1, end) !~ /hidden$/
		}
		END { print closed + 0, refused + 0, known + 0 }'
}

# ---- facts and hooks

# hits COMMAND...: how many hooks have a number as hits or missed, how many hide both, and of how many.
hits() {
	# shellcheck disable=SC2016	# for awk
	"$@" awk '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && !/^#/ {
			known += $at["hits"] ~ /[0-9]/ || $at["missed"] ~ /[0-9]/
			hidden += $at["hits"] == "hidden" && $at["missed"] == "hidden"
			rows++
		}
		END { print known + 0, hidden + 0, rows + 0 }' $DIR/hooks
}

facts() {
	local of_root total

	of_root=$(hits env)
	total=${of_root##* }
	ktap_is "root: hooks with hits, hidden, in all" "$of_root" "$total 0 $total"
	ktap_is "nobody: hooks with hits, hidden, in all" "$(hits "${nobody[@]}")" "0 $total $total"
	ktap_is "root of a container: hooks with hits, hidden, in all" "$(hits "${inside[@]}")" "0 $total $total"
	# Line 1 has facts of the whole machine.
	"${nobody[@]}" tail -n +2 $DIR/counters > "$TPW_TMP/of-nobody"
	tail -n +2 $DIR/counters > "$TPW_TMP/of-root"
	ktap_is "counters that nobody does not read as root does" \
		"$(diff "$TPW_TMP/of-nobody" "$TPW_TMP/of-root" | grep -c '^>')" 0 "" "of $(wc -l < "$TPW_TMP/of-root"):"
}

# ---- a container

# picture COMMAND...: all that is read there, but for what is the time; the question that it asks is his. Always on
# one CPU, which the answer names.
picture() {
	# shellcheck disable=SC2016	# for the shell in there
	taskset -c 0 "$@" bash -c '
		for file in "${@:2}"; do
			[[ $file == log_pipe ]] || { echo "== $file"; cat "$1/$file"; }
		done
		exec 5<> "$1/explain"
		echo "== answer"
		echo "tcp 127.0.0.1:1 127.0.0.1:8300" >&5
		cat <&5
		echo "== tuplewatch"
		cat /proc/tuplewatch' - $DIR "${files[@]}" |
		sed -E 's/(now_ns|asked_ns|wall_offset_ns)=-?[0-9]+/\1=TIME/g; s/watching [0-9].*$/watching TIME/
			s/[0-9.]+ (ms|s|min|h|d) ago/TIME ago/g; s/oldest [0-9.]+ (ms|s|min|h|d)\>/oldest TIME/g'
}

start_container() {
	begin_attack container -u -c serve 8300 1 2 1
	container=$attack_pid
	inside=("${nobody[@]}" nsenter -t "$container" -U -n --preserve-credentials)
}

container() {
	local changed

	picture "${inside[@]}" > "$TPW_TMP/before"
	picture "${inside[@]}" > "$TPW_TMP/again"
	begin_attack much serve 8300 37 37 5
	attacks explain 1000 "tcp 127.0.0.1:1 127.0.0.1:8300" 37 > /dev/null
	picture "${inside[@]}" > "$TPW_TMP/after"
	# Each time he has asked one question himself.
	changed=$(($(differences again after) - $(differences before again)))
	# What changes by itself may do so once more, or not.
	((changed > 0)) || changed=0
	((changed == 0)) || diff "$TPW_TMP/again" "$TPW_TMP/after" | sed 's/^/# /' | head -n 40
	ktap_is "lines of a container's files that changed with 37 connections of the host" "$changed" 0
	end_attack "$attack_pid"
}

differences() { diff "$TPW_TMP/$1" "$TPW_TMP/$2" | grep -c '^>'; }

# His own uid is what he calls it.
uid_inside() {
	local ours kernels

	# shellcheck disable=SC2016	# for awk
	ours=$("${inside[@]}" awk '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && $at["state"] == "LISTEN" { print $at["uid"] }' $DIR/listeners)
	# shellcheck disable=SC2016
	kernels=$("${inside[@]}" awk '$4 == "0A" { print $8 }' /proc/net/tcp)
	ktap_is "root of a container, uid of his listener" "$ours" "$kernels" "" "/proc/net/tcp says"
	ktap_is "root of a container, uid of his listener" "$ours" 0
}

# ---- no files at all

# opens COMMAND...: how that ends for all files.
opens() {
	local -a paths=("${files[@]/#/$DIR/}" /proc/tuplewatch)

	"$@" "${paths[@]}"
}

closed() {
	local switch=$TPW_PARAMETERS/admin_only nr=$((${#files[@]} + 1))
	local -a as_nobody=(attacks -u open) as_root=(attacks open) as_container=(attacks -u -c open)

	ktap_is "admin_only=0: nobody, all but log, log_pipe and to write filter" "$(opens "${as_nobody[@]}")" \
		"opened=$((nr - 3)) eperm=3 other=0"
	tpw_load_with admin_only=1
	ktap_is "admin_only=1: nobody" "$(opens "${as_nobody[@]}")" "opened=0 eperm=$nr other=0"
	ktap_is "admin_only=1: root of a container" "$(opens "${as_container[@]}")" "opened=0 eperm=$nr other=0"
	ktap_is "admin_only=1: root" "$(opens "${as_root[@]}")" "opened=$nr eperm=0 other=0"
	ktap_test "admin_only can be set by root" eval "echo 0 > $switch" 2>/dev/null
	ktap_is "to 0: nobody" "$(opens "${as_nobody[@]}")" "opened=$((nr - 3)) eperm=3 other=0"
	ktap_test "and again" eval "echo 1 > $switch"
	ktap_is "to 1: nobody" "$(opens "${as_nobody[@]}")" "opened=0 eperm=$nr other=0"
	"${nobody[@]}" bash -c "echo 0 > $switch" 2>/dev/null
	ktap_is "after nobody has tried to set it to 0" "$(< $switch)" Y
}

begin python3 nsenter diff sed tail taskset wc
ktap_plan 38
tpw_load
rows
start_container
facts
container
uid_inside
closed
ktap_finish
