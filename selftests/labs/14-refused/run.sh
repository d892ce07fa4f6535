#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Five ways to be refused, and one more.

# shellcheck disable=SC2153	# drawn

. "$(dirname "$0")/../lib.sh"

# server_on HOST NAME OPTIONS ADDRESS
server_on() {
	start "$1" "serve -N $2 $3 $4"
	output=$started_output
	wait_until "$2 is ready" printed "$output" " ready"
}

# Counters that tell how far a SYN got: it reached TCP, TCP sent a RST, a listener's queue was full.
far() { echo "$(counter server Tcp.InSegs) $(counter server Tcp.OutRsts) $(counter server TcpExt.ListenOverflows)"; }

reached=0 resets=0 found=0

# try KEY TEXT PORT: a client that gives up after six seconds. What it reads is the fact; it is counted how far it got.
try() {
	local key=$1 port=$3 text grew
	local -a before after

	say "$2"
	read -ra before <<< "$(far)"
	text="quicknet -T 6 -w 0 -b $CLIENT:$((port + 40000)) -t $SERVER:$port"
	{ typed client "$text"; } | tell
	# shellcheck disable=SC2086
	inside client $text > "$TPW_TMP/said" 2>&1
	tell < "$TPW_TMP/said"
	settle "${netns_pids[server]}"
	case $(< "$TPW_TMP/said") in
	connected*)    result=connected ;;
	*"timed out"*) result=timeout ;;
	*refused*)     result=refused ;;
	*)             result=$(< "$TPW_TMP/said") ;;
	esac
	read -ra after <<< "$(far)"
	reached=$((reached + (after[0] > before[0])))
	resets=$((resets + (after[1] > before[1])))
	found=$((found + (after[2] > before[2])))
	grew="TcpInSegs +$((after[0] - before[0])), TcpOutRsts +$((after[1] - before[1]))"
	grew+=", TcpExtListenOverflows +$((after[2] - before[2]))"
	fact "$key" "$result" "the client's connect(); nstat: $grew" "$(expected "$port")"
}

# expected PORT: what its client must have read, by tuplewatch's log; a SYN that the firewall keeps is not there.
expected() {
	local ours

	ours=$(column server log outcome "foreign=$CLIENT:$(($1 + 40000))" flags=S | sort -u)
	case $ours in
	refused)    echo refused ;;
	queue-full) echo timeout ;;
	"")         if [[ $1 == "$PORT3" ]]; then echo "$READS"; else echo "$READS2"; fi ;;
	*)          echo connected ;;
	esac
}

# of_syns COLUMN=VALUE: ports of which tuplewatch has such a SYN.
of_syns() { column server log local flags=S "$@" | sort -u | awk -F : -v port="$PORT" '$NF >= port && $NF <= port + 5 { n++ } END { print n + 0 }'; }

lab_begin
lab_server_and_client
lab_host container
lab_cable server 10.0.0.1/24 container 10.0.0.2/24

try nobody "Nobody listens." "$PORT"
server_on server local "" 127.0.0.1:"$PORT1"
try address "Somebody listens, on 127.0.0.1." "$PORT1"
server_on container inner "" 0.0.0.0:"$PORT2"
try netns "Somebody listens on 0.0.0.0, in a namespace of its own." "$PORT2"
server_on server kept "" 0.0.0.0:"$PORT3"
on server "nft add table inet filter; nft add chain inet filter input '{ type filter hook input priority 0; }'"
on server "nft add rule inet filter input tcp dport $PORT3 $RULE"
try reject "A server listens, and the firewall has a rule: $RULE." "$PORT3"
server_on server full "-s -w -b $BACKLOG" 0.0.0.0:"$PORT4"
full=$started full_output=$output
say "A server that never accepts, with a backlog of $BACKLOG: first clients that stay."
start client "quicknet -n $((BACKLOG + 2)) -T 5 -w 600 -t $SERVER:$PORT4"
wait_until "all have tried" printed "$started_output" ^opened
said "quicknet" "$started_output" 2
settle "${netns_pids[server]}"
show server "ss -tln 'sport = :$PORT4'"
read -r _ waiting _ < <(inside server ss -Htln "sport = :$PORT4")
fact room "$waiting" "ss -tln: Recv-Q of the listener; $(awk '$1 == "opened"' "$started_output")" \
	"$(column server listeners queue local=0.0.0.0:"$PORT4")"
try queue "One more client." "$PORT4"
on server "nft add rule inet filter input tcp dport $PORT5 $RULE2"
try drop "Another rule: $RULE2." "$PORT5"

fact reached "$reached" "nstat: TcpInSegs has grown" "$(of_syns)"
fact resets "$resets" "nstat: TcpOutRsts has grown" "$(of_syns outcome=refused)"
fact found "$found" "nstat: TcpExtListenOverflows has grown" "$(of_syns match=listener outcome=queue-full)"
show server "tuplewatch log -H '( sport >= :$PORT and sport <= :$PORT5 )' | sed -n '1,8p'"
show server "tuplewatch refused"
show server "tuplewatch explain tcp $CLIENT:$((PORT2 + 40000)) $SERVER:$PORT2"
show server "head -n 2 /proc/tuplewatch"
show server "nstat -asz TcpInSegs TcpOutRsts TcpExtListenOverflows TcpExtListenDrops | tail -n +2"
lab_stop "All six are still there. Try: tuplewatch explain tcp $CLIENT:50000 $SERVER:$PORT1; nft list ruleset; tcpdump."

say "A client that goes on trying; after its first SYN has been dropped, the server accepts one connection."
drops=$(counter server TcpExt.ListenDrops)
dropped() { (($(counter server TcpExt.ListenDrops) > drops)); }
start client "quicknet -T 20 -w 600 -b $CLIENT:$((PORT + 40006)) -t $SERVER:$PORT4"
wait_until "its SYN is dropped" dropped
kill -USR1 "$(awk '$2 == "ready" { print $3 }' "$full_output")"
wait_until "one is accepted" printed "$full_output" " accept "
wait_until "the client has an answer" printed "$started_output" "connected\|failed"
said "the client" "$started_output" 1
if printed "$started_output" connected; then late=connected; else late=timeout; fi
settle "${netns_pids[server]}"
fact late "$late" "the client's connect()" \
	"$(if [[ $(column server connections state "foreign=$CLIENT:$((PORT + 40006))") == ESTABLISHED ]]; then echo connected; else echo timeout; fi)"
end_process "$full"
lab_end
