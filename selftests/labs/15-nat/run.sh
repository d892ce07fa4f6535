#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Clients behind a router that translates addresses.

# shellcheck disable=SC2153	# drawn

. "$(dirname "$0")/../lib.sh"

# inner HOST NETWORK: a client behind the router, with address 2 of that network; the router is 1.
inner() {
	lab_host "$1"
	lab_cable router "$2.1/24" "$1" "$2.2/24"
	ip -n "$1" route add default via "$2.1"
}

# connect HOST NETWORK PORT: from the port that was drawn to that port of the server; it stays.
connect() {
	start "$1" "quicknet -b $2.2:$FROM -t 203.0.113.10:$3 -w 600"
	wait_until "$1 has an answer" printed "$started_output" "received\|failed"
	said "$1" "$started_output" 2
}

# foreign PORT: foreign ends on the server of the connections to its port.
foreign() { inside server ss -Htn state established "sport = :$1" | awk '{ print $4 }'; }

# seen PORT: the same, by tuplewatch.
seen() { column server connections foreign "local=203.0.113.10:$1" state=ESTABLISHED; }

address() { sed 's/:[0-9]*$//'; }
port() { sed 's/.*://'; }

lab_begin
lab_host router
lab_host server
lab_cable router 203.0.113.1/24 server 203.0.113.10/24
inner a 192.168.7
inner b 192.168.8
inner c 192.168.9

say "The router forwards, and what leaves by v0 gets its outer address, 203.0.113.1."
on router "sysctl -w net.ipv4.ip_forward=1"
on router "nft add table ip nat; nft add chain ip nat out '{ type nat hook postrouting priority 100; }'"
on router "nft add rule ip nat out oifname v0 masquerade"
start server "serve 203.0.113.10:80"
wait_until "the server listens" has_sockets 1 server -ltn
start server "serve 203.0.113.10:81"
wait_until "both listen" has_sockets 2 server -ltn

say "a and b connect to port 80, both from port $FROM."
connect a 192.168.7 80
fact first-port "$(foreign 80 | port)" "ss -tn on the server" "$(seen 80 | port)"
connect b 192.168.8 80
for ((more = 1; more <= MORE; more++)); do
	start a "quicknet -b 192.168.7.2:$((FROM + more)) -t 203.0.113.10:80 -w 600"
	wait_until "a has an answer" printed "$started_output" "received\|failed"
done
show server "ss -tn"
show b "ss -tn"
fact foreign-addresses "$(foreign 80 | address | sort -u | wc -l)" "ss -tn on the server" "$(seen 80 | address | sort -u | wc -l)"
fact foreign-ports "$(foreign 80 | port | sort -u | wc -l)" "ss -tn on the server" "$(seen 80 | port | sort -u | wc -l)"
fact inside-port "$(inside b ss -Htn state established | awk '{ print $3 }' | port)" "ss -tn on b" \
	"$(column b connections local state=ESTABLISHED | port)"

say "c connects to port 81, from port $FROM too."
connect c 192.168.9 81
fact other-server "$(foreign 81 | port)" "ss -tn on the server" "$(seen 81 | port)"
settle "${netns_pids[router]}"
show router "conntrack -L -p tcp 2> /dev/null | sed 's/  */ /g; s/ mark=.*//; s/ src=/\\n  src=/2'"
fact entries "$(inside router conntrack -L -p tcp 2> /dev/null | grep -c ESTABLISHED)" "conntrack -L"
fact router-sockets "$(sockets router -tan)" "ss -tan on the router" \
	"$( (column router connections local; column router listeners local) | wc -l)"
fact router-segments "$(counter router Tcp.InSegs)" "nstat on the router: TcpInSegs" "$(column router log seq | wc -l)"
show server "tuplewatch log -H | head -n 6"
show b "tuplewatch log -H"
lab_stop "Three tuples outside, three inside. Try: conntrack -L; server ss -tn; a ss -tn; server tuplewatch connections."

say "The server connects to the port that a's connection has outside."
start server "quicknet -t 203.0.113.1:$FROM -w 0"
wait_until "an answer" printed "$started_output" "connected\|failed"
said "the server" "$started_output" 1
if printed "$started_output" refused; then read=refused; else read=connected; fi
settle "${netns_pids[router]}"
fact unasked "$read" "connect()" "$(column router log outcome flags=S | sed 's/handed/connected/')"
if (($(counter router Tcp.InSegs) > 0)); then by=yes; else by=no; fi
fact by-router "$by" "nstat on the router: TcpInSegs $(counter router Tcp.InSegs), TcpOutRsts $(counter router Tcp.OutRsts)" \
	"$(if [[ $(column router log seq flags=S) ]]; then echo yes; else echo no; fi)"
show router "tuplewatch refused"

say "Port 8080 of the router goes to a."
on router "nft add chain ip nat in '{ type nat hook prerouting priority -100; }'"
on router "nft add rule ip nat in iifname v0 tcp dport 8080 dnat to 192.168.7.2"
start a "serve -N a 0.0.0.0:8080"
wait_until "a listens" has_sockets 1 a -ltn
start server "quicknet -t 203.0.113.1:8080 -w 600"
wait_until "an answer" printed "$started_output" "received\|failed"
said "the server" "$started_output" 2
if printed "$started_output" "received a"; then read=connected; else read=refused; fi
show a "ss -tn sport = :8080"
settle "${netns_pids[a]}"
fact forwarded "$read" "what the server's client has received" \
	"$(if [[ $(column a log match flags=S) == listener ]]; then echo connected; else echo refused; fi)"
fact who "$(inside a ss -Htn state established "sport = :8080" | awk '{ print $4 }' | address |
	sed 's/^203.0.113.10$/server/; s/^[0-9].*/router/')" "ss -tn on a" \
	"$(column a connections foreign local=192.168.7.2:8080 | address | sed 's/^203.0.113.10$/server/; s/^[0-9].*/router/')"
fact listeners "$(sockets router -ltn)" "ss -ltn on the router" "$(column router listeners local | wc -l)"
lab_end
