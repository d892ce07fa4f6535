#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One port, two families.

. "$(dirname "$0")/../lib.sh"

# serve_on NAME OPTION ADDRESS: a server that answers with its name; it is in started.
serve_on() {
	start server "serve -N $1 $2 $3:$PORT"
	wait_until "$1 is ready or not" printed "$started_output" "ready\|failed"
}

# try ADDRESS [COMMAND...]: connect from the client, by that command; result is what it read, answer who served it.
try() {
	local output=$TPW_TMP/try address=$1
	shift

	printf '\nclient# %s\n' "$* quicknet -w 1 -t $address:$PORT" | sed 's/#  /# /' | tell
	inside client "$@" quicknet -w 1 -t "$address:$PORT" > "$output" 2>&1
	tell < "$output"
	case $(< "$output") in
	connected*) result=connected ;;
	*refused*)  result=refused ;;
	*)          result=$(< "$output") ;;
	esac
	answer=$(sed -n 's/^received //p' "$output")
}

# last_syn COLUMN: of what tuplewatch says of the last SYN.
last_syn() { column server log "$1" flags=S | tail -n 1; }

syn_result() { if [[ $(last_syn match) == none ]]; then echo refused; else echo connected; fi; }

# winner: by tuplewatch, the family of the listener that was given the last SYN.
winner() { if [[ $(column server listeners proto "cookie=$(last_syn cookie)") == tcp6 ]]; then echo six; else echo four; fi; }

# may FILE: whether this server could listen.
may() { if printed "$1" "failed.*in use"; then echo no; else echo yes; fi; }

# listens NAME ADDRESS: by tuplewatch.
listens() { if [[ $(column server listeners state "local=$1:$PORT" state=LISTEN) ]]; then echo yes; else echo no; fi; }

# protocols STATE: as what netstat lists the first socket in this state.
protocols() { inside server netstat -atn | awk -v state="$1" '$6 == state { print $1; exit }'; }

end() { end_process "$1"; wait_until "no listener is left" has_sockets "$2" server -ltn; }

lab_begin
lab_server_and_client
lab_address server v0 fd00::10/64
lab_address client v0 fd00::13/64
netns_settle server client

say "A server on [::]:$PORT, as many programs open it."
serve_on six "" "[::]"
six=$started
show server "netstat -atn"
fact row "$(protocols LISTEN)" "netstat -atn, column 1" "$(column server listeners proto state=LISTEN)"
delivered=$(counter server Ip.InDelivers)
start client "quicknet -w 600 -t $TO1:$PORT"
client=$started
wait_until "the client has an answer" printed "$started_output" "received\|failed"
show server "netstat -atn"
show server "ss -tan"
if printed "$started_output" ^connected; then result=connected; else result=refused; fi
fact four-to-dual "$result" "the client's connect()" "$(syn_result)"
fact row-of-four "$(protocols ESTABLISHED)" "netstat -atn, column 1" \
	"$(column server connections proto state=ESTABLISHED)"
if (($(counter server Ip.InDelivers) >= delivered + 2)); then packets=IPv4; else packets=IPv6; fi
fact packets "$packets" "nstat: IpInDelivers" "$(if [[ $(last_syn proto) == tcp ]]; then echo IPv4; else echo IPv6; fi)"
show server "tuplewatch log"
show server "tuplewatch listeners -e"
serve_on four "" 0.0.0.0
said "the second server" "$started_output" 1
fact second-bind "$(may "$started_output")" "bind(): EADDRINUSE" "$(listens 0.0.0.0)"
lab_stop "One dual-stack server, one client by $BY1. Try: client quicknet -t [fd00::10]:$PORT; tuplewatch log."
end_process "$client"
end "$six" 0

say "The same with IPV6_V6ONLY."
serve_on six -6 "[::]"
six=$started
try "$TO2"
fact four-to-only "$result" "the client's connect()" "$(syn_result)"
show server "tuplewatch explain tcp $CLIENT:50000 $SERVER:$PORT"
serve_on four "" 0.0.0.0
four=$started
fact only-beside-four "$(may "$started_output")" "bind()" "$(listens 0.0.0.0)"
show server "ss -tln"
end "$six" 1
try "$TO3"
fact six-to-four "$result" "the client's connect()" "$(syn_result)"
end "$four" 0

say "Both, with SO_REUSEPORT: [::] first."
serve_on six -r "[::]"
six=$started
serve_on four -r 0.0.0.0
four=$started
try "$TO4"
fact both "$answer" "the name that the server answered" "$(winner)"
end "$six" 1
end "$four" 0

say "0.0.0.0 first."
serve_on four -r 0.0.0.0
four=$started
serve_on six -r "[::]"
six=$started
try "$TO4"
fact both-reversed "$answer" "the name that the server answered" "$(winner)"
show server "tuplewatch listeners"
end "$six" 1
end "$four" 0

say "0.0.0.0 first, and \"six\" has more points: -d is SO_BINDTODEVICE, -C SO_INCOMING_CPU. What a client on CPU 0 sends" \
	"over this cable comes in on CPU 0."
serve_on four -r 0.0.0.0
serve_on six "-r -d v0 -C 0" "[::]"
try "$TO5" taskset -c 0
fact more-points "$answer" "the name that the server answered" "$(winner)"
show server "tuplewatch explain tcp $CLIENT:50000 $SERVER:$PORT cpu 0"
lab_end
