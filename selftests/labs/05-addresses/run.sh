#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 0.0.0.0, 127.0.0.1, and one address.

. "$(dirname "$0")/../lib.sh"

# serve_on NAME OPTION ADDRESS: a server that answers with its name; it is in started.
serve_on() {
	start server "serve -N $1 $2 $3:8080"
	wait_until "$1 is ready or not" printed "$started_output" "ready\|failed"
}

# try HOST ADDRESS: connect from there; result is what the client read, answer who served it.
try() {
	local output=$TPW_TMP/try

	{ printf '\n%s# %s\n' "$1" "quicknet -w 1 -t $2:8080"; } | tell
	inside "$1" quicknet -w 1 -t "$2:8080" > "$output" 2>&1
	tell < "$output"
	case $(< "$output") in
	connected*)  result=connected ;;
	*refused*)   result=refused ;;
	*)           result=$(< "$output") ;;
	esac
	answer=$(sed -n 's/^received //p' "$output")
}

# refused LOCAL: whether tuplewatch has it among what was asked for and not there.
refused() { if [[ $(column server refused local "local=$1") ]]; then echo refused; else echo connected; fi; }

# winner LOCAL: by tuplewatch, which listener the last SYN to it found.
winner() {
	case $(column server log via "local=$1" flags=S | tail -n 1) in
	listener-addr) echo exact ;;
	listener-any)  echo any ;;
	*)             echo none ;;
	esac
}

# packets DEVICE: of the server, received.
packets() { inside server ip -s -o link show "$1" | sed 's/.*RX:[^\\]*\\ *[0-9]* *\([0-9]*\).*/\1/'; }

# end PROCESS LEFT: a server; so many listeners are left.
end() { end_process "$1"; wait_until "no listener is left" has_sockets "$2" server -ltn; }

lab_begin
lab_server_and_client

say "Only 127.0.0.1."
serve_on exact "" 127.0.0.1
exact=$started
try client 192.168.1.10
fact outside-to-loopback "$result" "the client's connect()" "$(refused 192.168.1.10:8080)"
try server 127.0.0.2
fact other-loopback "$result" "connect()" "$(refused 127.0.0.2:8080)"
on server "tuplewatch explain tcp 192.168.1.13:50000 192.168.1.10:8080"
serve_on any "" 0.0.0.0
if printed "$started_output" "failed.*in use"; then second=no; else second=yes; fi
said "the second server" "$started_output" 1
fact second-bind "$second" "bind(): EADDRINUSE" \
	"$(if [[ $(column server listeners local local=0.0.0.0:8080 state=LISTEN) ]]; then echo yes; else echo no; fi)"
end "$exact" 0

say "Both, with SO_REUSEPORT: first 127.0.0.1, then 0.0.0.0."
serve_on exact -r 127.0.0.1
exact=$started
serve_on any -r 0.0.0.0
any=$started
on server "ss -tln"
try server 127.0.0.1
fact exact-first "$answer" "the name that the server answered" "$(winner 127.0.0.1:8080)"
try client 192.168.1.10
fact outside "$answer" "the name that the server answered" "$(winner 192.168.1.10:8080)"
on server "tuplewatch listeners"
lab_stop "127.0.0.1 and 0.0.0.0 are both there. Try: tuplewatch explain tcp 127.0.0.1:50000 127.0.0.1:8080, and the same for 192.168.1.10."

say "The other order."
end "$exact" 1
end "$any" 0
serve_on any -r 0.0.0.0
any=$started
serve_on exact -r 127.0.0.1
exact=$started
try server 127.0.0.1
fact any-first "$answer" "the name that the server answered" "$(winner 127.0.0.1:8080)"
end "$exact" 1
end "$any" 0

say "The address of v0, from the host that has it."
serve_on address "" 192.168.1.10
v0=$(packets v0) lo=$(packets lo)
try server 192.168.1.10
settle "${netns_pids[server]}"
if (($(packets lo) > lo && $(packets v0) == v0)); then device=lo
elif (($(packets v0) > v0)); then device=v0
else device=none
fi
fact device "$device" "ip -s link: packets that v0 and lo have received" \
	"$(column server log dev local=192.168.1.10:8080 flags=S | tail -n 1)"
try server 127.0.0.1
fact loopback-to-address "$result" "connect()" "$(refused 127.0.0.1:8080)"
on server "tuplewatch log -H local = 192.168.1.10"
lab_end
