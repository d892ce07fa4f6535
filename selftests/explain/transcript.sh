#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The reader's two most wanted answers, from real sockets, word for word; and the file as a shell uses it.
#
#	client [v0 192.168.1.13] -------- [v0 192.168.1.10] server

dir=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../lib/tpw.sh
. "$dir/../lib/tpw.sh"

reader=$TPW_TESTS/../userspace/tuplewatch
# Set by netns_add.
client='' server=''

# start_listeners FILE WORD...: FILE gets their cookies.
start_listeners() {
	local file=$TPW_TMP/$1
	shift

	ip netns exec "$server" python3 "$dir/listen.py" "$@" > "$file" &
	at_exit end_process $!
	wait_for 10 grep -qs ready "$file" || ktap_bail "no listeners"
}

# What differs from run to run has a name instead. Blanks are told apart by has_columns.
named() {
	sed -E -e "s/netns [0-9]+/netns NETNS/" -e "s/bucket [0-9]+/bucket N/" -e "s#[0-9]+/python3#PID/python3#g" \
		-e "s/\\<$1 0\\.0/C1 0.0/;s/socket $1\\>/socket C1/;s/^(WHY +)$1\\>/\\1C1/" \
		-e "s/\\<$2 0\\.0/C2 0.0/;s/socket $2\\>/socket C2/;s/^(WHY +)$2\\>/\\1C2/" -e 's/ +/ /g'
}

# explain FILE WORD...: what the reader says, in FILE.
explain() {
	local file=$TPW_TMP/$1
	shift

	inside "$server" "$reader" explain "$@" > "$file" 2>&1
}

# Where a paragraph is broken into lines depends on how long names are.
unbroken() {
	awk '/^         [^ ]/ { sub(/^ +/, " "); line = line $0; next } NR > 1 { print line } { line = $0 } END { print line }'
}

# same_words NAME FILE COOKIE COOKIE: as on stdin.
same_words() {
	local name=$1 file=$TPW_TMP/$2

	unbroken | sed -E 's/ +/ /g' > "$file.want"
	unbroken < "$file" | named "$3" "$4" > "$file.got"
	if diff -u "$file.want" "$file.got" > "$file.diff"; then
		ktap_pass "$name: $(wc -l < "$file") lines, word for word"
	else
		ktap_diag "$(cat "$file.diff" "$file")"
		ktap_fail "$name: not word for word"
	fi
}

# columns FILE PATTERN...: where each of these first begins in the lines that have it, each number once.
columns() {
	local file=$TPW_TMP/$1
	shift

	awk -v patterns="$(printf '%s\n' "$@")" '
		BEGIN { n = split(patterns, pattern, "\n") }
		{ for (i = 1; i <= n; i++) if (at = index($0, pattern[i])) print at }' "$file" | sort -un | tr '\n' ' '
}

# ask_by_hand QUESTION: as a shell uses the file.
ask_by_hand() {
	exec 3<> /proc/net/tuplewatch/explain
	echo "$1" >&3
	cat <&3
}
export -f ask_by_hand

# buckets ADDRESS: of the exact address, and of the wildcard.
buckets() {
	inside "$server" bash -c "ask_by_hand 'tcp 127.0.0.1:1 $1:2 dev lo'" |
		awk '/^row /{ for (i = 1; i <= NF; i++) if ($i == "bucket") at = i } / listener-a/{ print $at }'
}

# Each namespace hashes in its own way; in one of a few hundred two addresses share a bucket, and then the
# sockets of one are looked at, and passed over, for the other. A transcript is of one of the others.
add_server() {
	until netns_add server && [[ $({ buckets 127.0.0.1; buckets 192.168.1.10; } | sort -u | wc -l) == 3 ]]; do
		netns_delete "$server"
	done
}

require_tools ip python3 jq awk
[[ -x $reader ]] || ktap_bail "no $reader: run make"
ktap_plan 16
tpw_prepare
tpw_load
add_server
netns_add client
ip link add v0 netns "$server" type veth peer name v0 netns "$client" || ktap_bail "no veth"
ip -n "$server" address add 192.168.1.10/24 dev v0
ip -n "$client" address add 192.168.1.13/24 dev v0
ip -n "$server" link set v0 up
ip -n "$client" link set v0 up
start_listeners cookies 127.0.0.1:501 0.0.0.0%lo:22080,r 0.0.0.0:22080,r
mapfile -t cookies < "$TPW_TMP/cookies"

explain refused tcp 192.168.1.13:56990 192.168.1.10:501
same_words "refused" refused x x <<'END'
A SYN 192.168.1.13:56990 > 192.168.1.10:501 coming in on v0 (the route back), netns NETNS

  1  established table  this tuple                 bucket N, 0 sockets       no match
  2  BPF sk_lookup      no program attached
  3  listener table     192.168.1.10:501 (exact)   bucket N, 0 sockets       no match
  4  listener table     0.0.0.0:501 (any)          bucket N, 0 sockets       no match

RESULT   no socket: the kernel answers with RST, the client reads "Connection refused".
KERNEL   agrees (its own lookup, asked the same question, found nothing).
NEAREST  127.0.0.1:501, PID/python3: right port, but for this host only.
ADVICE   bind to 0.0.0.0 or to 192.168.1.10.
END
ktap_is "refused: columns begin at" "$(columns refused 'this tuple' 'no program' ':501 (' bucket 'no match')" \
	"25 32 37 52 78 "
inside "$client" timeout 10 python3 -c '
import socket
try:
    socket.create_connection(("192.168.1.10", 501), 5)
except ConnectionRefusedError:
    print("refused")' > "$TPW_TMP/connect" 2>&1
ktap_is "refused: a client reads" "$(< "$TPW_TMP/connect")" refused

explain stopped tcp 127.0.0.1:44000 127.0.0.1:22080
same_words "stopped" stopped "${cookies[1]}" "${cookies[2]}" <<'END'
A SYN 127.0.0.1:44000 > 127.0.0.1:22080 coming in on lo, netns NETNS

  1  established table  this tuple                 bucket N, 0 sockets       no match
  2  BPF sk_lookup      no program attached
  3  listener table     127.0.0.1:22080 (exact)    bucket N, 0 sockets       no match
  4  listener table     0.0.0.0:22080 (any)        bucket N, 2 sockets, newest first
       #  SOCKET                 PID/PROGRAM    SCORE                      WHAT HAPPENED
       1  C2 0.0.0.0:22080       PID/python3    2 = any device 1 + IPv4 1  best so far; SO_REUSEPORT
                                                group of 1 asked, member 1 chosen, the walk STOPS
       2  C1 0.0.0.0%lo:22080    PID/python3    3 = device lo 2 + IPv4 1   never looked at

RESULT   socket C2, 0.0.0.0:22080, PID/python3.    KERNEL agrees.
WHY      C1 fits better (3 against 2), but the walk ends at the first candidate that beats the
         best so far and has SO_REUSEPORT, whatever stands behind it. IPv4 listeners join at the
         head of the chain: the last one to call listen() is asked first.
ADVICE   call listen() on the device-bound socket last.
END
ktap_is "stopped: columns of steps begin at" "$(columns stopped 'this tuple' 'no program' bucket 'no match')" "25 52 78 "
score=$(columns stopped SCORE)
ktap_is "stopped: scores and the group begin under SCORE" "$(columns stopped '2 = any' '3 = device' 'group of 1')" "$score"
ktap_is "stopped: events begin under WHAT" "$(columns stopped 'best so far; ' 'never looked')" "$(columns stopped WHAT)"
ktap_within "both: width" "$(cat "$TPW_TMP/refused" "$TPW_TMP/stopped" | wc -L)" 60 100 "characters"

# Who is chosen by the CPU, as one is since 6.1, is named for each; what does not fit into a line has more of them.
long=fd77:1234:5678:9abc:def0:1234:5678:9abc
ip -n "$server" address add "$long/64" dev v0 nodad
netns_settle "$server"
start_listeners more "[$long]%v0:1500,r,c0" "[$long]%v0:1500,r,c1" udp/0.0.0.0:1600,r,b1 udp/0.0.0.0:1600,r
mapfile -t more < "$TPW_TMP/more"
explain long tcp '[fd77:1234:5678:9abc:1234::9876]:44000' "[$long]:1500"
ktap_is "by CPU" "$(grep -o 'if CPU [01] handles it: socket [0-9a-f]*' "$TPW_TMP/long" | sort | paste -sd,)" \
	"$(! kernel_is_since 6.1 || echo "if CPU 0 handles it: socket ${more[0]},if CPU 1 handles it: socket ${more[1]}")"
explain program udp 192.168.1.13:44000 192.168.1.10:1600
ktap_within "long lines: width" "$(cat "$TPW_TMP/long" "$TPW_TMP/program" | wc -L)" 60 100 "characters"

# All that hold the socket.
ip netns exec "$server" python3 -c '
import os, socket, signal
sock = socket.create_server(("0.0.0.0", 1700))
os.fork()
print(os.getpid(), flush=True)
signal.pause()' > "$TPW_TMP/holders" &
at_exit xargs -a "$TPW_TMP/holders" kill
has_holders() { [[ $(wc -l < "$TPW_TMP/holders") == 2 ]]; }
wait_for 10 has_holders || ktap_bail "no holders"
explain held tcp 192.168.1.13:44000 192.168.1.10:1700
ktap_is "all that hold it" "$(grep '^RESULT' "$TPW_TMP/held" | grep -o '[0-9]*/python3' | paste -sd' ')" \
	"$(sort -n "$TPW_TMP/holders" | sed 's#$#/python3#' | paste -sd' ')"

# The same as JSON: one object a line.
explain json -j tcp 127.0.0.1:44000 127.0.0.1:22080
ktap_is "-j: the result's cookie" "$(jq -r 'select(.row == "result") | .cookie' "$TPW_TMP/json")" "${cookies[2]}"
ktap_is "-j: what the kernel says" "$(jq -r 'select(.row == "kernel") | .fate' "$TPW_TMP/json")" agrees

explain wrong tcp 127.0.0.1:44000 127.0.0.300:22080
ktap_is "a wrong word: status $?, message" "$(< "$TPW_TMP/wrong")" \
	"tuplewatch: explain: '127.0.0.300:22080' is no address:port; usage: explain tcp|udp FOREIGN LOCAL [dev IF] [cpu N]"

inside "$server" bash -c 'ask_by_hand "tcp 127.0.0.1:44000 127.0.0.1:22080"' > "$TPW_TMP/hand" 2>&1
ktap_is "exec 3<>explain; echo >&3; cat <&3: the result's cookie" \
	"$(awk '/^row /{ for (i = 1; i <= NF; i++) if ($i == "cookie") at = i } /^result /{ print $at }' "$TPW_TMP/hand")" \
	"${cookies[2]}"
inside "$server" bash -c 'ask_by_hand "tcp 127.0.0.1:44000 127.0.0.1:port"' > "$TPW_TMP/hand" 2>&1
ktap_is "the same with a wrong word" "$({ grep -o 'Invalid argument' "$TPW_TMP/hand"; grep '^# error' "$TPW_TMP/hand"; } | paste -sd' ')" \
	"Invalid argument # error: 127.0.0.1:port has no port from 1 to 65535"
ktap_finish
