# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154	# of lib.sh and claims.sh
#
# The lines ADVICE of explain: what is said of a port that nobody serves, and whether a client is served once that has
# been done.

# advises PROTO FROM TO [WORD...]: the line, without its word.
advises() {
	inside server tuplewatch explain "$@" | sed -n '/^ADVICE/,$p' | tr -d '"' | tr -s '\n ' ' ' | sed 's/^ADVICE //; s/ $//'
}

# served TARGET [OPTION...]: what a client is answered there, or why it is not.
served() {
	local target=$1
	shift

	inside client quicknet -w 2 "$@" -t "$target" | sed -n 's/^received //p; s/^failed .*: //p' | head -n 1
}

# follow NAME WANTED PROTO TO ADVISED...: the server that is in started has PORT, and a client gets nothing from it;
# explain advises WANTED; each ADVISED is what a server then is started with, "beside" before it if the first one stays.
follow() {
	local name=$1 wanted=$2 proto=$3 to=$4 first=$started from=192.168.1.13 advised second
	local -a how=(-q)
	shift 4

	[[ $proto == tcp ]] || how=(-m udp -p hello)

	[[ $to != \[* ]] || from="[fd00::13]"
	ktap_is "$name, advice" "$(advises "$proto" "$from:50000" "$to")" "$wanted"
	for advised; do
		[[ $advised == beside* || ! $first ]] || { end_process "$first"; first=; }
		# shellcheck disable=SC2086
		serve_on -N advised ${advised#beside }
		second=$started
		ktap_is "$name, a server by $advised" "$(served "$to" "${how[@]}")" advised
		end_process "$second"
	done
	[[ ! $first ]] || end_process "$first"
}

claim advice_address 3
advice_address() {
	serve_on -N first 127.0.0.1:8201
	follow "on 127.0.0.1" "bind to 0.0.0.0 or to 192.168.1.10." tcp 192.168.1.10:8201 0.0.0.0:8201 192.168.1.10:8201
}

claim advice_family 6
advice_family() {
	serve_on -N first -6 "[::]:8202"
	follow "IPv6 only" "clear IPV6_V6ONLY before bind(), or bind to 0.0.0.0 or to 192.168.1.10 as well." \
		tcp 192.168.1.10:8202 "beside 0.0.0.0:8202" "beside 192.168.1.10:8202" "[::]:8202"
	serve_on -N first 0.0.0.0:8203
	follow "IPv4 only" "bind to [::] with IPV6_V6ONLY cleared, or to [fd00::10] as well." \
		tcp "[fd00::10]:8203" "[::]:8203"
}

claim advice_device 3
advice_device() {
	serve_on -N first -d v1 0.0.0.0:8204
	follow "another device" "bind it to device v0, or to none." tcp 192.168.1.10:8204 "-d v0 0.0.0.0:8204" 0.0.0.0:8204
}

claim advice_peer 2
advice_peer() {
	serve_on -N first -m udp -c 192.168.1.13:4999 192.168.1.10:8205
	follow "UDP, connected" "receive on a socket that is not connected." udp 192.168.1.10:8205 "-m udp 192.168.1.10:8205"
}

claim advice_proto 3
advice_proto() {
	serve_on -N first -m udp 0.0.0.0:8206
	ktap_is "UDP only, a client that uses it" "$(served 192.168.1.10:8206 -m udp -p hello)" first
	follow "UDP only" "let the client use UDP, or start a server for TCP." tcp 192.168.1.10:8206 "beside 0.0.0.0:8206"
}

claim advice_closed 4
advice_closed() {
	serve_on -N first 0.0.0.0:8207
	inside client quicknet -q -w 0 -b 192.168.1.13:8207 -t 192.168.1.10:8207
	end_process "$started"
	started=
	wait_until "no TIME_WAIT on the server" has_sockets 0 server -tan sport = :8207
	follow "closed" "start it again, or find out why it closed its socket." tcp 192.168.1.10:8207 0.0.0.0:8207
	started=
	follow "nobody" "start the server." tcp 192.168.1.10:8299 0.0.0.0:8299
}

# A connection in TIME_WAIT has the port; its listener is remembered, or not any more.
claim advice_holder 8
advice_holder() {
	restarted 8209 "" -a
	ktap_is "a TIME_WAIT without SO_REUSEADDR, advice" "$(advises tcp 192.168.1.13:50000 192.168.1.10:8209)" \
		"start it again when that is gone: until then bind() fails with EADDRINUSE."
	ktap_is "what has the port" "$(inside server tuplewatch explain tcp 192.168.1.13:50000 192.168.1.10:8209 |
		sed -n '/^HOLDER/,/^ADVICE/p' | tr -s '\n ' ' ' | grep -o '(TIME_WAIT); in the way')" "(TIME_WAIT); in the way"
	ktap_is "a TIME_WAIT without SO_REUSEADDR, bind()" "$restarted" "Address already in use"
	restarted 8210 -a ""
	ktap_is "a TIME_WAIT with SO_REUSEADDR, advice" "$(advises tcp 192.168.1.13:50000 192.168.1.10:8210)" \
		"start it again, with SO_REUSEADDR; or find out why it closed its socket."
	ktap_is "a TIME_WAIT with SO_REUSEADDR, bind() without it" "$restarted" "Address already in use"
	tpw_load
	ktap_is "without SO_REUSEADDR, forgotten, advice" "$(advises tcp 192.168.1.13:50000 192.168.1.10:8209)" \
		"a server's bind() fails with EADDRINUSE until that is gone."
	ktap_is "with SO_REUSEADDR, forgotten, advice" "$(advises tcp 192.168.1.13:50000 192.168.1.10:8210)" \
		"start the server: with SO_REUSEADDR its bind() succeeds."
	serve_on -N advised -a 0.0.0.0:8210
	ktap_is "a TIME_WAIT with SO_REUSEADDR, a server with it" "$(served 192.168.1.10:8210)" advised
}

# A listener of another namespace: by its address there, or by what forwards the port.
claim advice_netns 5
advice_netns() {
	start side "serve -N inside 0.0.0.0:8211"
	wait_until "it listens" has_sockets 1 side -ltn sport = :8211
	ktap_is "in another namespace, advice" "$(advises tcp 192.168.1.13:50000 192.168.1.10:8211)" \
		"reach it by an address of that namespace, or forward the port to it."
	inside server sysctl -qw net.ipv4.ip_forward=1
	ip -n side route add 192.168.1.0/24 via 10.0.0.1
	ip -n client route add 10.0.0.0/24 via 192.168.1.10
	ktap_is "in another namespace, by its address" "$(served 10.0.0.2:8211)" inside
	inside server nft 'add table ip n; add chain ip n p { type nat hook prerouting priority -100; }; add rule ip n p tcp dport 8211 dnat to 10.0.0.2'
	ktap_is "in another namespace, forwarded" "$(served 192.168.1.10:8211)" inside
	start client "quicknet -w 600 -b 192.168.1.13:48211 -t 192.168.1.10:8211"
	wait_until "a client" printed "$started_output" received
	ktap_is "forwarded, advice" "$(advises tcp 192.168.1.13:48211 192.168.1.10:8211 | sed 's/ LOOKUP.*//')" \
		"tuplewatch who 192.168.1.13:48211 10.0.0.2:8211 says which container of this host has it, if one has."
	ktap_is "forwarded, what who says then" "$(tuplewatch who 192.168.1.13:48211 10.0.0.2:8211 |
		grep -o -e '^tcp 10.0.0.2:8211 <- 192.168.1.13:48211' -e 'accepted *by [0-9]*/serve' | sed 's/ *by [0-9]*/ by/' | paste -sd ';')" \
		"tcp 10.0.0.2:8211 <- 192.168.1.13:48211;accepted by/serve"
	inside server nft delete table ip n
	inside server sysctl -qw net.ipv4.ip_forward=0
	ip -n side route delete 192.168.1.0/24
	ip -n client route delete 10.0.0.0/24
}

# What stands behind the end of the walk; for UDP, and where the exact address ends the search.
claim advice_order 5
advice_order() {
	local any dev

	serve_on -N dev -r -m udp -d v0 0.0.0.0:8212
	dev=$started
	serve_on -N any -r -m udp 0.0.0.0:8212
	any=$started
	ktap_is "UDP, the device first, advice" "$(advises udp 192.168.1.13:50000 192.168.1.10:8212)" \
		"call bind() on the device-bound socket last."
	ktap_is "UDP, the device first, who answers" "$(served 192.168.1.10:8212 -m udp -p hello)" any
	end_process "$dev"
	serve_on -N dev -r -m udp -d v0 0.0.0.0:8212
	ktap_is "UDP, the device last, who answers" "$(served 192.168.1.10:8212 -m udp -p hello)" dev
	end_process "$started"
	end_process "$any"
	serve_on -N exact -r 192.168.1.10:8213
	any=$started
	serve_on -N dev -r -d v0 0.0.0.0:8213
	ktap_is "the exact address, why" "$(inside server tuplewatch explain tcp 192.168.1.13:50000 192.168.1.10:8213 |
		sed -n '/^WHY/,$p' | xargs | sed 's/found there ends the search: [^,]*,/found there ends the search: IT,/')" \
		"WHY the exact address is searched first, and what is found there ends the search: IT, bound to the wildcard, is not looked at."
	ktap_is "the exact address, who answers" "$(served 192.168.1.10:8213)" exact
	end_process "$started"
	end_process "$any"
}

# INSTRUCTOR.md, lab 12: listeners of IPv6 with SO_REUSEPORT go to the tail.
claim advice_tail 4
advice_tail() {
	local any dev

	serve_on -N any -r "[::]:8214"
	any=$started
	serve_on -N dev -r -d v0 "[::]:8214"
	dev=$started
	ktap_is "IPv6, the device last, advice" "$(advises tcp "[fd00::13]:50000" "[fd00::10]:8214")" \
		"call listen() on the device-bound socket first."
	ktap_is "IPv6, the device last, who answers" "$(served "[fd00::10]:8214")" any
	end_process "$any"
	ktap_is "IPv6, the device alone" "$(served "[fd00::10]:8214")" dev
	serve_on -N any -r "[::]:8214"
	ktap_is "IPv6, the device first, who answers" "$(served "[fd00::10]:8214")" dev
	end_process "$started"
	end_process "$dev"
}
