#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# annotate, capture and the entry in Wireshark's list of interfaces: ten kinds of traffic between three namespaces, captured
# by dumpcap; each comment is compared with the cookie of the socket that got the segment, as tshark reads it. What has no
# comment is counted. With TPW_LONG=1 some 5,000 packets, else 900.
#
#	client [v0 10.77.0.1] -------- [v0 10.77.0.2] server [vc 10.79.0.2] -------- [eth0 10.79.0.1] container
#	       [v1 10.78.0.1] -------- [v1 10.78.0.2, in the VRF red]
#
# GRO merges on the server's v0 what the client's does not send as one.

. "$(dirname "$0")/../reader/reader.sh"

HERE=$(cd "$(dirname "$0")" && pwd)
WIRESHARK=$TPW_TESTS/../userspace/wireshark
KINDS=(tcp tcp6 udp gro fragments loopback vrf container multicast refused)

# Set by netns_add.
client='' server='' server_pid='' container=''

make_scene() {
	local i

	netns_add client
	netns_add server
	netns_add container
	netns_join "$client" "$server"
	ip link add v1 netns "$client" type veth peer name v1 netns "$server" || ktap_bail "no veth"
	ip link add eth0 netns "$container" type veth peer name vc netns "$server" || ktap_bail "no veth"
	ip -n "$server" link add red type vrf table 10 || ktap_bail "no VRF"
	ip -n "$server" link set v1 master red
	for i in "$client v1 10.78.0.1" "$server v1 10.78.0.2" "$server vc 10.79.0.2" "$container eth0 10.79.0.1"; do
		# shellcheck disable=SC2086	# three words
		set -- $i
		ip -n "$1" address add "$3/24" dev "$2"
		ip -n "$1" link set "$2" up
	done
	ip -n "$server" link set red up
	inside "$server" ethtool -K v0 gro on || ktap_bail "no GRO"
	inside "$client" ethtool -K v0 tso off gso off || ktap_bail "no ethtool"
}

has_begun() { (($(grep -c . < "$TPW_TMP/in.pcapng") > 0)) && said dumpcap '^File'; } 2> /dev/null

capture() {
	in_netns "$server_pid" dumpcap -q -B 16 -N 1000000 -C 1000000000 -i v0 -i v1 -i vc -i lo -w "$TPW_TMP/in.pcapng" \
		2> "$TPW_TMP/dumpcap" &
	dumpcap_pid=$!
	at_exit kill_quietly "$dumpcap_pid"
	wait_for 30 has_begun || ktap_bail "dumpcap: $(< "$TPW_TMP/dumpcap")"
	"$HERE/traffic.py" "$1" "$TPW_TMP/truth" "$client" "$server" "$container" || ktap_bail "no traffic"
	settle "$server_pid"
	tpw_pause 1
	# it was started in the background, where interrupts are ignored
	pkill -TERM -x dumpcap
	wait "$dumpcap_pid"
}

# compare FILE: the lines of compare.py as counts[KIND]
compare() {
	local kind incoming right wrong without

	counts=()
	while read -r kind incoming right wrong without; do
		counts[$kind]="$incoming $right $wrong $without"
	done < <("$HERE/compare.py" "$1" "$WIRESHARK/tuplewatch.lua" "$TPW_TMP/truth" "$server" 2> "$TPW_TMP/wrong")
	head -n 5 "$TPW_TMP/wrong" | while IFS= read -r kind; do ktap_diag "$kind"; done
}

test_comments() {
	local kind incoming right wrong without

	reader "$server_pid" annotate "$TPW_TMP/in.pcapng" -j -o "$TPW_TMP/out.pcapng" > "$TPW_TMP/result"
	ktap_is "annotate" $? 0 "exit status"
	compare "$TPW_TMP/out.pcapng"
	for kind in "${KINDS[@]}"; do
		read -r incoming right wrong without <<< "${counts[$kind]-0 0 0 0}"
		((without == 0)) || ktap_diag "$kind: $without of $incoming have no comment"
		ktap_is "$kind: comments that are wrong" "$wrong" 0
		# what is alike, came on two CPUs and became different things is not told
		ktap_within "$kind: most have one" "$right" $(((incoming * 19 + 19) / 20 + (incoming == 0))) "$incoming" right
	done
	ktap_is "what did not come in has none" "${counts[stray]-}" "0   "
	ktap_is "what tshark says of the file" "${counts[said]-}" "0   "
	ktap_is "each packet counts once" "$(jq '.annotate | .packets - .annotated - .sent - .parts - .others - .unmatched' \
		"$TPW_TMP/result")" 0
}

# filtered DISPLAY-FILTER: how many packets
filtered() {
	tshark -n -X "lua_script:$WIRESHARK/tuplewatch.lua" -r "$TPW_TMP/out.pcapng" -Y "$1" -T fields -e frame.number 2> /dev/null |
		grep -c .
}

# logged WORD...: rows of the log
logged() { reader "$server_pid" log -jH "$@" | grep -c .; }

# Display filters give what log gives; where a row has no packet that is certain, at most so many fewer.
test_filters() {
	local filter without missing

	without=$(jq .annotate.unmatched "$TPW_TMP/result")
	for filter in "match = listener" "match = request" "via = none"; do
		missing=$(($(logged "${filter% = *}" = "${filter#* = }") - $(filtered "tuplewatch.${filter% = *} == \"${filter#* = }\"")))
		ktap_within "filter $filter: as many as in the log" "$missing" 0 "$without" missing
	done
}

test_capture() {
	reader "$server_pid" capture -i lo -w "$TPW_TMP/live.pcapng" -j -- \
		"$TPW_TESTS/basic/traffic" tcp 127.0.0.1 7001 5 3 > /dev/null 2> "$TPW_TMP/said"
	ktap_is "capture, exit status" $? 0
	grep annotate "$TPW_TMP/said" > "$TPW_TMP/result"
	ktap_is "capture: all that came in has a comment" "$(jq '.annotate | .annotated > 20 and .unmatched == 0' "$TPW_TMP/result")" true
	reader "$server_pid" capture -i lo -w "$TPW_TMP/live.pcapng" -- sh -c 'exit 7' > /dev/null 2>&1
	ktap_is "capture, status of the command" $? 7
	reader "$server_pid" capture -i nothing -w "$TPW_TMP/live.pcapng" -- true > /dev/null 2>&1
	ktap_is "capture on what is not there" $? 125 status
}

extcap() { in_netns "$server_pid" env PATH="${READER%/*}:$PATH" "$WIRESHARK/extcap" "$@"; }

test_extcap() {
	local extcap_pid

	ktap_is "extcap: interfaces" "$(extcap --extcap-interfaces | grep -c '^interface {value=tuplewatch-lo}{display=tuplewatch: lo}')" 1
	ktap_is "extcap: kind of link" "$(extcap --extcap-interface tuplewatch-v0 --extcap-dlts)" \
		"dlt {number=1}{name=EN10MB}{display=Ethernet}"
	mkfifo "$TPW_TMP/fifo"
	cat "$TPW_TMP/fifo" > "$TPW_TMP/extcap.pcapng" &
	extcap --extcap-interface tuplewatch-lo --capture --fifo "$TPW_TMP/fifo" 2> "$TPW_TMP/extcap" &
	extcap_pid=$!
	wait_for 30 said extcap '^File' || ktap_diag "$(< "$TPW_TMP/extcap")"
	in_netns "$server_pid" "$TPW_TESTS/basic/traffic" udp 127.0.0.1 7002 40
	wait_for 30 has_comments || ktap_diag "$(< "$TPW_TMP/extcap")"
	end_process "$(pgrep -f "capture -i lo -w $TPW_TMP/fifo" | head -n 1)"
	wait "$extcap_pid"
	ktap_is "extcap: comments of 40 datagrams" "$(comments)" 40
}

comments() { grep -ao 'tuplewatch: via=udp-[a-z]* match=bound' "$TPW_TMP/extcap.pcapng" | wc -l; }
has_comments() { (($(comments) >= 40)); }

declare -A counts
require_tools ip ethtool dumpcap tshark python3 jq nsenter traffic
tpw_prepare
ktap_plan $((2 * ${#KINDS[@]} + 4 + 3 + 4 + 3))
tpw_load_with log_records=65536
make_scene
capture "$(long_or_short 6 1)"
test_comments
test_filters
test_capture
test_extcap
ktap_finish
