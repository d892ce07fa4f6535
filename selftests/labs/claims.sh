#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: claims.sh [CLAIM...]: what the story, the READMEs of the labs, INSTRUCTOR.md and the advice of explain say of
# the kernel besides what the labs ask. Each claim is played, and fails when the kernel does otherwise.
#
#	client [v0 192.168.1.13] -------- [v0 192.168.1.10]
#	twin   [v1 192.168.1.13] -------- [v1 192.168.1.10] server
#	side   [v2 10.0.0.2]     -------- [v2 10.0.0.1]

TPW_LAB_TEST=1
. "$(dirname "$0")/lib.sh"

lab_handin=$TPW_TMP

# serve_on OPTION... ADDRESS:PORT: a server; it is in started, what it says in started_output.
serve_on() {
	start server "serve $*"
	wait_until "a server is ready or not" printed "$started_output" "ready\|failed"
}

# listens FILE: whether the server listens.
listens() { if printed "$1" " ready "; then echo yes; else sed -n 's/^.*failed [^ ]* //p' "$1"; fi; }

# answer PORT [COMMAND...]: the name that a client by IPv4 is answered.
answer() {
	local port=$1
	shift

	inside client "$@" quicknet -w 2 -t "192.168.1.10:$port" | sed -n 's/^received //p'
}

# rows HOST WORDS...: how many rows of netstat have this local end, foreign end and state.
rows() { inside "$1" netstat -atn | awk -v wanted="$2 $3 $4" '$4 " " $5 " " $6 == wanted' | wc -l; }

has_rows() { (($(rows "${@:2}") == $1)); }

# ---- who wins

# INSTRUCTOR.md, lab 6: the points of an IPv6 socket at the tail are never looked at. explain, ADVICE: what helps.
order() {
	local six four
	local -a wins=()

	serve_on -N six -r -d v0 -C 0 "[::]:8080"
	six=$started
	serve_on -N four -r 0.0.0.0:8080
	four=$started
	wins+=("$(answer 8080 taskset -c 0)")
	end_process "$six"
	serve_on -N six -r -d v0 -C 0 "[::]:8080"
	six=$started
	wins+=("$(answer 8080 taskset -c 0)")
	ktap_is "six with 3 points against four with 2, listening first, last: who answers" "${wins[*]}" "four four"
	ktap_is "explain, how much better it fits" "$(inside server tuplewatch explain tcp 192.168.1.13:50000 \
		192.168.1.10:8080 cpu 0 | grep -o '(3 against 2)')" "(3 against 2)"
	ktap_is "explain, its advice" "$(inside server tuplewatch explain tcp 192.168.1.13:50000 192.168.1.10:8080 \
		cpu 0 | sed -n '/^ADVICE/,$p' | xargs)" "ADVICE no order of listen() helps: put an IPv4 socket in its \
place, which joins at the head, and call listen() on that one last."
	end_process "$six"
	serve_on -N six -d v0 -C 0 "[::]:8080"
	ktap_is "six without SO_REUSEPORT beside four: listens" "$(listens "$started_output")" "Address already in use"
	serve_on -N advised -r -d v0 -C 0 0.0.0.0:8080
	ktap_is "what the advice says, who answers" "$(answer 8080 taskset -c 0)" advised
	end_process "$started"
	end_process "$four"
}

# ---- ends

# Story, "The first client": two ways to a row 127.0.0.1 with another address as its foreign end.
loopback_rows() {
	serve_on -s 127.0.0.1:82
	start server "quicknet -b 192.168.1.10:40009 -t 127.0.0.1:82 -w 600"
	wait_until "the host's own client" has_rows 1 server 127.0.0.1:82 192.168.1.10:40009 ESTABLISHED
	ktap_is "127.0.0.1 and the host's other address, tuplewatch's row" \
		"$(column server connections state local=127.0.0.1:82 foreign=192.168.1.10:40009)" ESTABLISHED
	inside server sysctl -qw net.ipv4.conf.v0.route_localnet=1
	inside server nft 'add table ip n; add chain ip n p { type nat hook prerouting priority -100; }; add rule ip n p tcp dport 81 dnat to 127.0.0.1:82'
	start client "quicknet -b 192.168.1.13:40001 -t 192.168.1.10:81 -w 600"
	wait_until "a client by DNAT" has_rows 1 server 127.0.0.1:82 192.168.1.13:40001 ESTABLISHED
	ktap_is "127.0.0.1 and another host's address, by DNAT, tuplewatch's row" \
		"$(column server connections asked local=127.0.0.1:82 foreign=192.168.1.13:40001)" 192.168.1.10:81
	inside server nft delete table ip n
	inside server sysctl -qw net.ipv4.conf.v0.route_localnet=0
}

# Story, "Five elements": on two devices, the same five twice.
twins() {
	local dev host
	local -a accepted=()

	for dev in v0 v1; do
		host=client
		[[ $dev == v0 ]] || host=twin
		serve_on -r -d "$dev" -s 0.0.0.0:83
		start "$host" "quicknet -b 192.168.1.13:40083 -t 192.168.1.10:83 -p $dev -w 600"
		accepted+=("$TPW_TMP/server.$((lab_started - 1)):$dev")
	done
	wait_until "two rows that are the same" has_rows 2 server 192.168.1.10:83 192.168.1.13:40083 ESTABLISHED
	for dev in "${accepted[@]}"; do
		wait_until "its bytes" printed "${dev%:*}" "read 2 bytes"
		ktap_is "a twin on ${dev##*:}, what its server reads" \
			"$(sed -n "s/.* read 2 bytes '\(..\)'.*/\1/p" "${dev%:*}")" "${dev##*:}"
		ktap_is "a twin on ${dev##*:}, its device in connections" "$(column server connections dev \
			"cookie=$(sed -n 's/.* accept .*cookie=\([0-9a-f]*\) .*/\1/p' "${dev%:*}")")" "${dev##*:}"
	done
	ktap_is "twins, as the reader shows them" \
		"$(inside server tuplewatch connections -H dport = :40083 | awk '{ print $2 }' | sort | xargs)" \
		"192.168.1.10%v0:83 192.168.1.10%v1:83"
}

# INSTRUCTOR.md, lab 5: rp_filter looks at the source, not at the device that has the destination.
rp_filter() {
	inside server sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.v0.rp_filter=1 net.ipv4.conf.v2.rp_filter=1
	ip -n side route add 192.168.1.10 via 10.0.0.1
	serve_on -s 192.168.1.10:84
	inside side quicknet -q -b 10.0.0.2:40084 -w 0 -t 192.168.1.10:84
	ktap_is "rp_filter=1, a neighbour at v2 asks for v0's address: device of its SYN, what it matched" \
		"$(column server log dev foreign=10.0.0.2:40084 flags=S) $(column server log match foreign=10.0.0.2:40084 flags=S)" \
		"v2 listener"
	inside server sysctl -qw net.ipv4.conf.all.rp_filter=0
}

# ---- a server that is started again

# restarted PORT OPTION OPTION: whether a server with the second option listens where one with the first died.
restarted() {
	local client

	serve_on -s "$2" "0.0.0.0:$1"
	start client "quicknet -t 192.168.1.10:$1 -w 600"
	client=$started
	wait_until "a connection" has_sockets 1 server -tn state established sport = ":$1"
	end_process "$(sed -n 's/.* ready //p' "$TPW_TMP/server.$((lab_started - 1))")"
	wait_until "a TIME_WAIT" has_sockets 1 server -tan state time-wait sport = ":$1"
	end_process "$client"
	serve_on -s "$3" "0.0.0.0:$1"
	restarted=$(listens "$started_output")
}

# Lab 3, question 3.
restart() {
	restarted 5001 "" ""
	ktap_is "neither server with SO_REUSEADDR" "$restarted" "Address already in use"
	restarted 5002 "" -a
	ktap_is "only the second server with SO_REUSEADDR" "$restarted" "Address already in use"
	restarted 5003 -a ""
	ktap_is "only the first server with SO_REUSEADDR" "$restarted" "Address already in use"
	restarted 5004 -a -a
	ktap_is "both servers with SO_REUSEADDR" "$restarted" yes
}

# ---- queues, programs

# INSTRUCTOR.md, lab 3: a backlog of 5 is room for 6.
room() {
	local process

	start server "exec python3 -m http.server 8000 --bind 192.168.1.10"
	wait_until "http.server" has_sockets 1 server -ltn sport = :8000
	process=$(inside server ss -Htlnp sport = :8000 | sed -n 's/.*pid=\([0-9]*\).*/\1/p')
	kill -STOP "$process"
	ktap_is "http.server that stands still, of eight clients" \
		"$(inside client quicknet -q -n 8 -T 3 -w 1 -t 192.168.1.10:8000 | grep opened)" "opened 6 of 8"
	kill -CONT "$process"
}

# Story, "The first client": echo hello | nc -q 5.
nc_ends() {
	start server "nc -l -k -p 85"
	wait_until "nc" has_sockets 1 server -ltn sport = :85
	start client "echo hello | nc -q 5 -p 40085 192.168.1.10 85"
	wait_until "a TIME_WAIT on the client" has_rows 1 client 192.168.1.13:40085 192.168.1.10:85 TIME_WAIT
	ktap_is "echo | nc -q 5, rows ESTABLISHED on the server" \
		"$(rows server 192.168.1.10:85 192.168.1.13:40085 ESTABLISHED)" 0
}

tools() {
	serve_on -s 0.0.0.0:86
	inside client quicknet -q -m tcp -t 192.168.1.10:86 -p Test payload. -w 0
	wait_until "a payload of two words" printed "$started_output" "read 13 bytes 'Test payload.'"
	# More than select() takes, and than the usual limit of descriptors.
	start server "ulimit -n 20000; serve -s -b 1100 0.0.0.0:87"
	wait_until "a server" printed "$started_output" ready
	start client "ulimit -S -n 1024; quicknet -q -n 1100 -w 900 -t 192.168.1.10:87"
	wait_for 300 printed "$started_output" opened || ktap_diag "no answer of quicknet: $(< "$started_output")"
	ktap_is "quicknet -n 1100" "$(< "$started_output")" "opened 1100 of 1100"
	ktap_is "quicknet -n 1100, rows on the server" "$(sockets server -tn state established sport = :87)" 1100
	end_process "$started"
}

# ---- the client's port

# INSTRUCTOR.md, lab 9: even steps of 2 to 16. The range may end between, and another ten seconds begin.
steps() {
	local port last='' odd=0 step
	local -A seen=()

	serve_on -s 0.0.0.0:88
	start client "quicknet -n 20 -w 600 -t 192.168.1.10:88"
	wait_until "twenty clients" printed "$started_output" opened
	while read -r port; do
		if [[ $last ]]; then
			step=$((port - last))
			seen[$step]=1
			((step >= 2 && step <= 16 && step % 2 == 0)) || ((++odd))
		fi
		last=$port
	done < <(sed -n 's/^connected [^:]*:\([0-9]*\) .*/\1/p' "$started_output")
	ktap_diag "steps: ${!seen[*]}"
	ktap_within "steps that are not even or not of 2 to 16" "$odd" 0 2
	ktap_test "steps differ" test "${#seen[@]}" -gt 2
}

# paced HOST ADDRESS...: 40 ports, a connection each 1.41 seconds for 126, which is 28,232 ports and 500 a second to
# scale; this side closes first. The second of each failure goes to stdout.
paced() {
	local host=$1
	shift

	inside "$host" sysctl -qw net.ipv4.ip_local_port_range="20000 20039" net.ipv4.tcp_tw_reuse=0 net.ipv4.tcp_rfc1337=1
	inside "$host" python3 - "$@" <<-'EOF'
	import socket, sys, time
	begin, n = time.monotonic(), 0
	while n * 1.41 < 126:
	    time.sleep(max(0, begin + n * 1.41 - time.monotonic()))
	    try:
	        socket.create_connection((sys.argv[1 + n % (len(sys.argv) - 1)], 89)).close()
	    except OSError:
	        print(int(n * 1.41))
	    n += 1
	EOF
}

# Lab 10, question 1.
exhaustion() {
	local second bad=0
	local -i first=0 again=0

	ip -n server address add 10.0.0.9/24 dev v2
	# Closes what its client has closed.
	serve_on -s 0.0.0.0:89
	paced side 10.0.0.1 10.0.0.9 > "$TPW_TMP/two" &
	paced client 192.168.1.10 > "$TPW_TMP/one"
	wait $!
	ktap_diag "one address failed at second $(xargs < "$TPW_TMP/one")"
	while read -r second; do
		case $second in
		5[6-9]|6[0-3])          ((++first)) ;;
		11[6-9]|12[0-5])        ((++again)) ;;
		*)                      ((++bad)) ;;
		esac
	done < "$TPW_TMP/one"
	ktap_test "one address fails at about 56 to 60 seconds" test "$first" -ge 2
	ktap_test "and about a minute later" test "$again" -ge 2
	ktap_is "failures between" "$bad" 0
	ktap_is "two addresses, failures" "$(wc -l < "$TPW_TMP/two")" 0
}

require_tools ip ss netstat python3 nc nft taskset
tpw_prepare
tpw_load
lab_server_and_client
lab_host twin
lab_cable server 192.168.1.10/24 twin 192.168.1.13/24
lab_host side
lab_cable server 10.0.0.1/24 side 10.0.0.2/24
# No RST shall end a TIME_WAIT that is waited for: an ACK that the last FIN has overtaken brings one (lab 10).
for host in server client; do
	inside "$host" sysctl -qw net.ipv4.tcp_rfc1337=1
done

# Results of each; the last takes two minutes.
declare -A results=([order]=5 [loopback_rows]=2 [twins]=5 [rp_filter]=1 [restart]=4 [room]=1 [nc_ends]=1 [tools]=2
	[steps]=2 [exhaustion]=4)
(($#)) || set -- order loopback_rows twins rp_filter restart room nc_ends tools steps exhaustion
sum=0
for claim; do
	[[ ${results[$claim]-} ]] || ktap_bail "$claim: no such claim; these are: ${!results[*]}"
	sum=$((sum + results[$claim]))
done
ktap_plan "$sum"
for claim; do
	"$claim"
done
ktap_finish
