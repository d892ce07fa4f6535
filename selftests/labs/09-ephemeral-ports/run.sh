#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Port 0 and the ephemeral range.

# shellcheck disable=SC2153	# drawn

. "$(dirname "$0")/../lib.sh"

# odd: how many of the numbers on stdin are.
odd() { awk '$1 % 2 { n++ } END { print n + 0 }'; }

# connected_ports ADDRESS: the client's, of its connections to that address.
connected_ports() { inside client ss -Htn state established dst "$1" | awk '{ sub(/.*:/, "", $3); print $3 }'; }

# seen_ports ADDRESS: the same, by tuplewatch.
seen_ports() { column client connections local state=ESTABLISHED "foreign=$1:$PORT" | sed 's/.*://'; }

# as_nobody COMMAND...: on the server, without root's rights.
as_nobody() { inside server env PATH=/usr/bin:/bin setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$@"; }

# may_bind: whether nobody may have port 80.
may_bind() {
	local said

	said=$(as_nobody python3 -c 'import socket; socket.socket().bind(("", 80))' 2>&1)
	{
		printf '\nserver$ %s\n' "python3 -c 'import socket; socket.socket().bind((\"\", 80))'"
		[[ -z $said ]] || tail -n 1 <<< "$said"
	} | tell
	if [[ -z $said ]]; then may=yes; else may=no; fi
}

# clients NUMBER ADDRESS: which stay; returns when all have tried.
clients() {
	start client "quicknet -q -n $1 -w 600 -t $2:$PORT"
	clients=$started
	wait_until "all have tried" printed "$started_output" ^opened
}

# shellcheck disable=SC2016	# awk's
histogram='{ b = int(($1 - 32768) / 4000); n[b]++ } END { for (b = 0; b < 8; b++) printf "%d.. %s\n", 32768 + 4000 * b, substr("##################################################", 1, n[b]) }'

lab_begin
lab_server_and_client
lab_address server v0 "$SERVER2/24"

show client "sysctl net.ipv4.ip_local_port_range"
read -r low high < <(inside client sysctl -n net.ipv4.ip_local_port_range)
fact low "$low" "sysctl net.ipv4.ip_local_port_range"
fact count "$((high - low + 1))" "the same: $low to $high"

say "$HUNDRED sockets bind to port 0. The ports that they get, 4,000 to a row:"
inside client bind-zero "$N" > "$TPW_TMP/bound"
{ printf '\nclient# bind-zero %s\n' "$N"; awk "$histogram" "$TPW_TMP/bound"; } | tell
fact in-range "$(awk -v low="$low" -v high="$high" '$1 >= low && $1 <= high' "$TPW_TMP/bound" | wc -l)" "getsockname()"
fact odd-bound "$(odd < "$TPW_TMP/bound")" "getsockname()"

say "$HUNDRED clients connect, and let the kernel choose."
start server "serve -s -b 256 0.0.0.0:$PORT"
wait_until "the server listens" has_sockets 1 server -ltn
clients "$N" "$SERVER"
{ printf '\n'; connected_ports "$SERVER" | awk "$histogram"; } | tell
fact odd-connected "$(connected_ports "$SERVER" | odd)" "ss -tn on the client" "$(seen_ports "$SERVER" | odd)"
end_process "$clients"
wait_until "they have gone" has_sockets 0 client -tn

say "$PORTS ports for all."
on client "sysctl -w net.ipv4.ip_local_port_range='$LOWEST $((LOWEST + PORTS - 1))'"
clients "$CLIENTS" "$SERVER"
said "quicknet" "$started_output" 3
fact narrow "$(connected_ports "$SERVER" | wc -l)" "ss -tn on the client; the others read EADDRNOTAVAIL" \
	"$(seen_ports "$SERVER" | wc -l)"
clients "$CLIENTS" "$SERVER2"
said "quicknet" "$started_output" 3
fact second-server "$(connected_ports "$SERVER2" | wc -l)" "ss -tn on the client" "$(seen_ports "$SERVER2" | wc -l)"
show client "ss -Htn | sort -k4 | awk '{ print \$4, \$5 }' | sed -n '1,3p;18,20p'"
lab_stop "All $PORTS ports are used twice. Try: client quicknet -t $SERVER:$PORT; the same with -b $CLIENT:30000."

say "Ports below 1024 are root's, as it comes."
may_bind
fact privileged "$may" "bind(): EACCES"
on server "sysctl -w net.ipv4.ip_unprivileged_port_start=$FREE"
may_bind
fact unprivileged "$may" "bind()"
show client "tuplewatch connections | tail -n 3"
lab_end
