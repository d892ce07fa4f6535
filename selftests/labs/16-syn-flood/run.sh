#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A SYN flood, and cookies.

. "$(dirname "$0")/../lib.sh"
PATH=$LAB_DIR:$PATH

# listen PORT: with the backlog.
listen() {
	start server "serve -s -b $BACKLOG 0.0.0.0:$1"
	wait_until "it listens on $1" has_sockets 1 server -ltn "sport = :$1"
}

half_open() { sockets server -tn state syn-recv "sport = :$1"; }

# flood ARGUMENT...: returns when everything has come; honest is what the honest client has read, if there was one.
flood() {
	{ printf '\nclient# flood %s\n' "$*"; } | tell
	inside client flood "$@" > "$TPW_TMP/said" 2>&1
	tell < "$TPW_TMP/said"
	case $(< "$TPW_TMP/said") in
	*connected)    honest=connected ;;
	*"timed out") honest=timeout ;;
	*)             honest=none ;;
	esac
	settle "${netns_pids[server]}"
}

# grew COUNTER: since snap.
declare -A was
snap() { local name; for name in "${counters[@]}"; do was[$name]=$(counter server "$name"); done; }
grew() { echo $(($(counter server "$1") - was[$1])); }
counters=(Tcp.InSegs Tcp.OutRsts Tcp.PassiveOpens TcpExt.TCPReqQFullDrop TcpExt.SyncookiesSent TcpExt.SyncookiesRecv
	TcpExt.SyncookiesFailed)

# found_by_ack: what an honest client's ACK has found, since snap: a good cookie is counted at the listener.
found_by_ack() {
	if (($(grew Tcp.PassiveOpens) != 1)); then echo nothing
	elif (($(grew TcpExt.SyncookiesRecv) > 0)); then echo listener
	else echo request
	fi
}

# matched PORT: the same by tuplewatch: the ACKs to that port that found a listener or a request.
matched() { column server log match "local=$SERVER:$1" flags=. | grep -m 1 -e listener -e request; }

# of_listener PORT COLUMN
of_listener() { column server listeners "$2" "local=0.0.0.0:$1" state=LISTEN; }

lab_begin
lab_server_and_client
ip -n server route add 10.9.0.0/16 via "$CLIENT"

say "SYNs by hand ($FIRST), and an ordinary client."
on server "sysctl -w net.ipv4.tcp_syncookies=1"
listen "$PORT"
flood "$FIRST" "$SERVER:$PORT"
show server "ss -tan"
fact one-syn "$(half_open "$PORT")" "ss -tn state syn-recv" \
	"$(column server log match "local=$SERVER:$PORT" flags=S | grep -c listener)"
snap
flood -c 10 0 "$SERVER:$PORT"
fact third-ack "$(found_by_ack)" "nstat: TcpPassiveOpens +1, TcpExtSyncookiesRecv +0" "$(matched "$PORT")"

say "No cookies. A backlog of $BACKLOG; $FORGED forged SYNs, then an honest client that gives up after two seconds."
on server "sysctl -w net.ipv4.tcp_syncookies=0"
listen $((PORT + 1))
snap
flood -c 2 "$FORGED" "$SERVER:$((PORT + 1))"
fact half-open "$(($(grew Tcp.InSegs) - $(grew TcpExt.TCPReqQFullDrop)))" \
	"nstat: TcpInSegs $(grew Tcp.InSegs), less TcpExtTCPReqQFullDrop $(grew TcpExt.TCPReqQFullDrop)" \
	"$(of_listener $((PORT + 1)) requests)"
fact without "$honest" "its connect()" "$(if (($(of_listener $((PORT + 1)) children) == 0)); then echo timeout; else echo connected; fi)"

say "Cookies, when the queue is full."
on server "sysctl -w net.ipv4.tcp_syncookies=1"
listen $((PORT + 2))
snap
flood -c 10 "$FORGED" "$SERVER:$((PORT + 2))"
show server "ss -tan state syn-recv sport = :$((PORT + 2)) | head -n 4"
show server "nstat -asz TcpExtSyncookiesSent TcpExtSyncookiesRecv TcpExtTCPReqQFullDoCookies | tail -n +2"
show server "tuplewatch listeners -e sport = :$((PORT + 2))"
fact with "$honest" "its connect()" "$(if (($(of_listener $((PORT + 2)) children) == 0)); then echo timeout; else echo connected; fi)"
fact cookies "$(grew TcpExt.SyncookiesSent)" "nstat: TcpExtSyncookiesSent" "$(of_listener $((PORT + 2)) cookies_sent)"
fact good "$(grew TcpExt.SyncookiesRecv)" "nstat: TcpExtSyncookiesRecv" "$(of_listener $((PORT + 2)) cookies_ok)"
fact cookie-ack "$(found_by_ack)" "nstat: TcpPassiveOpens +1, TcpExtSyncookiesRecv +1" "$(matched $((PORT + 2)))"
show server "tuplewatch log -H src = $SERVER and dst = $CLIENT"
lab_stop "The flood is over. Try: ss -tan state syn-recv; tuplewatch listeners -e; client flood 50 $SERVER:$((PORT + 2))."

say "Cookies always."
on server "sysctl -w net.ipv4.tcp_syncookies=2"
listen $((PORT + 3))
flood "$ALWAYS" "$SERVER:$((PORT + 3))"
fact rows "$(half_open $((PORT + 3)))" "ss -tn state syn-recv" "$(of_listener $((PORT + 3)) requests)"
snap
flood -a "$ACKS" "$SERVER:$((PORT + 3))"
if (($(grew Tcp.OutRsts) == ACKS && $(grew Tcp.PassiveOpens) == 0)); then become=reset; else become=connected; fi
fact forged "$become" "nstat: TcpOutRsts +$(grew Tcp.OutRsts), TcpPassiveOpens +$(grew Tcp.PassiveOpens)" \
	"$(if (($(of_listener $((PORT + 3)) children) == 0)); then echo reset; else echo connected; fi)"
fact failed "$(grew TcpExt.SyncookiesFailed)" "nstat: TcpExtSyncookiesFailed" "$(of_listener $((PORT + 3)) cookies_bad)"
show server "tuplewatch listeners -e sport = :$((PORT + 3))"
lab_end
