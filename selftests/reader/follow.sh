#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tuplewatch follow: every row of the log once, or told as lost where it is missing; lines of 100 columns; colours on a
# terminal only.

. "$(dirname "$0")/reader.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before after d

traffic_in_a() { in_netns "$a_pid" "$TPW_TESTS/basic/traffic" "$@"; }

logged_since() {
	settle "$a_pid"
	snapshot after "$a_pid"
	delta d after before
	logged=0
	total logged d 'logged.*'
}

test_all() {
	snapshot before "$a_pid"
	start_follow all "$a_pid" -j -H
	traffic_in_a tcp 127.0.0.1 7001 5 5
	traffic_in_a udp ::1 7002 50
	logged_since
	end_follow "$follow_pid"
	ktap_is "rows" "$(jq -s length "$TPW_TMP/all")" "$logged" "" logged
	ktap_is "summary" "$(summary all read) $(summary all lost)" "$logged 0"
	ktap_is "exit status" "$follow_status" 0
	ktap_is "rows, by what jq reads in them" "$(jq -s 'map(select(.proto == "udp6" and .local_address == "::1" and
		.local_port == 7002 and .via == "udp-addr" and .match == "bound" and .outcome == "handed" and
		.reason == null and .mods == [])) | length' "$TPW_TMP/all")" 50
}

# It is stopped until more has come than the log can hold.
test_lost() {
	tpw_load_with log_records=128
	snapshot before "$a_pid"
	start_follow lost "$a_pid" -j -H
	traffic_in_a udp 127.0.0.1 7002 10
	wait_for 20 test -s "$TPW_TMP/lost" || ktap_bail "no rows"
	kill -STOP "$follow_pid"
	traffic_in_a udp 127.0.0.1 7002 2000
	kill -CONT "$follow_pid"
	traffic_in_a udp 127.0.0.1 7002 10
	logged_since
	end_follow "$follow_pid"
	read -r rows lost < <(jq -s '"\(map(select(.seq)) | length) \(map(.lost // 0) | add)"' -r "$TPW_TMP/lost")
	ktap_within "rows lost" "$lost" 1 2000 lost
	ktap_is "rows and lost" "$rows+$lost=$((rows + lost))" "$rows+$lost=$logged" "" logged
	ktap_is "rows and lost, in the summary" "$(summary lost read) $(summary lost lost)" "$rows $lost"
	ktap_test "lost rows are told where they are missing" lost_in_place
	tpw_load_with log_records=16384
}

# Ctrl-C when it is far behind: all that came before is read.
test_tail() {
	snapshot before "$a_pid"
	start_follow tail "$a_pid" -j -H
	kill -STOP "$follow_pid"
	traffic_in_a udp ::1 7002 1000
	logged_since
	kill -INT "$follow_pid"
	kill -CONT "$follow_pid"
	wait "$follow_pid"
	ktap_is "ended far behind, rows" "$(wc -l < "$TPW_TMP/tail") $(summary tail read) $(summary tail lost)" \
		"$logged $logged 0"
}

# Behind a remark the numbers of a CPU go on above those before it.
lost_in_place() {
	jq -s 'map(has("lost")) | index(true) as $i | $i > 0 and $i < length - 1' "$TPW_TMP/lost" | grep -qx true
}

test_filter() {
	snapshot before "$a_pid"
	start_follow filtered "$a_pid" -H outcome = refused and dst 127.0.0.0/8
	traffic_in_a tcp 127.0.0.1 7001 3 3
	traffic_in_a refused 127.0.0.1 7003 7
	traffic_in_a refused ::1 7003 3
	logged_since
	end_follow "$follow_pid"
	ktap_is "filter, rows" "$(grep -c ' refused$' "$TPW_TMP/filtered") $(wc -l < "$TPW_TMP/filtered")" "7 7"
	ktap_is "filter, summary" "$(summary filtered read) $(summary filtered shown)" "$logged 7"
	start_follow count "$a_pid" -c 3 -HO
	traffic_in_a refused 127.0.0.1 7003 7
	wait "$follow_pid"
	ktap_is "-c, rows" "$(wc -l < "$TPW_TMP/count")" 3
}

# The session that we run in is a connection like any other: its segments are shown too.
test_ssh() {
	local port mine_pid own

	start_peer server "$a_pid" listen 127.0.0.1 7022
	start_peer mine "$a_pid" connect 127.0.0.1 7022 1 hold=1 turns=3
	mine_pid=$peer_pid
	read -r port < <(words mine connection port)
	settle "$a_pid"
	snapshot before "$a_pid"
	SSH_CONNECTION="127.0.0.1 $port 127.0.0.1 7022" start_follow session "$a_pid" -j -H
	end_process "$mine_pid"
	traffic_in_a udp 127.0.0.1 7002 5
	logged_since
	end_follow "$follow_pid"
	own=$(jq -s "map(select(.foreign_port == $port and .local_port == 7022)) | length" "$TPW_TMP/session")
	ktap_within "SSH session, segments of it" "$own" 1 100 rows
	ktap_is "SSH session, rows" "$(wc -l < "$TPW_TMP/session")" "$logged" "" logged
	ktap_is "SSH session, summary" "$(< "$TPW_TMP/session.err")" "tuplewatch: $logged rows read, 0 lost"
	timeout 20 "$READER" -N "$a_pid" follow --ssh > "$TPW_TMP/option" 2>&1
	ktap_is "--ssh is no option, exit status" "$?" 2
}

test_people() {
	start_peer group "$a_pid" listen 127.0.0.1 7030 members=2
	start_follow people "$a_pid"
	in_netns "$a_pid" "$READER_DIR/peer" connect 127.0.0.1 7030 5 > /dev/null
	traffic_in_a tcp ::1 7001 2 2
	traffic_in_a refused 127.0.0.1 7003 1
	settle "$a_pid"
	end_follow "$follow_pid"
	ktap_is "people, members of a group" "$(grep -c 'reuseport=[12]/2:hash$' "$TPW_TMP/people")" 5
	ktap_is "people, lines wider than 100" "$(awk 'length > 100' "$TPW_TMP/people" | wc -l)" 0
	ktap_is "people, escapes without a terminal" "$(grep -c $'\033' "$TPW_TMP/people")" 0
	: > "$TPW_TMP/typescript"
	TERM=xterm script -qfec "$READER -N $a_pid follow -c 1 outcome = refused" "$TPW_TMP/typescript" \
		< /dev/null > /dev/null 2>&1 &
	follow_pid=$!
	wait_for 20 said typescript 'Ctrl-C ends'
	traffic_in_a refused 127.0.0.1 7003 1
	wait "$follow_pid"
	ktap_is "terminal, refused in red" "$(grep -c $'\033\[31mrefused\033\[0m' "$TPW_TMP/typescript")" 1
}

# The rules of the namespace, which hold for all readers
test_rules() {
	reader "$a_pid" filter proto=udp lport!=7005 > "$TPW_TMP/rules"
	ktap_is "rules, set and shown" "$(< "$TPW_TMP/rules") = $(reader "$a_pid" filter)" \
		"proto=udp lport!=7005 = proto=udp lport!=7005"
	start_follow ruled "$a_pid" -j -H
	traffic_in_a tcp 127.0.0.1 7001 1 1
	traffic_in_a udp 127.0.0.1 7005 4
	traffic_in_a udp 127.0.0.1 7006 3
	settle "$a_pid"
	end_follow "$follow_pid"
	ktap_is "rules, said at the start" "$(head -n 1 "$TPW_TMP/ruled.err")" \
		"tuplewatch: a filter is in force, no other segments are logged: proto=udp lport!=7005"
	ktap_is "rules, rows" \
		"$(jq -s 'map(select(.local_address == "127.0.0.1" and .local_port == 7006)) | length' "$TPW_TMP/ruled") $(
		wc -l < "$TPW_TMP/ruled")" "3 3"
	reader "$a_pid" filter proto=udp port=80,x > "$TPW_TMP/rules" 2> "$TPW_TMP/rules.err"
	ktap_is "rules, a wrong word" "$? $(< "$TPW_TMP/rules.err")" "2 tuplewatch: filter: port=80,x: \"x\" $(
		)is neither a port nor a range such as 8000-8100; the old rules stay"
	ktap_is "rules, the old ones" "$(reader "$a_pid" filter)" "proto=udp lport!=7005"
	ktap_is "rules, of all namespaces" "$("$READER" filter -HN all | grep "^ *$(stat -Lc %i "/proc/$a_pid/ns/net")" |
		sed 's/.*[0-9] proto/proto/')" "proto=udp lport!=7005"
	ktap_is "rules, none" "$(reader "$a_pid" filter all)" all
}

require_tools ip jq script traffic nsenter
tpw_prepare
ktap_plan 27
tpw_load_with log_records=16384
netns_add a
test_all
test_tail
test_lost
test_filter
test_ssh
test_people
test_rules
ktap_finish
