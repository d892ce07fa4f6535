#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How long the chain is that a SYN walks along.

. "$(dirname "$0")/../lib.sh"
PATH=$LAB_DIR:$PATH

# nanoseconds KIND NUMBER: that a SYN takes, with so many sockets of the kind.
nanoseconds() {
	{ printf '\nserver# many %s %s\n' "$1" "$2"; } | tell
	inside server many "$1" "$2" > "$TPW_TMP/said" 2>&1
	tell < "$TPW_TMP/said"
	time=$(sed -n 's/.* \([0-9]*\) ns .*/\1/p' "$TPW_TMP/said")
	[[ $time ]] || ktap_bail "many $1 $2: $(< "$TPW_TMP/said")"
}

# growth KIND NUMBER: a fact. Thousands of sockets more, and the time not even doubled, is flat.
growth() {
	local one growth=flat

	nanoseconds "$1" 1
	one=$time
	nanoseconds "$1" "$2"
	((time < 2 * one)) || growth=linear
	fact "$1" "$growth" "a clock: $one ns a SYN with 1, $time ns with $2"
}

# in_bucket: how many sockets tuplewatch finds in the bucket of 0.0.0.0:8080.
in_bucket() {
	inside server tuplewatch explain tcp 127.0.0.1:50000 127.0.0.1:8080 dev lo |
		sed -n 's/.*0\.0\.0\.0:8080 (any).* \([0-9][0-9]*\) sockets.*/\1/p'
}

# try: through the device that was drawn; result is what the client reads.
try() {
	local host=server

	[[ $FROM == lo ]] || host=client
	{ printf '\n%s# %s\n' "$host" "quicknet -w 0 -t $TO:8080"; } | tell
	inside "$host" quicknet -w 0 -t "$TO:8080" > "$TPW_TMP/said" 2>&1
	tell < "$TPW_TMP/said"
	case $(< "$TPW_TMP/said") in
	connected*)  result=connected ;;
	*refused*)   result=refused ;;
	*)           result=$(< "$TPW_TMP/said") ;;
	esac
	settle "${netns_pids[server]}"
}

# last_syn: what the client must have read, by tuplewatch.
last_syn() { column server log match "local=$TO:8080" flags=S | tail -n 1 | sed 's/listener/connected/; s/none/refused/'; }

# Room for all of them.
lab_parameters=(max_listeners=16384)
lab_begin
lab_server_and_client

say "One socket, then thousands; the time that a SYN to port 8080 takes, on loopback, sending included."
growth ports "$N"
growth addresses "$N"
growth group "$N"
growth connections 2000
growth device "$N"

say "Once more those with the device, to stay."
start server "many -w device $N"
many=$started
wait_until "they are there" printed "$started_output" "a SYN"
show server "ss -tln | head -n 3"
show server "tuplewatch explain tcp 127.0.0.1:50000 127.0.0.1:8080 dev lo | head -n 20"
fact looked-at "$(sockets server -ltn "sport = :8080")" "ss -tln: sockets with that local address and port" "$(in_bucket)"
try
fact answer "$result" "connect()" "$(last_syn)"
lab_stop "$N listeners are there, and none of them for lo. Try: tuplewatch explain tcp 127.0.0.1:50000 127.0.0.1:8080 dev lo."
end_process "$many"
wait_until "they have gone" has_sockets 0 server -ltn

say "One without a device first: it comes to the end of the chain."
start server "serve -r 0.0.0.0:8080"
wait_until "it listens" has_sockets 1 server -ltn
start server "many -w device $N"
wait_until "they are there" printed "$started_output" "a SYN"
try
fact last "$result" "connect()" "$(last_syn)"
lab_end
