#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# SO_REUSEPORT: several sockets on one address and port.

. "$(dirname "$0")/../lib.sh"

declare -A server_of output_of

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
	start client "quicknet -n $1 -w 600 -t 192.168.1.10:$2"
	clients_output=$started_output
	wait_until "all have tried" printed "$clients_output" ^opened
}

# accepted NAME...: connections that these have accepted.
accepted() { local name; for name; do grep -c " accept " "${output_of[$name]}"; done | awk '{ n += $1 } END { print n }'; }

have_accepted() { (($(accepted "${@:2}") == $1)); }

# waiting: connections that wait for the server that never accepts them.
waiting() { inside server ss -Htln "sport = :8080" | awk '{ n += $2 } END { print n + 0 }'; }

all_there() { (($(accepted m0 m1 m2) + $(waiting) == 200)); }

# how_chosen: from what each got. In turn: of any four that follow each other, each gets one. By load: the one
# that has not dealt with a single client gets less than a third of its quarter.
how_chosen() {
	local turn

	turn=$(awk '
		FNR == NR { if ($2 == "accept") by[$3] = $1; next }
		$1 == "connected" { at[n++] = ($2 in by) ? by[$2] : "m3" }
		END {
			for (i = 0; i + 4 <= n; i += 4) {
				delete four
				for (j = i; j < i + 4; j++)
					four[at[j]] = 1
				if (length(four) < 4)
					{ print "no"; exit }
			}
			print "yes"
		}' <(cat "${output_of[m0]}" "${output_of[m1]}" "${output_of[m2]}") "$clients_output")
	if [[ $turn == yes ]]; then echo turn
	elif ((waited < 15)); then echo load
	else echo hash
	fi
}

# some COUNT...: how many of the numbers are not 0.
some() { printf '%s\n' "$@" | grep -vcx 0; }

# children: of each listener on port 8080, by tuplewatch.
children() { column server listeners children local=0.0.0.0:8080 state=LISTEN; }

# resets: clients whose connection was reset.
resets() { grep -c "^failed.*reset" "$clients_output"; }

decided() { (($(resets) + $(accepted m0 m1 m2) - before >= waited)); }

# served: foreign ends of the connections to port 8080 that a process has.
served() { inside server ss -Htnp state established "sport = :8080" | awk '/users:/ { print $4 }' | sort; }

# gone: how many of those in $served are not on stdin.
gone() { comm -13 <(sort) <(echo "$served") | wc -l; }

lab_begin
lab_server_and_client

say "One server without SO_REUSEPORT, and one with it."
member alone "" 0.0.0.0:8080
member late -r 0.0.0.0:8080
may late
fact second "$may" "bind(): EADDRINUSE" \
	"$(if (($(column server listeners local local=0.0.0.0:8080 state=LISTEN | wc -l) > 1)); then echo yes; else echo no; fi)"
end_process "${server_of[alone]}"
wait_until "the port is free" has_sockets 0 server -ltn

say "Four that all have set it. The last one never calls accept() (-w)."
for name in m0 m1 m2; do
	member "$name" "-r -b 200" 0.0.0.0:8080
done
member m3 "-r -w -b 200" 0.0.0.0:8080
start server "setpriv --reuid=65534 --regid=65534 --clear-groups serve -N stranger -r 0.0.0.0:8080"
output_of[stranger]=$started_output
wait_until "the stranger is ready or not" printed "$started_output" "ready\|failed"
may stranger
fact other-user "$may" "bind(): EADDRINUSE" \
	"$(if [[ $(column server listeners uid uid=65534 state=LISTEN) ]]; then echo yes; else echo no; fi)"
on server "ss -tlnp"
fact listeners "$(sockets server -ltn "sport = :8080")" "ss -tln" "$(children | wc -l)"

say "200 clients, one after the other."
clients 200 8080
wait_until "each has been accepted, or waits" all_there
settle "${netns_pids[server]}"
waited=$(waiting)
{ printf '\naccepted by m0 %s, m1 %s, m2 %s; waiting for m3 %s\n' "$(accepted m0)" "$(accepted m1)" "$(accepted m2)" "$waited"; } |
	tell
on server "ss -tln"
on server "tuplewatch listeners"
fact choice "$(how_chosen)" "the order in which the four got connections; Recv-Q of the one that never accepts"
mapfile -t got < <(children)
fact members "$(some "$(accepted m0)" "$(accepted m1)" "$(accepted m2)" "$waited")" \
	"accept() of three, ss -tln: Recv-Q of the fourth" "$(some "${got[@]}")"

say "The same with UDP: six datagrams of one socket."
for name in u0 u1 u2 u3; do
	member "$name" "-s -r -m udp" 0.0.0.0:8080
done
on client 'exec 3<> /dev/udp/192.168.1.10/8080; for i in 1 2 3 4 5 6; do echo hello >&3; done'
udp_read() { cat "${output_of[u0]}" "${output_of[u1]}" "${output_of[u2]}" "${output_of[u3]}" | grep " read "; }
all_read() { (($(udp_read | wc -l) == 6)); }
wait_until "six datagrams are read" all_read
fact same-client "$(udp_read | awk '{ print $1 }' | sort -u | wc -l)" "who read them" \
	"$(column server log cookie proto=udp | sort -u | wc -l)"
lab_stop "Four share the port. Try: tuplewatch explain tcp 192.168.1.13:50000 192.168.1.10:8080, with other ports too."

say "The one that never accepted ends."
before=$(accepted m0 m1 m2) served=$(served)
end_process "${server_of[m3]}"
wait_until "it is gone" has_sockets 3 server -ltn
wait_until "its connections are reset or taken over" decided
now=$(accepted m0 m1 m2)
fact taken-over "$((now - before))" "accept() of the other three; $(resets) clients read ECONNRESET"
fact others-lost "$(served | gone)" "ss -tnp state established: which of them are not there any more" \
	"$(column server connections foreign state=ESTABLISHED proto=tcp local=192.168.1.10:8080 | gone)"

say "60 more."
for name in m0 m1 m2; do
	had[${name#m}]=$(accepted "$name")
done
clients 60 8080
opened=$(awk '$1 == "opened" { print $2 }' "$clients_output")
wait_until "they are accepted" have_accepted "$((now + opened))" m0 m1 m2
fact refused "$((60 - opened))" "connect() of the clients"
fact members-left "$(some "$(($(accepted m0) - had[0]))" "$(($(accepted m1) - had[1]))" "$(($(accepted m2) - had[2]))")" \
	"accept() of the three"

say "Another group, three servers; the first one gives it a program that always says \"2\"."
member p0 "-r -B 2" 0.0.0.0:8081
member p1 -r 0.0.0.0:8081
member p2 -r 0.0.0.0:8081
clients 20 8081
wait_until "they are accepted" have_accepted 20 p0 p1 p2
on server "tuplewatch listeners sport = :8081"
fact program "$(accepted p2)" "accept() of the third" \
	"$(column server listeners children "cookie=$(sed -n 's/.* listen .*cookie=//p' "${output_of[p2]}")")"

say "A fourth one joins, and replaces the program by one that says \"7\"."
member p3 "-r -B 7" 0.0.0.0:8081
clients 40 8081
opened=$(awk '$1 == "opened" { print $2 }' "$clients_output")
wait_until "they are accepted" have_accepted "$((20 + opened))" p0 p1 p2 p3
if ((opened == 40)) && (($(some "$(accepted p0)" "$(accepted p1)" "$(accepted p3)") > 1)); then become=spread
else become=refused
fi
fact no-member "$become" "connect() of the clients, accept() of the four"
lab_end
