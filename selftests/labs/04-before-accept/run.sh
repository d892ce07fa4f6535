#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is there before accept().

. "$(dirname "$0")/../lib.sh"

CONNECTION=(-tn state established dport '=' ":$FROM")

# inode: of the connection, by the kernel's own table: port 500 is 01F4 there, state 01 is ESTABLISHED.
inode() { awk -v from="$(printf :%04X "$FROM")" '$3 ~ from "$" && $4 == "01" { print $10 }' "/proc/${netns_pids[server]}/net/tcp"; }

state() { inside server netstat -atn | awk -v from="$CLIENT:$FROM" '$5 == from { print $6 }'; }

owners() { inside server ss -Hp "${CONNECTION[@]}" | grep -c users:; }

# With `state` ss leaves the column State out.
bytes() { inside server ss -H "${CONNECTION[@]}" | awk '{ print $1 }'; }

has_bytes() { [[ $(bytes) == "$1" ]]; }

# traffic_of_server: all TCP segments that came or went.
traffic_of_server() { echo $(($(counter server Tcp.InSegs) + $(counter server Tcp.OutSegs))); }

connection() { column server connections "$1" "foreign=$CLIENT:$FROM"; }

require_tools tcpdump tshark
lab_begin
lab_server_and_client

say "A server that listens, and calls accept() only when it is told to."
start server "serve -s -w 0.0.0.0:$PORT"
server=$started_output
wait_until "the server is ready" printed "$server" ready
process=$(sed -n 's/^server ready //p' "$server")
capture=${TMPDIR:-/tmp}/lab4.pcap
at_exit rm -f "$capture"
start server "tcpdump -U -i v0 -w $capture tcp"
wait_until "tcpdump listens" printed "$started_output" "listening on"
start client "quicknet -t $SERVER:$PORT -b $CLIENT:$FROM -p $WORD -w 600"
client=$started_output
wait_until "its bytes wait" has_bytes "$LETTERS"
settle "${netns_pids[server]}"
said "the client" "$client" 1
if printed "$client" ^connected; then connected=yes; else connected=no; fi
fact connect "$connected" "the client's connect()"

# What was drawn besides.
if ((MORE)); then
	start client "quicknet -q -n $MORE -t $SERVER:$PORT -w 600"
	wait_until "they are connected" has_sockets $((MORE + 1)) server -tn state established
	settle "${netns_pids[server]}"
fi

say "Nobody has called accept(). What is there?"
show server "netstat -atnp"
show server "ss -tane | sed 's/ cgroup.*//'"
show server "awk 'NR > 1 { print \$2, \$3, \$4, \$10 }' /proc/net/tcp"
show server "tuplewatch connections -p"
fact state "$(state)" "netstat -atn" "$(connection state)"
fact inode "$(inode)" "/proc/net/tcp, column 10" "$(connection inode)"
fact owners-before "$(owners)" "ss -tnp" "$(connection pid | grep -c '^[0-9]')"
fact bytes "$(bytes)" "ss -tn: Recv-Q"
read -r _ queue _ < <(inside server ss -Htln)
fact queue "$queue" "ss -tln: Recv-Q" "$(column server listeners queue local=0.0.0.0:"$PORT")"
before=$(cookie server "${CONNECTION[@]}")
by_tuplewatch=$(connection cookie)
lab_stop "Nobody has accepted the connection yet. kill -USR1 $process lets the server do it; what changes in ss -tnpe?"

say "Now the server calls accept()."
traffic=$(traffic_of_server)
on server "kill -USR1 $process"
wait_until "accept() and read()" printed "$server" read
settle "${netns_pids[server]}"
said "the server" "$server" 2
fact segments "$(($(traffic_of_server) - traffic))" "nstat: TcpInSegs + TcpOutSegs" \
	"$(($(connection segments) - 2))"
after=$(sed -n 's/.* accept .* cookie=\([0-9a-f]*\) .*/\1/p' "$server")
if [[ $after == "$before" ]]; then same=yes; else same=no; fi
if [[ $(connection cookie) == "$by_tuplewatch" ]]; then still=yes; else still=no; fi
fact same-socket "$same" "ss -e before ($before), SO_COOKIE of what accept() returned ($after)" "$still"
fact owners-after "$(owners)" "ss -tnp" "$(connection pid | grep -c '^[0-9]')"
show server "ss -tnpe | sed 's/ cgroup.*//'"
say "Nothing of it is to be seen on the cable: tshark (which is Wireshark without a window) has the handshake, the data" \
	"and an ACK, all from before accept()."
show server "tshark -n -r $capture -T fields -e ip.src -e ip.dst -e tcp.flags.str -e tcp.len 2>/dev/null"
show server "tuplewatch who $CLIENT:$FROM"
lab_end
