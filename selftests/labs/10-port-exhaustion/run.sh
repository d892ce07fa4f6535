#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ports run out, and what TIME_WAIT has to do with it.

. "$(dirname "$0")/../lib.sh"
PATH=$LAB_DIR:$PATH

# ports FROM: so many ports from there are what clients may have.
ports() { on client "sysctl -w net.ipv4.ip_local_port_range=\"$1 $(($1 + PORTS - 1))\""; }

# connects ARGUMENT...: on the client, to its end; opened is how many.
connects() {
	{ printf '\nclient# connects %s\n' "$*"; } | tell
	inside client connects "$@" > "$TPW_TMP/said" 2>&1
	tell < "$TPW_TMP/said"
	opened=$(awk '$1 == "opened" { print $2 }' "$TPW_TMP/said")
	settle "${netns_pids[client]}"
}

# stay ARGUMENT...: the same in the background, as the connections stay.
stay() {
	start client "connects $*"
	staying=$started
	wait_until "all have tried" printed "$started_output" ^opened
	said connects "$started_output" 3
	opened=$(awk '$1 == "opened" { print $2 }' "$started_output")
}

waiting() { sockets "$1" -tan state time-wait "${@:2}"; }
has_waiting() { (($(waiting "$1") == $2)); }
later() { ((SECONDS >= $1)); }

# established ADDRESS:PORT...: connections that tuplewatch has seen on the client, to these.
established() { local to; for to; do column client connections state "foreign=$to" state=ESTABLISHED; done | wc -l; }

# ever ADDRESS:PORT FROM: SYN-ACKs that the client has got from there for one of these ports.
ever() {
	column client log local "foreign=$1" flags=S. | awk -F : -v from="$2" -v ports="$PORTS" '$2 >= from && $2 < from + ports { n++ } END { print n + 0 }'
}

lab_begin
lab_server_and_client
lab_address server v0 "$SERVER2/24"

# An ACK that the last FIN has overtaken, as happens between two CPUs: TIME_WAIT answers it, the server has forgotten
# the connection and resets, and the RST ends TIME_WAIT.
say "A server that waits for the client to close, and $PORTS ports. No RST shall end a TIME_WAIT early (RFC 1337)."
start server "serve -s -b 256 0.0.0.0:$PORT"
wait_until "the server listens" has_sockets 1 server -ltn
on client "sysctl -w net.ipv4.tcp_rfc1337=1"
ports 20000
connects -c "$TRIES" "$SERVER:$PORT"
first=$opened
connects -c "$MORE" "$SERVER:$PORT"
fact again "$opened" "connect(): EADDRNOTAVAIL"
fact one-server "$first" "connect(): EADDRNOTAVAIL" "$(ever "$SERVER:$PORT" 20000)"
wait_until "all are in TIME_WAIT" has_waiting client "$first"
show client "ss -tan state time-wait | head -n 4"
fact time-wait-client "$(waiting client)" "ss -tan state time-wait" \
	"$(column client connections state state=TIME_WAIT | wc -l)"
fact time-wait-server "$(waiting server)" "ss -tan state time-wait" \
	"$(column server connections state state=TIME_WAIT | wc -l)"
old=$((SECONDS + 2))

say "Another address of that server."
connects -c "$TRIES" "$SERVER2:$PORT"
fact other-server "$opened" "connect()" "$(ever "$SERVER2:$PORT" 20000)"
lab_stop "Every port is used up, twice. Try: client ss -tan -o state time-wait | head; client quicknet -t $SERVER:$PORT."

# What the README says to try at the prompt has changed these.
if [[ ${TPW_LAB_STOP-} == 1 ]]; then
	inside client sysctl -qw net.ipv4.tcp_rfc1337=1
	ports 20000
fi

say "A connection in TIME_WAIT for more than a second may be replaced, if we allow that."
wait_until "they are older than a second" later "$old"
on client "sysctl -w net.ipv4.tcp_tw_reuse=1"
recycled=$(counter client TcpExt.TWRecycled)
connects -c "$MORE" "$SERVER:$PORT"
fact reuse "$opened" "connect(); nstat: TcpExtTWRecycled +$(($(counter client TcpExt.TWRecycled) - recycled))"
on client "sysctl -w net.ipv4.tcp_tw_reuse=2"

say "A server that closes first."
start server "connects -l $((PORT + 1))"
wait_until "it listens" printed "$started_output" ready
ports 21000
connects -s "$TRIES" "$SERVER:$((PORT + 1))"
fact server-first "$opened" "connect()" "$(ever "$SERVER:$((PORT + 1))" 21000)"
there=$(waiting server "sport = :$((PORT + 1))") here=$(waiting client "dport = :$((PORT + 1))")
if ((there > 0 && here == 0)); then side=server; else side=client; fi
fact side "$side" "ss -tan state time-wait: server $there, client $here"
if ((there < opened && opened == TRIES)); then reopened=connected; else reopened=refused; fi
seen=$(column server log relookup "local=$SERVER:$((PORT + 1))" flags=S match=listener relookup=time-wait | wc -l)
fact reopened "$reopened" "$TRIES connections had $there tuples: the others were used again; connect() of all" \
	"$(if ((seen > 0)); then echo connected; else echo refused; fi)"
show server "tuplewatch counters | grep -e time-wait -e ^seen"
show server "tuplewatch log -H sport = :$((PORT + 1)) | grep -B 1 relookup | tail -n 2"

say "bind() with port 0, and connect() then."
ports 22000
stay -b "$PORTS" "$SERVER:$PORT" "$SERVER2:$PORT"
fact bound "$opened" "connect(); bind(): EADDRINUSE" "$(established "$SERVER:$PORT" "$SERVER2:$PORT")"
end_process "$staying"
wait_until "they have gone" has_sockets 0 client -tn state established

say "The same, but connect() may choose the port."
ports 23000
stay -n "$PORTS" "$SERVER:$PORT" "$SERVER2:$PORT"
fact no-port "$opened" "connect()" "$(established "$SERVER:$PORT" "$SERVER2:$PORT")"
show client "ss -Htn | sort -k4 | awk '{ print \$4, \$5 }' | sed -n '1,4p'"
lab_end
