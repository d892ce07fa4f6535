# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154	# of lib.sh and claims.sh
#
# INSTRUCTOR.md, lab 15. The server of the other claims is the router here, the client is inside, and side is the server
# outside.

# talks PORT sends|reads: a server outside, of one connection.
talks() {
	program side <<-EOF
	import socket, time
	listener = socket.create_server(("0.0.0.0", $1))
	print("ready", flush=True)
	sock = listener.accept()[0]
	print("accepted", flush=True)
	try:
	    while True:
	        if "$2" == "sends":
	            time.sleep(0.5)
	            sock.sendall(b"data")
	        else:
	            print("read", sock.recv(99), flush=True)
	            time.sleep(600)
	except OSError as error:
	    print(error.strerror, flush=True)
	EOF
	talks_output=$started_output
	wait_until "a server outside" printed "$talks_output" ready
}

claim nat_ports 2
# Question 2: the ports of an outer address are counted for each server and port.
nat_ports() {
	local port

	inside server sysctl -qw net.ipv4.ip_forward=1
	inside server nft 'add table ip n; add chain ip n o { type nat hook postrouting priority 100; }; add rule ip n o oifname v2 tcp dport { 343, 344 } masquerade to :20000-20009'
	ip -n client route add 10.0.0.0/24 via 192.168.1.10
	start side "serve -s 0.0.0.0:343 0.0.0.0:344"
	wait_until "a server outside" printed "$started_output" ready
	for port in 343 344; do
		ktap_is "an outer address with ten ports, of eleven clients to port $port" \
			"$(opened client 11 "10.0.0.2:$port" -T 2)" 10
	done
	end_process "$started"
	inside server nft delete table ip n
	inside server sysctl -qw net.ipv4.ip_forward=0
	ip -n client route delete 10.0.0.0/24
}

claim router_forgets 2
# Question 3: the router's table is lost.
router_forgets() {
	inside server sysctl -qw net.ipv4.ip_forward=1
	inside server nft 'add table ip n; add chain ip n o { type nat hook postrouting priority 100; }; add rule ip n o oifname v2 masquerade'
	ip -n client route add 10.0.0.0/24 via 192.168.1.10

	talks 341 sends
	start client "quicknet -q -w 600 -b 192.168.1.13:40341 -t 10.0.0.2:341"
	wait_until "a connection through the router" printed "$talks_output" accepted
	inside server conntrack -F 2> /dev/null
	wait_until "an error" printed "$talks_output" "reset\|pipe"
	ktap_is "the router forgets, and the server outside sends: it reads" "$(tail -n 1 "$talks_output")" "Connection reset by peer"
	end_process "$started"

	talks 342 reads
	program client <<-'EOF'
	import socket, time
	sock = socket.create_connection(("10.0.0.2", 342), source_address=("192.168.1.13", 40342))
	time.sleep(3)
	sock.sendall(b"late")
	time.sleep(600)
	EOF
	wait_until "a connection through the router" printed "$talks_output" accepted
	inside server conntrack -F 2> /dev/null
	wait_for 15 printed "$talks_output" "read b\|reset"
	ktap_is "the router forgets, and the client inside sends first: the server reads" \
		"$(tail -n 1 "$talks_output")" "read b'late'"
	end_process "$started"
	inside server nft delete table ip n
	inside server sysctl -qw net.ipv4.ip_forward=0
	ip -n client route delete 10.0.0.0/24
}
