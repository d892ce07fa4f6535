#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: claims.sh [CLAIM...]: what the story, the READMEs of the labs, INSTRUCTOR.md and the advice of explain say of
# the kernel besides what the labs ask. Each claim is played, and fails when the kernel does otherwise. They are in
# claims/; which sentence is proved by which is in claims.txt.
#
#	client [v0 192.168.1.13] -------- [v0 192.168.1.10]
#	twin   [v1 192.168.1.13] -------- [v1 192.168.1.10] server
#	side   [v2 10.0.0.2]     -------- [v2 10.0.0.1]

TPW_LAB_TEST=1
. "$(dirname "$0")/lib.sh"

lab_handin=$TPW_TMP

# serve_on OPTION... ADDRESS:PORT: a server; it is in started, what it says in started_output.
serve_on() {
	start server "serve $*"
	wait_until "a server is ready or not" printed "$started_output" "ready\|failed"
}

# program HOST: what is on stdin, in Python, started there.
program() {
	local file=$TPW_TMP/program.$((lab_started + 1))

	cat > "$file"
	start "$1" "exec python3 $file"
}

# listens FILE: whether the server listens.
listens() { if printed "$1" " ready "; then echo yes; else sed -n 's/^.*failed [^ ]* //p' "$1"; fi; }

# answer PORT [COMMAND...]: the name that a client by IPv4 is answered.
answer() {
	local port=$1
	shift

	inside client "$@" quicknet -w 2 -t "192.168.1.10:$port" | sed -n 's/^received //p'
}

# rows HOST WORDS...: how many rows of netstat have this local end, foreign end and state.
rows() { inside "$1" netstat -atn | awk -v wanted="$2 $3 $4" '$4 " " $5 " " $6 == wanted' | wc -l; }

has_rows() { (($(rows "${@:2}") == $1)); }

require_tools ip ss netstat python3 nc nft taskset conntrack tcpdump

# claim NAME RESULTS: stands before the function of that name.
declare -A results
claims=()
claim() {
	claims+=("$1")
	results[$1]=$2
}
for file in "$LABS"/claims/*.sh; do
	# shellcheck disable=SC1090
	. "$file"
done

if [[ ${1-} == list ]]; then
	printf '%s\n' "${claims[@]}"
	exit
fi
tpw_prepare
tpw_load
lab_server_and_client
lab_host twin
lab_cable server 192.168.1.10/24 twin 192.168.1.13/24
lab_host side
lab_cable server 10.0.0.1/24 side 10.0.0.2/24
lab_address server v0 fd00::10/64
lab_address client v0 fd00::13/64
netns_settle server client
# No RST shall end a TIME_WAIT that is waited for: an ACK that the last FIN has overtaken brings one (lab 10).
for host in server client; do
	inside "$host" sysctl -qw net.ipv4.tcp_rfc1337=1
done

(($#)) || set -- "${claims[@]}"
sum=0
for claim; do
	[[ ${results[$claim]-} ]] || ktap_bail "$claim: no such claim; these are: ${claims[*]}"
	sum=$((sum + results[$claim]))
done
ktap_plan "$sum"
for claim; do
	"$claim"
done
ktap_finish
