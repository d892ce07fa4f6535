#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One listening socket, several processes.

# shellcheck disable=SC2153	# drawn

. "$(dirname "$0")/../lib.sh"
PATH=$LAB_DIR:$PATH

mapfile -t children < <(seq -f child%g "$CHILDREN")

# try: one client; result is what it read.
try() {
	{ printf '\nclient# %s\n' "quicknet -w 1 -t $SERVER:$PORT"; } | tell
	inside client quicknet -w 1 -t "$SERVER:$PORT" > "$TPW_TMP/said" 2>&1
	tell < "$TPW_TMP/said"
	case $(< "$TPW_TMP/said") in
	connected*)  result=connected ;;
	*refused*)   result=refused ;;
	*)           result=$(< "$TPW_TMP/said") ;;
	esac
}

# last_syn: the same, by the last SYN in tuplewatch's log.
last_syn() {
	settle "${netns_pids[server]}"
	case $(column server log match flags=S | tail -n 1) in
	listener) echo connected ;;
	none)     echo refused ;;
	*)        echo "something else" ;;
	esac
}

# process NAME: of one of the family, by what it has said when it was ready.
process() { awk -v who="$1" '$1 == who && $2 == "ready" { print $3 }' "$family"; }

# holders: lines of lsof about the listening socket, each with the process and the inode.
holders() { inside server lsof -n -P -i :"$PORT" -s TCP:LISTEN -F pi 2> /dev/null; }

accepted() { grep -c "^child[0-9]* accept" "$family"; }
have_accepted() { (($(accepted) >= $1)); }

# listener_of FILE: cookies of the sockets that were accepted from.
listener_of() { sed -n 's/.* listener=//p' "$@" | sort -u; }

helpers=0
has_helpers() { (($(grep -c "closed; helper" "$family") == $1)); }

# told WORD PORT: a client that says this word to the child that serves it; returns when the helper has the connection.
told() {
	start client "quicknet -p $1 -w 600 -b $CLIENT:$2 -t $SERVER:$PORT"
	wait_until "a helper has the connection" has_helpers "$((++helpers))"
	said "the family" "$family" 1
	at_exit end_process "$(sed -n 's/.*closed; helper //p' "$family" | tail -n 1)"
}

# state PORT: of the client's connection from that port. A FIN would make it CLOSE-WAIT or end it.
state() { inside client ss -Htan "sport = :$1" | awk '{ print $1 }'; }
not_established() { [[ $(state "$1") != ESTAB ]]; }

lab_begin
lab_server_and_client

say "A parent that listens, and $CHILDREN children that accept."
start server "family $SERVER:$PORT $CHILDREN"
family=$started_output
wait_until "the parent is ready" printed "$family" "parent ready"
for who in "${children[@]}"; do
	at_exit end_process "$(process "$who")"
done
show server "ss -tlnp"
show server "lsof -n -P -i :$PORT"
fact rows "$(sockets server -ltn)" "ss -tln" "$(column server listeners local state=LISTEN | wc -l)"
fact descriptors "$(holders | grep -c ^p)" "lsof -i :$PORT -s TCP:LISTEN" \
	"$(inside server tuplewatch listeners -p -H -O | grep -o 'pid=[0-9]*' | sort -u | wc -l)"
fact sockets "$(inside server lsof -n -P -i :"$PORT" | awk '/LISTEN/ { print $6 }' | sort -u | wc -l)" "lsof: column DEVICE, the inode" \
	"$(column server listeners inode state=LISTEN | sort -u | wc -l)"

say "$SIX clients."
for ((port = 41001; port <= 41000 + CLIENTS; port++)); do
	start client "quicknet -w 1 -b $CLIENT:$port -t $SERVER:$PORT"
done
wait_until "all are accepted" have_accepted "$CLIENTS"
settle "${netns_pids[server]}"
said "the family" "$family" "$CLIENTS"
fact accepts "$(accepted)" "what the children have printed" "$(column server listeners children state=LISTEN)"

say "Somebody else wants the port."
start server "serve -a -N other $SERVER:$PORT"
wait_until "the other is ready or not" printed "$started_output" "ready\|failed"
said "the other" "$started_output" 1
if printed "$started_output" failed; then may=no; else may=yes; fi
fact bind "$may" "bind(): EADDRINUSE" \
	"$(if (($(column server listeners local state=LISTEN | wc -l) > 1)); then echo yes; else echo no; fi)"

say "A child forks while it serves a client, and closes its descriptor."
told fork 42001
say "Another one calls shutdown() before."
told shutdown 42002
wait_until "the client of the second has read the end" not_established 42002
show client "ss -tan 'sport >= :42001 and sport <= :42002'"
if [[ $(state 42001) == ESTAB ]]; then end=no; else end=yes; fi
fact helper "$end" "ss -tn on the client: ESTAB" \
	"$(case $(column client log flags "local=$CLIENT:42001") in *F*) echo yes ;; *) echo no ;; esac)"
if [[ $(state 42002) == ESTAB ]]; then end=no; else end=yes; fi
fact shutdown "$end" "ss -tan on the client: not ESTAB" \
	"$(case $(column client log flags "local=$CLIENT:42002") in *F*) echo yes ;; *) echo no ;; esac)"

say "The parent passes its descriptor on; then it is killed."
start server "family borrow"
stranger=$started stranger_output=$started_output
wait_until "the stranger has the descriptor" printed "$stranger_output" ready
show server "lsof -n -P -i :$PORT -s TCP:LISTEN"
show server "tuplewatch listeners -p"
lab_stop "$((CHILDREN + 2)) processes have one socket. Try: ss -tlnpe; ls -l /proc/PID/fd; kill any but the stranger; client quicknet -t $SERVER:$PORT."
kill "$(process parent)" 2>/dev/null
wait_until "the parent is gone" is_gone "$(process parent)"
try
fact without-parent "$result" "the client's connect()" "$(last_syn)"

say "The children are killed."
for who in "${children[@]}"; do
	kill "$(process "$who")"
	wait_until "$who is gone" is_gone "$(process "$who")"
done
try
fact without-family "$result" "the client's connect()" "$(last_syn)"
wait_until "the stranger accepts" printed "$stranger_output" accept
said "the stranger" "$stranger_output" 1
if printed "$stranger_output" accept; then may=yes; else may=no; fi
fact stranger "$may" "its accept()"
if [[ $(listener_of "$stranger_output") == "$(listener_of "$family")" ]]; then same=same; else same=another; fi
fact listener "$same" "SO_COOKIE of what the children and the stranger accepted from" \
	"$(if (($(column server listeners cookie "local=$SERVER:$PORT" | sort -u | wc -l) == 1)); then echo same; else echo another; fi)"
show server "tuplewatch listeners -p"

say "The stranger ends."
end_process "$stranger"
wait_until "nobody listens" has_sockets 0 server -ltn
try
fact end "$result" "the client's connect()" "$(last_syn)"
lab_end
