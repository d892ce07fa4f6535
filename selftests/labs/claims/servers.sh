# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154	# of lib.sh and claims.sh
#
# Servers: started again, with a full queue, gone; programs that the pages use.

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

claim restart 4
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

claim room 1
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

claim nc_ends 1
# Story, "The first client": echo hello | nc -q 5.
nc_ends() {
	start server "nc -l -k -p 85"
	wait_until "nc" has_sockets 1 server -ltn sport = :85
	start client "echo hello | nc -q 5 -p 40085 192.168.1.10 85"
	wait_until "a TIME_WAIT on the client" has_rows 1 client 192.168.1.13:40085 192.168.1.10:85 TIME_WAIT
	ktap_is "echo | nc -q 5, rows ESTABLISHED on the server" \
		"$(rows server 192.168.1.10:85 192.168.1.13:40085 ESTABLISHED)" 0
}

claim tools 2
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

