# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Functions fill variables that their caller names; the dollars of jq stand in single quotes.
# shellcheck disable=SC2034,SC2016
#
# For tests of the reader, `tuplewatch`: the program, and peers whose sockets are known by their cookies.

READER_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# shellcheck source=../lib/tpw.sh
. "$READER_DIR/../lib/tpw.sh"

if [[ -x $TPW_TESTS/../userspace/tuplewatch ]]; then
	READER=$(cd "$TPW_TESTS/../userspace" && pwd)/tuplewatch
else
	READER=$(command -v tuplewatch) || ktap_bail "no reader: run make in userspace"
fi
[[ -x $READER_DIR/peer ]] || ktap_bail "no reader/peer: run make in selftests"
# Of whoever runs the tests
unset NO_COLOR

# in_netns PID COMMAND...: a fork less than ip netns exec.
in_netns() {
	local pid=$1
	shift
	nsenter --net="/proc/$pid/ns/net" "$@"
}

# reader PID ARGUMENT...: the program, looking from the namespace of that process.
reader() {
	local pid=$1
	shift
	"$READER" -N "$pid" "$@"
}

# save NAME PID ARGUMENT...: the rows that it gives as JSON, through jq, as lines of key=value in $TPW_TMP/NAME.
# Arrays become key=word,... and those of -p users=comm/pid/fd,...
save() {
	local name=$1 pid=$2
	shift 2

	reader "$pid" -jH "$@" > "$TPW_TMP/$name.json" || ktap_diag "tuplewatch $*: exit status $?"
	jq -r 'def word: if type == "object" then "\(.comm)/\(.pid)/\(.fd)" else . end;
		def flat($before): to_entries[] | .key as $key | .value |
			if type == "object" then flat("\($before)\($key).")
			elif type == "array" then "\($before)\($key)=" + (map(word) | join(","))
			else "\($before)\($key)=\(.)" end;
		"row " + ([flat("")] | join(" "))' "$TPW_TMP/$name.json" > "$TPW_TMP/$name" ||
		ktap_diag "jq cannot read what tuplewatch $* prints"
}

said() { grep -qs -- "$2" "$TPW_TMP/$1"; }

# start_peer NAME PID WORD...: what it says is in $TPW_TMP/NAME, its process in peer_pid; returns when it is ready.
start_peer() { start_peer_as "$READER_DIR/peer" "$@"; }

# start_peer_as PROGRAM NAME PID WORD...: the same by another name of the program
start_peer_as() {
	local program=$1 name=$2 pid=$3
	shift 3

	: > "$TPW_TMP/$name"
	nsenter --net="/proc/$pid/ns/net" "$program" "$@" > "$TPW_TMP/$name" 2>&1 &
	peer_pid=$!
	at_exit kill_quietly "$peer_pid"
	wait_for 30 said "$name" '^ready' || ktap_bail "peer $*: $(< "$TPW_TMP/$name")"
}

kill_quietly() { kill "$1" 2> /dev/null; }

# start_follow NAME PID ARGUMENT...: from the namespace of that process; rows to $TPW_TMP/NAME, messages to NAME.err,
# the reader's process in follow_pid; returns when it has opened the log.
start_follow() {
	local name=$1 pid=$2
	shift 2

	[[ -p $TPW_TMP/$name ]] || : > "$TPW_TMP/$name"
	"$READER" -N "$pid" follow "$@" > "$TPW_TMP/$name" 2> "$TPW_TMP/$name.err" &
	follow_pid=$!
	at_exit kill_quietly "$follow_pid"
	wait_for 20 has_opened "$follow_pid" || ktap_bail "follow does not open the log: $(< "$TPW_TMP/$name.err")"
}

has_opened() { find "/proc/$1/fd" -lname '*/log_pipe' 2> /dev/null | grep -q .; }

# end_follow PID: as Ctrl-C does; its exit status is in follow_status.
end_follow() {
	kill -INT "$1"
	wait "$1"
	follow_status=$?
}

# summary NAME WORD: the number before WORD in the last message of follow
summary() { sed -n "\$s/.* \([0-9]*\) \(rows \)\{0,1\}$2.*/\1/p" "$TPW_TMP/$1.err"; }

# words NAME KIND KEY...: from the lines that begin with KIND, the values of some keys, as sorted lines; the kind
# of what save() made is row.
words() {
	local name=$1 kind=$2
	shift 2
	awk -v kind="$kind" -v keys="$*" '
		BEGIN { nr = split(keys, key, " ") }
		$1 == kind {
			split("", value)
			for (i = 2; i <= NF; i++) { split($i, pair, "="); value[pair[1]] = pair[2] }
			line = value[key[1]]
			for (i = 2; i <= nr; i++) line = line " " value[key[i]]
			print line
		}' "$TPW_TMP/$name" | sort
}

# sum NAME KEY...: over all rows that save() made, and all these keys; null is 0.
sum() {
	local name=$1
	shift
	words "$name" row "$@" | awk '{ for (i = 1; i <= NF; i++) sum += $i } END { print sum + 0 }'
}

# On one line.
line() { paste -sd, | sed 's/  */ /g'; }

# count_accepted NAME NUMBER: whether so many connections have been accepted.
count_accepted() { (($(grep -c '^accepted' "$TPW_TMP/$1") == $2)); }

# same NAME GOT WANT: two texts of several lines; of what differs, the first lines are told.
same() {
	if [[ $2 == "$3" ]]; then
		ktap_pass "$1: $(wc -l <<< "$2") lines"
		return
	fi
	ktap_diag "$(diff <(echo "$2") <(echo "$3") | head -n 10)"
	ktap_fail "$1: < got, > wanted"
}
