#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which worker accepts and which does not, who holds a listener now, and what was lost when it was closed: in the
# listing, on the page, in doctor and in metrics.

. "$(dirname "$0")/reader.sh"

CLIENTS=24
DATAGRAMS=200

# Set by netns_add.
a='' a_pid=''

# start_worker NAME WORD...: worker.py; it may go on as another process than the one that was started
start_worker() {
	local name=$1
	shift

	: > "$TPW_TMP/$name"
	nsenter --net="/proc/$a_pid/ns/net" python3 "$READER_DIR/worker.py" "$@" > "$TPW_TMP/$name" 2>&1 &
	at_exit kill_quietly "$!"
	wait_for 60 said "$name" '^ready' || ktap_bail "worker.py $*: $(< "$TPW_TMP/$name")"
}

# field COOKIE COLUMN: of that listener
field() { reader "$a_pid" listeners -a -jH | jq -r "select(.cookie == \"$1\") | .$2"; }

# findings PATTERN: texts of warnings about listeners
findings() {
	in_netns "$a_pid" "$READER" doctor -j |
		jq -r 'select(.check == "listeners" and .state == "warn") | .text' | grep -- "$1"
}

# member COOKIE: the label of that listener in series of numbers
member() {
	in_netns "$a_pid" "$READER" metrics |
		sed -n "s/^tuplewatch_listener_info{.*local=\"127.0.0.1:7000\",\(member=\"[0-9]*\"\),.*cookie=\"$1\"} 1$/\1/p"
}

# metric NAME PATTERN: the sum of such samples
metric() {
	in_netns "$a_pid" "$READER" metrics |
		awk -v name="tuplewatch_$1{" -v text="$2" 'index($0, name) == 1 && index($0, text) { sum += $NF } END { print sum + 0 }'
}

is_stuck() { [[ $(findings 'wait, .*; nobody has accepted for') ]]; }

# named NAME PORT PROCESS LABELS: who stands beside that listener in top, explain, --audit and metrics
named() {
	ktap_is "$1, top" "$(reader "$a_pid" top -c 1 -d 0.01 sport = ":$2" | awk -v local="127.0.0.1:$2" '
		/Share/ { is_in = 1 } !NF { is_in = 0 } is_in && $2 == local { print $NF }' | sort -u)" "$3"
	reader "$a_pid" explain -H tcp 127.0.0.1:9 "127.0.0.1:$2" > "$TPW_TMP/explained"
	ktap_is "$1, explain" "$(grep -oF -- "$3" "$TPW_TMP/explained" | sort -u)" "$3"
	ktap_is "$1, --audit" "$(reader "$a_pid" listeners --audit | awk -v local="127.0.0.1:$2" '$2 == local { print $NF }' | sort -u)" \
		"${5-$3}"
	ktap_is "$1, metrics" "$(in_netns "$a_pid" "$READER" metrics |
		sed -n "s/^tuplewatch_listener_info{.*local=\"127.0.0.1:$2\",.*member=\"[0-9]*\",\(.*\),cookie=.*/\1/p" | sort -u)" "$4"
}

# on_page PORT: who stands on the page beside that listener, if it is not marked
on_page() { in_netns "$a_pid" sed -n "s|^tcp  *127.0.0.1:$1 .* LISTEN  *[0-9]*  \([0-9]*/.*\)|\1|p" /proc/tuplewatch | sort -u; }

# agree NAME PORT PROCESS: who stands beside that listener on the page, in the listing, in top, explain and metrics
agree() {
	local name=${3#*/} pid=${3%/*}

	ktap_is "$1, the page" "$(on_page "$2")" "$3"
	in_reader "$@" "pid=\"$pid\",comm=\"$name\""
}

# in_reader NAME PORT PROCESS LABELS: the same, but for the page
in_reader() {
	ktap_is "$1, the listing" "$(reader "$a_pid" listeners -tlnH sport = ":$2" | awk '{ print $NF }')" "$3"
	ktap_is "$1, top" "$(reader "$a_pid" top -c 1 -d 0.01 sport = ":$2" | awk -v local="127.0.0.1:$2" '
		/PID/ { is_in = 1 } !NF { is_in = 0 } is_in && $2 == local { print $NF }' | sort -u)" "$3"
	ktap_is "$1, explain" "$(reader "$a_pid" explain -jH tcp 127.0.0.1:9 "127.0.0.1:$2" |
		jq -r 'select(.row == "socket" and .state == "LISTEN") | "\(.holder_pid)/\(.holder_comm)"')" "$3"
	ktap_is "$1, metrics" "$(in_netns "$a_pid" "$READER" metrics |
		sed -n "s/^tuplewatch_listener_info{.*local=\"127.0.0.1:$2\",.*member=\"[0-9]*\",\(.*\),cookie=.*/\1/p" | sort -u)" "$4"
}

has_accepted() { [[ $(reader "$a_pid" listeners -jH sport = ":$1" | jq .accepted) == "$2" ]]; }

# The first process of a daemon has ended; the page cannot know of who holds it and never accepted.
test_daemon() {
	local opener master worker

	start_worker daemon daemon 7003
	read -r opener master worker <<< "$(words daemon daemon opener master worker)"
	at_exit kill_quietly "$master" "$worker"
	wait_for 20 is_gone "$opener" || ktap_bail "$opener is still there"
	ktap_is "nobody has accepted, the page" "$(on_page 7003)" "$opener/python3 (gone)"
	in_reader "nobody has accepted" 7003 "$master/python3" "pid=\"$master\",comm=\"python3\""
	in_netns "$a_pid" nc -z 127.0.0.1 7003
	wait_for 20 has_accepted 7003 1 || ktap_bail "nobody accepts"
	agree "one has accepted" 7003 "$worker/python3"
	ktap_is "from another PID namespace, the page" "$(in_netns "$a_pid" unshare --fork --pid --mount-proc \
		cat /proc/tuplewatch | awk '/:7003 .*LISTEN/ { print $NF }')" hidden
	kill -9 "$worker"
	wait_for 20 is_gone "$worker" || ktap_bail "$worker is still there"
	ktap_is "and has ended, the page" "$(on_page 7003)" "$opener/python3 (gone)"
	in_reader "and has ended" 7003 "$master/python3" "pid=\"$master\",comm=\"python3\""
}

test_stuck() {
	local opener worker good bad accepted left

	start_worker stuck stuck 7000 $CLIENTS
	read -r opener <<< "$(words stuck opener pid)"
	read -r worker good bad accepted left <<< "$(words stuck worker pid good bad accepted left)"
	at_exit kill_quietly "$worker"
	wait_for 20 is_gone "$opener" || ktap_bail "$opener is still there"

	ktap_is "accepted, and what waits, of the one that is served" "$(field "$good" accepted) $(field "$good" queue)" \
		"$accepted 0"
	ktap_is "of the other one" "$(field "$bad" accepted) $(field "$bad" queue)" "1 $left"
	ktap_is "who accepts" "$(field "$good" "accepted_by[\"$worker\"]") $(field "$good" accepted_by_others)" "$accepted 0"
	ktap_is "who called listen()" "$(field "$bad" pid) $(field "$good" pid)" "$opener $opener"
	ktap_is "who holds it" "$(field "$bad" holder_pid)/$(field "$bad" holder_comm)" "$worker/python3"
	ktap_is "who holds it, for people" \
		"$(reader "$a_pid" listeners -H sport = :7000 | grep -c " $worker/python3\$")" 2
	named "who holds it" 7000 "$worker/python3" "pid=\"$worker\",comm=\"python3\""
	ktap_is "who holds it, the page" "$(on_page 7000)" "$worker/python3"
	ktap_is "who holds it, graph" "$(in_netns "$a_pid" "$READER" graph | grep -c "l[0-9]* -> p$worker;\$")" 2
	wait_for 30 is_stuck || ktap_bail "doctor finds nothing"
	ktap_is "doctor" "$(findings 'nobody has accepted' | sed 's/ oldest [^;]*;/ oldest SPAN;/; s/ for [^,]*,/ for SPAN,/')" \
		"tcp 127.0.0.1:7000 of $worker/python3: $left wait, the oldest SPAN; nobody has accepted for SPAN, 1 before; its group still sends it connections"
	ktap_is "the page marks one row" "$(in_netns "$a_pid" sed -n 's/ *[0-9]*  no accept [0-9.]* s$/ SPAN/p' /proc/tuplewatch |
		sed 's/  */ /g')" "tcp 127.0.0.1:7000 queue $left/64 LISTEN SPAN"
	ktap_is "metrics: accepted" "$(metric listener_accepted_total "$(member "$good")") $(metric listener_accepted_total "$(member "$bad")")" \
		"$accepted 1"
	ktap_is "metrics: waits" "$(($(metric listener_wait_seconds "$(member "$bad")") > 0)) $(metric listener_wait_seconds "$(member "$good")")" \
		"1 0"
	kill -9 "$worker"
	wait_for 20 is_gone "$worker" || ktap_bail "$worker is still there"
	ktap_is "closed: lost" "$(field "$good" lost) $(field "$bad" lost) $(field "$bad" migrated)" "0 $left 0"
	ktap_is "closed: doctor" "$(findings 'reset unaccepted' | sed 's/, [^,]* ago$//')" \
		"tcp 127.0.0.1:7000: $left connections were reset unaccepted when it was closed"
	ktap_is "closed: metrics" "$(metric listener_lost 127.0.0.1:7000)" "$left"
	ktap_is "closed: the page" "$(in_netns "$a_pid" grep -c " ago, lost $left\$" /proc/tuplewatch)" 1
	ktap_is "closed: who" "$(reader "$a_pid" who "sk:$bad" | grep -c "$left connections were reset unaccepted")" 1
}

test_gone() {
	local cookie

	start_worker flight flight 7001
	read -r cookie <<< "$(words flight listener cookie)"
	ktap_is "held by nobody" "$(field "$cookie" holder_pid)" gone
	ktap_is "held by nobody, for people" "$(reader "$a_pid" listeners -H sport = :7001 | awk '{ print $NF }')" "(gone)"
	named "held by nobody" 7001 "(gone)" 'comm="(gone)"' ""
	ktap_is "held by nobody, graph" "$(in_netns "$a_pid" "$READER" graph | grep -c '127.0.0.1:7001.nLISTEN.n(gone)"')" 1
	ktap_is "from a PID namespace that is not known" "$(in_netns "$a_pid" unshare --fork --pid --mount-proc \
		"$READER" listeners -H sport = :7001 | awk '{ print $NF }')" hidden
}

test_unread() {
	local drops

	start_worker unread unread 7002 $DATAGRAMS
	drops=$(in_netns "$a_pid" sed -n 's/ *$//; s/.*:1B5A .* //p' /proc/net/udp)
	ktap_diag "UDP: $drops of $DATAGRAMS dropped"
	ktap_is "UDP: some are dropped" "$((drops > 0 && drops < DATAGRAMS))" 1
	ktap_is "UDP: doctor" "$(findings "^udp 127.0.0.1:7002 of [0-9]*/python3: $drops datagrams dropped" | wc -l)" 1
}

require_tools ip jq nc python3 awk unshare nsenter
tpw_prepare
tpw_load
netns_add a
ip -n "$a" link set lo up
ktap_plan 47
test_stuck
test_gone
test_daemon
test_unread
ktap_finish
