# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154	# of lib.sh and claims.sh
#
# Which of several sockets has a connection, and what explain says of it.

claim order 5
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
	ktap_is "explain, why" "$(inside server tuplewatch explain tcp 192.168.1.13:50000 192.168.1.10:8080 cpu 0 |
		sed -n '/^WHY/,/^ADVICE/p' | sed '/^ADVICE/d' | xargs | sed 's/^WHY [0-9a-f]* //')" \
		"fits better (3 against 2), but the walk ends at the first candidate that beats the best so far and has \
SO_REUSEPORT, whatever stands behind it. IPv6 sockets with SO_REUSEPORT join at the tail of the chain, all others at its head."
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


claim migrate 1
# Lab 11, what is tried at the prompt, and INSTRUCTOR.md: with tcp_migrate_req=1 the others of a group get the queue.
migrate() {
	local first clients

	inside server sysctl -qw net.ipv4.tcp_migrate_req=1
	serve_on -N hangs -r -w 0.0.0.0:331
	first=$started
	start client "quicknet -n 5 -w 600 -t 192.168.1.10:331"
	clients=$started_output
	wait_until "five clients" printed "$clients" opened
	serve_on -N serves -r 0.0.0.0:331
	end_process "$first"
	wait_for 30 has_sockets 5 server -tnp state established sport = :331
	wait_for 30 are_served "$clients" 5
	ktap_is "a server ends with five connections in its queue, tcp_migrate_req=1: who serves them" \
		"$(grep -c "received serves" "$clients")" 5
	end_process "$started"
	inside server sysctl -qw net.ipv4.tcp_migrate_req=0
}

are_served() { (($(grep -c "received serves" "$1") == $2)); }

claim bindv6only 2
# INSTRUCTOR.md, lab 6, question 1.
bindv6only() {
	local value

	for value in 1 0; do
		inside server sysctl -qw net.ipv6.bindv6only=$value
		program server <<-EOF
		import socket, time
		sock = socket.socket(socket.AF_INET6)
		sock.bind(("::", 33$value))
		sock.listen()
		print("ready", flush=True)
		time.sleep(600)
		EOF
		wait_until "a server on [::]" printed "$started_output" ready
		ktap_is "bindv6only=$value, a client by IPv4" "$(tried "192.168.1.10:33$value")" \
			"$(if ((value)); then echo "Connection refused"; else echo connected; fi)"
	done
}

claim udp_errors 2
# INSTRUCTOR.md, lab 8: an unconnected socket reads ICMP errors if it asks for them by IP_RECVERR (11).
udp_errors() {
	ktap_is "UDP, not connected, nobody is there; the same with IP_RECVERR" "$(inside client python3 - <<-'EOF'
	import socket
	for value in 0, 1:
	    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	    sock.setsockopt(socket.IPPROTO_IP, 11, value)
	    sock.settimeout(2)
	    sock.sendto(b"hello", ("192.168.1.10", 334))
	    try:
	        sock.recv(9)
	    except ConnectionRefusedError:
	        print("refused")
	    except TimeoutError:
	        print("nothing")
	EOF
	)" $'nothing\nrefused'
	# INSTRUCTOR.md, lab 17, variations: one bucket for all of one local port.
	program server <<-'EOF'
	import socket, time
	socks = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(50)]
	for number, sock in enumerate(socks):
	    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	    sock.bind(("192.168.1.10", 335))
	    sock.connect(("192.168.1.13", 5000 + number))
	print("ready", flush=True)
	time.sleep(600)
	EOF
	wait_until "fifty UDP sockets" printed "$started_output" ready
	ktap_is "fifty connected UDP sockets of one port, in one bucket" "$(inside server tuplewatch explain udp \
		192.168.1.13:6000 192.168.1.10:335 | sed -n 's/.*192.168.1.10:335 (exact) .* \([0-9]*\) sockets.*/\1/p')" 50
}
