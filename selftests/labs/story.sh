#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: story.sh [FAQ.md]
#
# Plays README.md, or the page that is named: types each command of its blocks on the host named before it, and compares what that prints
# with what stands there, numbers that differ from run to run aside. Each section (##) begins with fresh hosts.
# With TPW_STORY_WRITE=1, README.md as it is printed now goes to $TPW_KEEP, and the log of the last section, of
# which lookup.py draws the picture, to lookup.log there; what the server's tables have at the end of section N, to
# sections/N (story-page makes a page of these). TPW_STORY_ONLY: only sections that have these words.
#
#	client [v0 192.168.1.13] -------- [v0 192.168.1.10] server

. "$(dirname "$0")/lib.sh"

page=$LABS/${1:-README.md}
story_started=()

# ---- hosts

story_reset() {
	local pid host

	for pid in "${story_started[@]}"; do
		end_process "$pid"
	done
	for host in "${lab_hosts[@]}"; do
		netns_delete "$host"
	done
	story_started=() lab_hosts=() lab_cables=0
}

# The tables as they are at the end of a section, under its number.
story_keep() {
	[[ ${TPW_STORY_WRITE-} == 1 ]] && ((${#lab_hosts[@]})) || return 0
	mkdir -p "$TPW_KEEP/sections"
	inside server tuplewatch save "$TPW_KEEP/sections/$played" > /dev/null || ktap_bail "no save of section $played"
	rm -rf "$TPW_KEEP/sections/$played/all"
}

story_hosts() {
	story_keep
	story_reset
	played=$sections
	tpw_load
	lab_server_and_client
	# No RST shall end a TIME_WAIT that the page shows: an ACK that the last FIN has overtaken brings one (lab 10).
	inside server sysctl -qw net.ipv4.tcp_rfc1337=1
	inside client sysctl -qw net.ipv4.tcp_rfc1337=1
}

# story_state VARIABLE: a text that changes with each socket and each segment of both hosts. Not with time: the
# kernel's tables have timers in them.
story_state() {
	local host
	local -a files=()

	for host in "${lab_hosts[@]}"; do
		files+=("/proc/${netns_pids[$host]}/net/"{tcp,tcp6,udp,udp6,packet,snmp})
	done
	printf -v "$1" %s "$(awk '
		FILENAME ~ /snmp$/   { print; next }
		FILENAME ~ /packet$/ { print $NF; next }
		{ print $2, $3, $4, $5 }' "${files[@]}")"
}

story_changed() {
	local now

	story_state now
	[[ $now != "$before" ]]
}

# story_type HOST COMMAND: its output goes to output; one in the background has done something when this returns.
story_type() {
	output=
	if [[ $2 == *" &" ]]; then
		story_state before
		nsenter --net="/run/netns/$1" -- setsid bash -c "trap 'trap - TERM; kill 0' TERM; $2 wait" \
			> "$TPW_TMP/background" 2>&1 &
		story_started+=($!)
		wait_for 40 story_changed || ktap_bail "nothing comes of: $2"
	else
		output=$(inside "$1" bash -c "$2" 2>&1 | sed 's/[[:blank:]]*$//')
	fi
	settle "${netns_pids[server]}" "${netns_pids[client]}"
}

# ---- the page

# What differs from run to run has a name instead; the widths of columns depend on it.
story_named() {
	sed -E -e 's/^[0-9:]{8}\.[0-9]+ /TIME /' -e 's/[0-9]+\/(nc|python3|serve|quicknet)/PID\/\1/g' -e 's/pid=[0-9]+/pid=N/g' \
		-e 's/^(nc|python3|serve) +[0-9]+ (root|nobody)/\1 PID \2/' -e 's/IPv4 +[0-9]+ /IPv4 INODE /' \
		-e 's/netns [0-9]+/netns NETNS/' -e 's/watching [0-9.]+ s/watching N s/' -e 's/[0-9]+ of [0-9]+ hooks by [a-z]+/N of N hooks by B/' \
		-e 's/(for|accepted) [0-9.]+ (us|ms|s|min)\>/\1 N s/; s/log [0-9]+ of 1024/log N of 1024/' \
		-e 's/bucket [0-9]+/bucket N/' -e 's/ino:[1-9][0-9]*/ino:N/; s/ready [0-9]+/ready PID/; s/socket [0-9a-f]+,/socket C,/' -e 's/memory [0-9.]+ MiB/memory N MiB/' \
		-e 's/[0-9.]+ (us|ms|s|min) ago/N s ago/g' -e 's/ +/ /g' | story_cookies | story_sorted
}

# Cookies by the order in which they turn up, so that the same one is seen to be the same.
story_cookies() {
	awk '{
		done = ""
		while (match($0, /(sk:|cookie=|listener=)[0-9a-f]+/)) {
			word = substr($0, RSTART, RLENGTH)
			at = match(word, /[:=]/)
			cookie = substr(word, at + 1)
			match($0, /(sk:|cookie=|listener=)[0-9a-f]+/)
			if (!(cookie in known))
				known[cookie] = ++n
			done = done substr($0, 1, RSTART - 1) substr(word, 1, at) "C" known[cookie]
			$0 = substr($0, RSTART + RLENGTH)
		}
		print done $0
	}'
}

# Sockets come in the order of a hash that differs from boot to boot: neighbours are sorted if they begin with
# the same word.
story_sorted() {
	local line word last=
	local -a lines=()

	while IFS= read -r line; do
		read -r word _ <<< "$line"
		if [[ $word != "$last" ]]; then
			((${#lines[@]} == 0)) || printf '%s\n' "${lines[@]}" | sort
			lines=()
		fi
		lines+=("$line")
		last=$word
	done
	((${#lines[@]} == 0)) || printf '%s\n' "${lines[@]}" | sort
}

# story_block: the lines of one, in block; the same as they are now go to real.
story_block() {
	local line

	real=()
	for line in "${block[@]}"; do
		[[ $line =~ ^(server|client)\#\ (.*)$ ]] || continue
		story_type "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
		real+=("$line")
		[[ -z $output ]] || mapfile -t -O "${#real[@]}" real <<< "$output"
	done
}

# story_compare NAME: block with real.
story_compare() {
	printf '%s\n' "${block[@]}" | story_named > "$TPW_TMP/want"
	printf '%s\n' "${real[@]}" | story_named > "$TPW_TMP/got"
	if diff -u "$TPW_TMP/want" "$TPW_TMP/got" > "$TPW_TMP/diff"; then
		ktap_pass "$1: ${#block[@]} lines"
	else
		ktap_diag "$(tail -n +3 "$TPW_TMP/diff")"
		ktap_fail "$1: not as printed now"
	fi
}

# story_lines: the page once, line by line; new gets it as it is printed now.
story_lines() {
	local line inside=no section='' number=0
	local -i sections=0 played=0
	local -a block

	new=()
	while IFS= read -r line; do
		if [[ $inside == no ]]; then
			new+=("$line")
			case $line in
			'## '*) section=${line#'## '} number=0 fresh=yes sections+=1 ;;
			'```')  inside=yes block=() ;;
			esac
			continue
		fi
		if [[ $line != '```' ]]; then
			block+=("$line")
			continue
		fi
		inside=no
		if [[ ! ${block[0]} =~ ^(server|client)\#\  ]]; then
			new+=("${block[@]}" '```')
		elif [[ $section != *"${TPW_STORY_ONLY-}"* ]]; then
			ktap_skip "$section, block $((++number))" "not asked for"
			new+=("${block[@]}" '```')
		else
			[[ $fresh == no ]] || story_hosts
			fresh=no
			story_block
			story_compare "$section, block $((++number))"
			new+=("${real[@]}" '```')
		fi
	done < "$page"
	story_keep
}

# The picture has the counts of the log that it was drawn from.
story_picture() {
	[[ -s $LABS/lookup.svg ]] || ktap_bail "no lookup.svg"
	ktap_is "lookup.svg, its numbers and those of lookup.log" \
		"$(grep -o '<text[^>]*>[^<]*[0-9][^<]*' "$LABS/lookup.svg" | sed 's/<[^>]*>//' | grep -o '[0-9,]*[0-9]' | sort | paste -sd' ')" \
		"$("$LABS/lookup.py" "$LABS/lookup.log" | grep -o 'label="[^"]*"' | grep -o '[0-9,]*[0-9]' | sort | paste -sd' ')"
}

require_tools ip ss netstat python3 nc lsof tcpdump tshark
tpw_prepare
at_exit story_reset
is_story() { [[ $page == */README.md ]]; }
ktap_plan $(($(grep -A 1 '^```$' "$page" | grep -c '^\(server\|client\)# ') + $(if is_story; then echo 1; else echo 0; fi)))
story_lines
if [[ ${TPW_STORY_WRITE-} == 1 ]]; then
	printf '%s\n' "${new[@]}" > "${TPW_KEEP:?}/${page##*/}"
	! is_story || cat "/proc/${netns_pids[server]}/net/tuplewatch/log" > "$TPW_KEEP/lookup.log"
fi
! is_story || story_picture
ktap_finish
