#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# SO_REUSEPORT: several sockets on one address and port.

# shellcheck disable=SC2153	# drawn

. "$(dirname "$0")/../lib.sh"

declare -A server_of output_of
# Those of the group that accept.
serving=()

# member NAME OPTIONS ADDRESS: one more server; what it says is in output_of, its process in server_of.
member() {
	start server "serve -N $1 $2 $3"
	server_of[$1]=$started output_of[$1]=$started_output
	wait_until "$1 is ready or not" printed "$started_output" "ready\|failed"
}

# may NAME: whether it could listen; the reason why not is shown.
may() {
	said "$1" "${output_of[$1]}" 1
	if printed "${output_of[$1]}" " ready"; then may=yes; else may=no; fi
}

# clients NUMBER PORT: so many, that stay; what they print is in clients_output.
clients() {
	start client "quicknet -n $1 -w 600 -t $SERVER:$2"
	clients_output=$started_output
	wait_until "all have tried" printed "$clients_output" ^opened
}

# accepted NAME...: connections that these have accepted.
accepted() { local name; for name; do grep -c " accept " "${output_of[$name]}"; done | awk '{ n += $1 } END { print n }'; }

have_accepted() { (($(accepted "${@:2}") == $1)); }

# waiting: connections that wait for the server that never accepts them.
waiting() { inside server ss -Htln "sport = :$PORT" | awk '{ n += $2 } END { print n + 0 }'; }

all_there() { (($(accepted "${serving[@]}") + $(waiting) == CLIENTS)); }

# how_chosen: from what each got. In turn: of as many as the group has that follow each other, each gets one. By load: the one
# that has not dealt with a single client gets less than a third of its quarter.
how_chosen() {
	local turn

	turn=$(awk -v group="$GROUP" '
		FNR == NR { if ($2 == "accept") by[$3] = $1; next }
		$1 == "connected" { at[n++] = ($2 in by) ? by[$2] : "hangs" }
		END {
			for (i = 0; i + group <= n; i += group) {
				delete four
				for (j = i; j < i + group; j++)
					four[at[j]] = 1
				if (length(four) < group)
					{ print "no"; exit }
			}
			print "yes"
		}' <(for name in "${serving[@]}"; do cat "${output_of[$name]}"; done) "$clients_output")
	if [[ $turn == yes ]]; then echo turn
	elif ((waited < 15)); then echo load
	else echo hash
	fi
}

# some COUNT...: how many of the numbers are not 0; there may be several in a word, one a line.
some() { printf '%s\n' "$@" | grep -vcx 0; }

# accepted_each: of those that accept, one a line.
accepted_each() { local name; for name in "${serving[@]}"; do accepted "$name"; done; }

# children: of each listener on port 8080, by tuplewatch.
children() { column server listeners children local=0.0.0.0:"$PORT" state=LISTEN; }

# resets: clients whose connection was reset.
resets() { grep -c "^failed.*reset" "$clients_output"; }

decided() { (($(resets) + $(accepted "${serving[@]}") - before >= waited)); }

# served: foreign ends of the connections to port 8080 that a process has.
served() { inside server ss -Htnp state established "sport = :$PORT" | awk '/users:/ { print $4 }' | sort; }

# gone: how many of those in $served are not on stdin.
gone() { comm -13 <(sort) <(echo "$served") | wc -l; }

lab_begin
lab_server_and_client

say "One server without SO_REUSEPORT, and one with it."
member alone "" 0.0.0.0:"$PORT"
member late -r 0.0.0.0:"$PORT"
may late
fact second "$may" "bind(): EADDRINUSE" \
	"$(if (($(column server listeners local local=0.0.0.0:"$PORT" state=LISTEN | wc -l) > 1)); then echo yes; else echo no; fi)"
end_process "${server_of[alone]}"
wait_until "the port is free" has_sockets 0 server -ltn

say "$FOUR_ that all have set it. m$HANGS never calls accept() (-w)."
for ((number = 0; number < GROUP; number++)); do
	if ((number == HANGS)); then
		member "m$number" "-r -w -b 240" 0.0.0.0:"$PORT"
	else
		member "m$number" "-r -b 240" 0.0.0.0:"$PORT"
		serving+=("m$number")
	fi
done
tools_for_all
start server "setpriv --reuid=65534 --regid=65534 --clear-groups serve -N stranger -r 0.0.0.0:$PORT"
output_of[stranger]=$started_output
wait_until "the stranger is ready or not" printed "$started_output" "ready\|failed"
may stranger
fact other-user "$may" "bind(): EADDRINUSE" \
	"$(if [[ $(column server listeners uid uid=65534 state=LISTEN) ]]; then echo yes; else echo no; fi)"
show server "ss -tlnp"
fact listeners "$(sockets server -ltn "sport = :$PORT")" "ss -tln" "$(children | wc -l)"

say "$CLIENTS clients, one after the other."
clients "$CLIENTS" "$PORT"
wait_until "each has been accepted, or waits" all_there
settle "${netns_pids[server]}"
waited=$(waiting)
{
	printf '\n'
	for name in "${serving[@]}"; do
		printf 'accepted by %s: %s\n' "$name" "$(accepted "$name")"
	done
	printf 'waiting for m%s: %s\n' "$HANGS" "$waited"
} | tell
show server "ss -tln"
show server "tuplewatch listeners"
fact choice "$(how_chosen)" "the order in which the four got connections; Recv-Q of the one that never accepts"
mapfile -t got < <(children)
fact members "$(some "$waited" "$(accepted_each)")" \
	"accept() of those that accept, ss -tln: Recv-Q of the other one" "$(some "${got[@]}")"

say "The same with UDP: six datagrams of one socket."
udp_outputs=()
for ((number = 0; number < GROUP; number++)); do
	member "u$number" "-s -r -m udp" 0.0.0.0:"$PORT"
	udp_outputs+=("$started_output")
done
on client "exec 3<> /dev/udp/$SERVER/$PORT; for i in 1 2 3 4 5 6; do echo hello >&3; done"
udp_read() { cat "${udp_outputs[@]}" | grep " read "; }
all_read() { (($(udp_read | wc -l) == 6)); }
wait_until "six datagrams are read" all_read
fact same-client "$(udp_read | awk '{ print $1 }' | sort -u | wc -l)" "who read them" \
	"$(column server log cookie proto=udp | sort -u | wc -l)"
lab_stop "$FOUR_ share the port. Try: tuplewatch explain tcp $CLIENT:50000 $SERVER:$PORT, with other ports too."

say "The one that never accepted ends."
before=$(accepted "${serving[@]}") served=$(served)
end_process "${server_of[m$HANGS]}"
wait_until "it is gone" has_sockets $((GROUP - 1)) server -ltn
wait_until "its connections are reset or taken over" decided
now=$(accepted "${serving[@]}")
fact taken-over "$((now - before))" "accept() of the other $THREE; $(resets) clients read ECONNRESET"
fact others-lost "$(served | gone)" "ss -tnp state established: which of them are not there any more" \
	"$(column server connections foreign state=ESTABLISHED proto=tcp "local=$SERVER:$PORT" | gone)"

say "$LATER more."
mapfile -t had < <(accepted_each)
clients "$LATER" "$PORT"
opened=$(awk '$1 == "opened" { print $2 }' "$clients_output")
wait_until "they are accepted" have_accepted "$((now + opened))" "${serving[@]}"
fact refused "$((LATER - opened))" "connect() of the clients"
mapfile -t have < <(accepted_each)
for number in "${!had[@]}"; do
	have[number]=$((have[number] - had[number]))
done
fact members-left "$(some "${have[@]}")" "accept() of those"

say "Another group, three servers; the first one gives it a program that always says \"$SAYS\"."
member p0 "-r -B $SAYS" 0.0.0.0:$((PORT + 1))
member p1 -r 0.0.0.0:$((PORT + 1))
member p2 -r 0.0.0.0:$((PORT + 1))
clients "$CALLS" "$((PORT + 1))"
wait_until "they are accepted" have_accepted "$CALLS" p0 p1 p2
show server "tuplewatch listeners sport = :$((PORT + 1))"
fact program "$(accepted "p$ASKED")" "accept() of the $WHICH" \
	"$(column server listeners children "cookie=$(sed -n 's/.* listen .*cookie=//p' "${output_of[p$ASKED]}")")"

say "A fourth one joins, and replaces the program by one that says \"7\"."
member p3 "-r -B 7" 0.0.0.0:$((PORT + 1))
clients 40 "$((PORT + 1))"
opened=$(awk '$1 == "opened" { print $2 }' "$clients_output")
wait_until "they are accepted" have_accepted "$((CALLS + opened))" p0 p1 p2 p3
if ((opened == 40)) && (($(some "$(accepted p0)" "$(accepted p1)" "$(accepted p3)") > 1)); then become=spread
else become=refused
fi
fact no-member "$become" "connect() of the clients, accept() of the four"
lab_end
