#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# TCP and UDP on one port.

. "$(dirname "$0")/../lib.sh"

# may FILE: whether this server could have its port.
may() { if printed "$1" "failed.*in use"; then echo no; else echo yes; fi; }

# bytes FILE: that this server has read.
bytes() { awk '$2 == "read" { n += $3 } END { print n + 0 }' "$1"; }

# server_on NAME MODE: it is in started.
server_on() {
	start server "serve -s -N $1 -m $2 0.0.0.0:$PORT"
	wait_until "$1 is ready or not" printed "$started_output" "ready\|failed"
}

# listens PROTO: by tuplewatch, how many are bound to port $PORT.
listens() { column server listeners local "proto=$1" closed_ns=- | wc -l; }

# payload PROTO: bytes, and segments PROTO: segments, by tuplewatch's log.
payload() { column server log len "proto=$1" | awk '{ n += $1 } END { print n + 0 }'; }
segments() { column server log len "proto=$1" | wc -l; }

lab_begin
lab_server_and_client

say "Two servers on one port."
server_on tcp tcp
tcp=$started tcp_output=$started_output
server_on udp udp
udp=$started udp_output=$started_output
show server "ss -tulnp"
fact both "$(may "$udp_output")" "bind()" "$(if (($(listens udp) == 1)); then echo yes; else echo no; fi)"

say "One client port for both."
start client "quicknet -m tcp -t $SERVER:$PORT -b $CLIENT:$FROM -p $WORD -w 600"
tcp_client=$started
wait_until "the TCP server reads" printed "$tcp_output" read
start client "quicknet -m udp -t $SERVER:$PORT -b $CLIENT:$FROM -p goodbye -w 600"
udp_client=$started
wait_until "the UDP server reads" printed "$udp_output" read

# What was drawn besides.
for ((other = 1; other <= OTHERS; other++)); do
	on client "quicknet -q -u -m udp -p more -b $CLIENT:$((FROM + other)) -t $SERVER:$PORT -w 0"
done
for ((knock = 1; knock <= KNOCKS; knock++)); do
	on client "quicknet -w 0 -t $SERVER:$((PORT + 1))"
done
all_read() { (($(grep -c " read " "$udp_output") == OTHERS + 1)); }
wait_until "the UDP server reads all" all_read
settle "${netns_pids[server]}"
show client "ss -tuan"
show server "netstat -atun"
said "the TCP server" "$tcp_output" 1
said "the UDP server" "$udp_output" 1
show server "tuplewatch log"
if (($(sockets client -tun state established src "$CLIENT:$FROM") == 2)); then same=yes; else same=no; fi
fact same-tuple "$same" "ss -tun on the client" \
	"$(if [[ $(column server log proto "foreign=$CLIENT:$FROM" | sort -u | paste -sd' ') == "tcp udp" ]]; then echo yes; else echo no; fi)"
fact read-by-tcp "$(bytes "$tcp_output")" "what the server read" "$(payload tcp)"
fact segments "$(counter server Tcp.InSegs)" "nstat: TcpInSegs" "$(segments tcp)"
fact datagrams "$(counter server Udp.InDatagrams)" "nstat: UdpInDatagrams" "$(segments udp)"
fact rows "$(inside server netstat -aun | grep -c ESTABLISHED)" "netstat -aun" \
	"$(column server connections local proto=udp | wc -l)"
server_on second udp
said "the second UDP server" "$started_output" 1
fact second-udp "$(may "$started_output")" "bind(): EADDRINUSE" \
	"$(if (($(listens udp) == 1)); then echo no; else echo yes; fi)"
lab_stop "Both servers are there. Try: lsof -n -P -i :$PORT; tuplewatch counters | head; client tuplewatch connections."

say "The UDP server ends."
end_process "$udp_client"
end_process "$udp"
wait_until "UDP port $PORT is free" has_sockets 0 server -lun
start client "quicknet -m udp -t $SERVER:$PORT -p hello -w 600"
wait_until "an answer" printed "$started_output" "failed\|received"
said "the client" "$started_output" 1
case $(< "$started_output") in
*refused*)  answer=refused ;;
*received*) answer=answered ;;
*)          answer=silence ;;
esac
fact without-udp "$answer" "the client's recv(), by ICMP port unreachable; nstat: UdpNoPorts $(counter server Udp.NoPorts)" \
	"$(column server log outcome proto=udp | tail -n 1)"

say "The TCP server ends, and the UDP server comes back."
end_process "$tcp_client"
end_process "$tcp"
wait_until "TCP port $PORT is free" has_sockets 0 server -ltn
server_on udp udp
start client "quicknet -m tcp -t $SERVER:$PORT -w 600"
wait_until "an answer" printed "$started_output" "failed\|connected"
said "the client" "$started_output" 1
if printed "$started_output" refused; then answer=refused; else answer=connected; fi
fact without-tcp "$answer" "the client's connect()" "$(column server log outcome flags=S | tail -n 1)"
show server "tuplewatch refused"
lab_end
