#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What `make demo` shows: the story, then what netstat and tuplewatch say of it.

. "$(dirname "$0")/../lib/tpw.sh"
. "$(dirname "$0")/../lib/story.sh"

say() { printf '\n%s\n' "$*" | fold -s -w 90 | sed 's/ *$//'; }

# show NETNS COMMAND: the command as one would type it, and what it prints.
show() {
	printf '\n%s# %s\n' "$1" "$2"
	ip netns exec "${!1}" bash -c "$2" 2>&1 | sed 's/ *$//'
}

story_told() { printf '%s# %s\n' "$1" "$2"; }

reader() {
	local built=$TPW_TESTS/../userspace/tuplewatch

	if [[ -x $built ]]; then
		PATH=$(cd "${built%/*}" && pwd):$PATH
		show server "tuplewatch log"
	else
		show server "cat /proc/net/tuplewatch/log"
	fi
}

# A page for a browser, where there is somebody to keep it; and why the third one was refused.
page() {
	[[ -x $TPW_TESTS/../userspace/tuplewatch && ${TPW_KEEP-} ]] || return 0
	say "The same to look at, with a replay, and what the kernel would do with the one at the wrong port:"
	cd "$TPW_KEEP" || return
	show server "tuplewatch report -o report.html tcp 192.168.1.13:56991 192.168.1.10:501"
	cd "$OLDPWD" || return
}

require_tools ip nc netstat setsid fold sed
tpw_prepare
tpw_load
printf 'Linux %s, tuplewatch by %s.\n' "$(uname -r)" "$(grep -o 'backend=[a-z]*' /proc/net/tuplewatch/hooks)"
story_set_up
say "Two network namespaces, joined by a cable: server (192.168.1.10) and client" \
	"(192.168.1.13). A server on port 500, two clients, and one at the wrong port:"
echo
story_play
cat "$TPW_TMP/client.out"

say "What netstat knows. One connection is ESTABLISHED without a process: nc -k serves one client at a time; for the other one, the kernel has shaken hands by itself."
show server "netstat -atnp"

say "What tuplewatch knows: the same sockets, and how each segment found its own."
show server "cat /proc/tuplewatch"

say "And segment by segment:"
reader
page
echo
