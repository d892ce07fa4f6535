#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tuplewatch events: what closes is told once, by the cookie that its owner says it has, or it is counted.

. "$(dirname "$0")/reader.sh"

CLIENTS=60
# Rows of a table that is too small for what comes, and how many that is
ROOM=64
MANY=400
# More than have room at a time
HELD=60

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid=''

# start_events NAME ARGUMENT...: it has taken its first look when it says so; its process in events_pid
start_events() {
	local name=$1
	shift

	# what it writes first, facts or titles, comes with its first look
	"$READER" -N "$a_pid" events -d 0.1 "$@" > "$TPW_TMP/$name" 2> "$TPW_TMP/$name.err" &
	events_pid=$!
	at_exit kill_quietly "$events_pid"
	wait_for 20 test -s "$TPW_TMP/$name" || ktap_bail "events does not begin: $(< "$TPW_TMP/$name.err")"
}

end_events() {
	kill -INT "$events_pid"
	wait "$events_pid"
	events_status=$?
}

# both_ended NAME NUMBER: whether so many clients and as many of their servers have said their cookies
both_ended() { (($(grep -c '^connection' "$TPW_TMP/$1") == $2 && $(grep -c '^accepted' "$TPW_TMP/server") >= $2)); }

# No connection of the server is open any more.
none_open() { ! in_netns "$a_pid" grep -q ' 0[1-9AB] ' <(in_netns "$a_pid" sed '1d;/:1B9E 00000000:0000 0A/d;/ 06 /d' /proc/net/tcp); }

test_told() {
	start_events told -j
	in_netns "$a_pid" "$READER_DIR/peer" connect 127.0.0.1 7070 $CLIENTS > "$TPW_TMP/clients"
	wait_for 10 both_ended clients $CLIENTS || ktap_bail "not all connections were accepted"
	wait_for 10 none_open || ktap_bail "connections stay open"
	end_events
	same "events, cookies" "$(jq -r 'select(.cookie) | .cookie' "$TPW_TMP/told" | sort)" \
		"$( (words clients connection cookie; words server accepted cookie) | sort)"
	ktap_is "events, in the order of time" "$(jq -r 'select(.cookie) | .closed_ns' "$TPW_TMP/told" | sort -nc 2>&1)" ""
	ktap_is "events, the sum and the exit status" "$(< "$TPW_TMP/told.err") $events_status" \
		"tuplewatch: $((2 * CLIENTS)) closed, 0 lost 0"
}

test_filtered() {
	start_events filtered dport = :7070
	in_netns "$a_pid" "$READER_DIR/peer" connect 127.0.0.1 7070 5 > "$TPW_TMP/clients"
	wait_for 10 none_open || ktap_bail "connections stay open"
	end_events
	same "events, a filter" "$(awk 'NR > 1 { print $3, $4, $5 }' "$TPW_TMP/filtered" | sort)" \
		"$(words clients connection port | sed 's/.*/127.0.0.1:& 127.0.0.1:7070 client/' | sort)"
	ktap_is "events, what the filter held back" "$(< "$TPW_TMP/filtered.err")" "tuplewatch: 10 closed, 5 shown, 0 lost"
}

test_pipe() {
	local began_s=$EPOCHSECONDS

	( (in_netns "$a_pid" timeout 20 "$READER" events -d 0.1; echo $? > "$TPW_TMP/piped") | head -n 1 > /dev/null)
	in_netns "$a_pid" "$READER_DIR/peer" connect 127.0.0.1 7070 1 > /dev/null
	ktap_test "events, ends with its reader" wait_for 10 test -s "$TPW_TMP/piped"
	ktap_is "events, in time" "$((EPOCHSECONDS - began_s < 19))" 1
}

# Closed ones leave the table before it is read again: all are told or counted.
test_small() {
	tpw_rmmod && tpw_load_with log_records=8192 max_connections=$ROOM
	start_events small -j -d 0.2
	in_netns "$a_pid" "$READER_DIR/peer" connect 127.0.0.1 7070 $MANY > "$TPW_TMP/many"
	wait_for 10 none_open || ktap_bail "connections stay open"
	end_events
	told=$(jq -s 'map(select(.cookie)) | length' "$TPW_TMP/small")
	lost=$(jq -s 'map(.lost // 0) | add' "$TPW_TMP/small")
	ktap_diag "$told told, $lost counted"
	ktap_is "a small table, told and counted" "$((told + lost))" $((2 * MANY))
	ktap_is "a small table, some are counted" "$((lost > 0 && told > 0))" 1
	ktap_is "a small table, the sum" "$(< "$TPW_TMP/small.err")" \
		"tuplewatch: $told closed, $lost lost; the table was full, so there may be more of UDP"
}

# What has no row when it closes, and came and went between two readings, is counted by the module alone: clients that
# end with RST get no segment more, from which they would have a row again.
test_rowless() {
	start_events rowless -j -d 60
	in_netns "$a_pid" python3 - $HELD <<-'EOF' || ktap_bail "no connections"
	import socket, struct, sys
	listener = socket.create_server(("127.0.0.1", 7071), backlog=256)
	pairs = [(socket.create_connection(("127.0.0.1", 7071)), listener.accept()) for _ in range(int(sys.argv[1]))]
	for client, _ in pairs:
	    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
	    client.close()
	EOF
	wait_for 10 none_open || ktap_bail "connections stay open"
	end_events
	told=$(jq -s 'map(select(.cookie)) | length' "$TPW_TMP/rowless")
	lost=$(jq -s 'map(.lost // 0) | add' "$TPW_TMP/rowless")
	ktap_is "more open than have a row, told and counted" "$((told + lost))" $((2 * HELD))
	ktap_is "more open than have a row, some had none" "$((lost >= 2 * HELD - ROOM))" 1
}

require_tools ip jq nsenter awk timeout python3
tpw_prepare
tpw_load_with log_records=8192
netns_add a
start_peer server "$a_pid" listen 127.0.0.1 7070
ktap_plan 12
test_told
test_filtered
test_pipe
test_small
test_rowless
ktap_finish
