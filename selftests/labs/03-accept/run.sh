#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# accept() opens no port.

. "$(dirname "$0")/../lib.sh"

# local_ports: how many ports the server's TCP sockets have.
local_ports() { inside server ss -Htan | awk '{ sub(/.*:/, "", $4); print $4 }' | sort -u | wc -l; }

descriptors() { inside server lsof -n -P -a -p "$1" -i TCP:"$PORT" -F f | grep -c ^f; }

accepted() { (($(grep -c '^server accept' "$log") == $1)); }

# Of cookies on stdin, which must be the listener's.
one_or_several() {
	local -a parents

	mapfile -t parents < <(sort -u)
	if [[ ${parents[*]} == "$listener" ]]; then echo one; else echo several; fi
}

ports_in_tuplewatch() {
	{ column server listeners local state=LISTEN; column server connections local state=ESTABLISHED; } |
		sed 's/.*://' | sort -u | wc -l
}

lab_begin
lab_server_and_client

start server "serve -s 0.0.0.0:$PORT"
log=$started_output
wait_until "the server listens" has_sockets 1 server -ltn
show server "ss -tlnp"
fact ports-before "$(local_ports)" "ss -tan, column 4" "$(ports_in_tuplewatch)"
listener=$(cookie server -ltn)

say "$N clients connect and stay."
start client "quicknet -q -n $N -w 600 -t $SERVER:$PORT"
wait_until "all connections" has_sockets "$N" server -tn state established
wait_until "accept() for all of them" accepted "$N"
settle "${netns_pids[server]}"

say "How many sockets, and how many ports?"
show server "ss -Htan | wc -l"
show server "ss -Htan | awk '{ print \$4 }' | sort | uniq -c"
show server "lsof -n -P -i :$PORT | head -n 4"
process=$(inside server ss -Htlnp | sed -n 's/.*pid=\([0-9]*\).*/\1/p')
fact ports-after "$(local_ports)" "ss -tan, column 4" "$(ports_in_tuplewatch)"
fact sockets-after "$(sockets server -tan sport = :"$PORT")" "ss -tan sport = :$PORT" \
	"$(($(column server listeners local state=LISTEN | wc -l) + $(column server connections local state=ESTABLISHED | wc -l)))"
fact descriptors "$(descriptors "$process")" "lsof -i TCP:$PORT"
fact child-port "$(inside server ss -Htn state established | awk 'END { sub(/.*:/, "", $3); print $3 }')" "ss -tn" \
	"$(column server connections local state=ESTABLISHED | sed -n "${N}s/.*://p")"
fact passive-opens "$(counter server Tcp.PassiveOpens)" "nstat: TcpPassiveOpens" "$(column server listeners children state=LISTEN)"
fact parent "$(one_or_several < <(sed -n 's/.* accept .*listener=//p' "$log"))" \
	"SO_COOKIE of the socket that each accept() was called on" \
	"$(one_or_several < <(column server connections listener_cookie state=ESTABLISHED))"
fact syns "$(($(counter server Tcp.PassiveOpens) + $(counter server TcpExt.ListenDrops)))" \
	"nstat: TcpPassiveOpens and TcpExtListenDrops, as each SYN that finds the listener ends in one of them" \
	"$(column server listeners syns state=LISTEN)"

say "And one more."
inside client quicknet -w 0 -t "$SERVER:$PORT" > "$TPW_TMP/more" 2>&1
{ printf '\nclient# %s\n' "quicknet -w 0 -t $SERVER:$PORT"; cat "$TPW_TMP/more"; } | tell
if printed "$TPW_TMP/more" ^connected; then more=connected; else more=refused; fi
fact one-more "$more" "the client's connect()"

say "tuplewatch counts that one too: $((N + 1)) SYNs."
say "Each connection knows which listener it was born from."
said "the server" "$log" 2
show server "tuplewatch listeners"
show server "tuplewatch connections | head -n 4"
lab_stop "The $N clients are connected. Try: ss -tanp; ls -l /proc/$process/fd; tuplewatch connections -e."
lab_end
