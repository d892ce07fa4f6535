#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tuplewatch top in a terminal of tmux: what stands on the screen, what keys do.

. "$(dirname "$0")/reader.sh"

CLIENTS=60
STARVING=4

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid=''

tmux_() { tmux -L "tpw-$$" -f /dev/null "$@"; }

screen() { tmux_ capture-pane -p -t top > "$TPW_TMP/screen"; }

# shows REGEX: whether a line of the screen matches now
shows() { screen && grep -qE -- "$1" "$TPW_TMP/screen"; }

# member PID COLUMN: of its line; columns are separated by blanks
member() { awk -v name="$1/peer" -v column="$2" '$NF == name && $2 == "127.0.0.1:7070" { print $column; exit }' "$TPW_TMP/screen"; }

start_top() {
	tmux_ new-session -d -s top -x 100 -y 40 \
		"TERM=screen $READER -N $a_pid top -d 0.5; echo status \$? >> $TPW_TMP/status; sleep 1000" ||
		ktap_bail "no tmux"
	at_exit tmux_ kill-server
	wait_for 30 shows '^Matched/s' || ktap_bail "no screen: $(< "$TPW_TMP/screen")"
}

# Which of the members got how many connections, in percent as top rounds it
shares_wanted() {
	words server accepted pid | uniq -c | awk -v all=$CLIENTS '{ printf "%s %.0f%%\n", $2, 100 * $1 / all }'
}

shares_shown() {
	local pid

	for pid in $(words server listener pid); do
		echo "$pid $(member "$pid" 7)"
	done | grep -v ' 0%$'
}

all_have_come() {
	local pid sum=0

	screen
	for pid in $(words server listener pid); do
		share=$(member "$pid" 7)
		[[ $share == *% ]] && ((sum += ${share%\%}))
	done
	((sum >= 98)) && [[ $(shares_shown) == "$(shares_wanted)" ]]
}

# The terminal is as it was: a line that follows is seen, and so is the cursor.
ended() { [[ -s $TPW_TMP/status ]]; }

require_tools ip tmux nsenter awk
tpw_prepare
ktap_plan 17
tpw_load_with log_records=8192
netns_add a
# the last member is chosen by nobody
start_peer server "$a_pid" listen 127.0.0.1 7070 members=4 only=3
starving=$(words server listener member pid | sed -n "s/^$STARVING //p")
start_top
ktap_is "columns of the screen" "$(grep -c '^Proto Local Address  *Segs/s Full/s Queue Group  *Share Fair  *PID/Program name$' \
	"$TPW_TMP/screen") $(grep -c '^Proto Local Address  *Foreign Address' "$TPW_TMP/screen")" "1 1"
ktap_is "nothing has come" "$(grep -c '^Matched/s  seen 0  ' "$TPW_TMP/screen")" 1
start_peer client "$a_pid" connect 127.0.0.1 7070 $CLIENTS hold=1 turns=2 pace=20
wait_for 20 all_have_come
same "share of each member" "$(shares_shown)" "$(shares_wanted)"
ktap_is "fair share" "$(for pid in $(words server listener pid); do member "$pid" 8; done | sort -u)" "25%"
ktap_is "who starves" "$(awk '/ starves / { print $NF }' "$TPW_TMP/screen") $(member "$starving" 7)" "$starving/peer 0%"
# behind what brackets the members
group=$(member "$starving" 6)
ktap_is "what chooses" "${group:1}" "4:cbpf"
# not awk's length, which may be of bytes: a line that is drawn has three a column
ktap_test "no line over 100 columns: $(wc -L < "$TPW_TMP/screen")" test "$(wc -L < "$TPW_TMP/screen")" -le 100

# connections that talk come first, with their rate
start_peer busy "$a_pid" connect 127.0.0.1 7070 1 hold=1
nsenter --net="/proc/$a_pid/ns/net" "$READER_DIR/peer" connect 127.0.0.1 7070 1 turns=100000 pace=10 > "$TPW_TMP/talk" 2>&1 &
talker=$!
at_exit kill_quietly $talker
busy_first() {
	screen
	awk '/^Proto .*Foreign/ { is_in = 1; next } is_in { exit !($5 >= 5 && $6 > 5) }' "$TPW_TMP/screen"
}
ktap_test "the busiest connection first" wait_for 20 busy_first
ktap_test "segments a second" wait_for 20 shows '^Matched/s  seen [1-9][0-9.]*  connection [1-9]'

# one page of plain text, by who holds the listener and accepted its connections
reader "$a_pid" top -c 1 -d 0.01 --by pid sport = :7070 > "$TPW_TMP/by"
same "top --by pid: listeners and connections of each" \
	"$(awk '/^Listeners/ { is_in = 1; next } is_in { print $5, $1, $2 }' "$TPW_TMP/by" | sort)" \
	"$(for pid in $(words server listener pid); do echo "$pid 1 $(words server accepted pid | grep -cx "$pid")"; done | sort)"

ktap_test "what the keys do" shows '^space: pause  q: quit  s: sort .rate.  t: states .all.$'
tmux_ send-keys -t top s
ktap_test "s sorts by another key" wait_for 10 shows '^space: pause  q: quit  s: sort .segments.  t: states .all.$'
tmux_ send-keys -t top t t t
ktap_test "t shows other states" wait_for 10 shows '  t: states .bucket.$'
ktap_is "states of these" "$(awk '/^Proto .*Foreign/ { is_in = 1; next } /pause/ { exit } is_in && NF && $4 != "TIME_WAIT" && $4 != "SYN_RECV"' \
	"$TPW_TMP/screen" | wc -l)" 0
tmux_ send-keys -t top t
wait_for 10 shows '  t: states .all.$'
tmux_ send-keys -t top Space
ktap_test "the space bar pauses" wait_for 10 shows '^PAUSED  space: go on  q: quit'
paused=$(< "$TPW_TMP/screen")
tpw_pause 1.5
screen
same "a paused screen stays" "$(< "$TPW_TMP/screen")" "$paused"
tmux_ send-keys -t top q
wait_for 10 ended
ktap_is "q quits" "$(< "$TPW_TMP/status")" "status 0"
ktap_finish
