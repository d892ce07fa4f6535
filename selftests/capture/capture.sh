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
# GRO merges on the server's v0 what the client's does not send as one: what is captured on the client's has been merged
# since, for who looks from the server.

. "$(dirname "$0")/../reader/reader.sh"

HERE=$(cd "$(dirname "$0")" && pwd)
WIRESHARK=$TPW_TESTS/../userspace/wireshark
KINDS=(tcp tcp6 udp gro fragments loopback vrf container multicast refused)

# Set by netns_add.
client='' client_pid='' server='' server_pid='' container=''
dumpcap_pids=()

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

has_begun() { (($(grep -c . < "$TPW_TMP/$1.pcapng") > 0)) && said "$1" '^File'; } 2> /dev/null

# dump NAME PID DEVICE...: into NAME.pcapng, with its process in dumpcap_pids
dump() {
	local name=$1 pid=$2 device devices=()
	shift 2

	for device; do
		devices+=(-i "$device")
	done
	in_netns "$pid" dumpcap -q -B 16 -N 1000000 -C 1000000000 "${devices[@]}" -w "$TPW_TMP/$name.pcapng" \
		2> "$TPW_TMP/$name" &
	dumpcap_pids+=($!)
	at_exit kill_quietly $!
	wait_for 30 has_begun "$name" || ktap_bail "dumpcap: $(< "$TPW_TMP/$name")"
}

capture() {
	dump in "$server_pid" v0 v1 vc lo
	dump before "$client_pid" v0
	"$HERE/traffic.py" "$1" "$TPW_TMP/truth" "$client" "$server" "$container" || ktap_bail "no traffic"
	settle "$server_pid"
	tpw_pause 1
	# it was started in the background, where interrupts are ignored
	kill "${dumpcap_pids[@]}"
	wait "${dumpcap_pids[@]}"
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

# What was captured where nothing was merged yet: a packet has its own verdict, or none and the reason.
test_merged_since() {
	local incoming right wrong without

	reader "$server_pid" annotate "$TPW_TMP/before.pcapng" -j -o "$TPW_TMP/after.pcapng" > "$TPW_TMP/result"
	compare "$TPW_TMP/after.pcapng"
	read -r incoming right wrong without <<< "${counts[gro]-0 0 0 0}"
	ktap_diag "merged since: of $incoming segments $right have a comment, $without none: $(jq -c .annotate "$TPW_TMP/result")"
	ktap_is "merged since: comments that are wrong" "$wrong" 0
	ktap_is "merged since: most have none" "$((without * 2 > incoming && incoming > 500))" 1
	ktap_is "merged since: the reason is that they were" "$(jq ".annotate[\"other-length\"] * 10 >= $without * 9" "$TPW_TMP/result")" true
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

# What of a capture is left when it has ended; what nobody waited for has ended, too
left() { ps -eo stat=,args= | awk '$1 !~ /^Z/ && /[c]apture -i|[d]umpcap/'; }
nothing_is_left() { [[ ! $(left) ]]; }

# as_wireshark WORD...: tshark, which takes interfaces from a folder as Wireshark does; ours is the only one there.
as_wireshark() {
	# shellcheck disable=SC2016	# for that shell
	inside "$server" env PATH="${READER%/*}:$PATH" HOME="$TPW_TMP" unshare -m sh -c \
		'mount --bind "$1" "$2" && shift 2 && exec tshark -n "$@"' sh "$TPW_TMP/extcap.d" "$extcap_dir" "$@"
}

# Whether dumpcap runs for a capture of ours on lo, and has a socket there: who lists devices has one, too, for a moment.
is_captured() {
	# shellcheck disable=SC2016	# fields of awk
	pgrep -f 'dumpcap -q -i lo -w -' > /dev/null &&
		in_netns "$server_pid" awk '$5 == 1 && $6 == 1 { found = 1 } END { exit !found }' /proc/net/packet
}

test_tshark() {
	local extcap_dir tshark_pid

	extcap_dir=$(tshark -G folders 2> /dev/null | sed -n 's/^Extcap path:[[:space:]]*//p' | tail -n 1)
	mkdir "$TPW_TMP/extcap.d"
	cp "$WIRESHARK/extcap" "$TPW_TMP/extcap.d/tuplewatch"
	ktap_is "tshark -D: our devices" "$(as_wireshark -D 2> /dev/null | sed -n 's/^[0-9]*\. \(tuplewatch-.*\)/\1/p' | sort | xargs)" \
		"$(ip -n "$server" -br link | sed 's/[@ ].*//; s/.*/tuplewatch-& (tuplewatch: &)/' | sort | xargs)"
	as_wireshark -X "lua_script:$WIRESHARK/tuplewatch.lua" -i tuplewatch-lo -c 40 -a duration:90 \
		-T fields -e udp.dstport -e tuplewatch.match > "$TPW_TMP/shown" 2> "$TPW_TMP/tshark" &
	tshark_pid=$!
	wait_for 60 is_captured || ktap_diag "$(< "$TPW_TMP/tshark")"
	in_netns "$server_pid" "$TPW_TESTS/basic/traffic" udp 127.0.0.1 7003 40
	wait "$tshark_pid"
	ktap_is "tshark -i: exit status" $? 0
	ktap_is "tshark -i: comments of 40 datagrams" "$(grep -c $'^7003\tbound$' "$TPW_TMP/shown")" 40
	ktap_is "tshark -i: nothing that Wireshark would show as an error" "$(grep -c 'Error' "$TPW_TMP/tshark")" 0
	wait_for 10 nothing_is_left
	ktap_is "tshark -i: who captures has ended" "$(left)" ""
	as_wireshark -i tuplewatch-vc -a duration:2 > "$TPW_TMP/shown" 2> "$TPW_TMP/tshark"
	ktap_is "tshark -i, where nothing comes: nothing shown as an error" "$(grep -c 'Error' "$TPW_TMP/tshark")" 0
	wait_for 10 nothing_is_left
	ktap_is "tshark -i, where nothing comes: who captures has ended" "$(left)" ""
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
	wait_for 30 is_captured || ktap_diag "$(< "$TPW_TMP/extcap")"
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
ktap_plan $((2 * ${#KINDS[@]} + 4 + 3 + 3 + 4 + 7 + 3))
tpw_load_with log_records=65536
make_scene
capture "$(long_or_short 6 1)"
test_comments
test_filters
test_merged_since
test_capture
test_tshark
test_extcap
ktap_finish
