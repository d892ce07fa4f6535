#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: labs.sh [all | NUMBER...]: labs with their right, their wrong and missing answers, each in namespaces of its
# own, for three names, of which only the first is shown all that a student sees; with lab 1 the prompt in the middle too. Without an argument, a lab that takes little time, for
# one name.
#
#	TPW_LAB_NAMES=N		for so many of the file `names`; 0: as it is for nobody
#	TPW_LAB_JOBS=N		so many at a time, else as many as there are CPUs

. "$(dirname "$0")/../lib/tpw.sh"

dir=$TPW_TESTS/labs
# shellcheck source=answers.sh
. "$dir/answers.sh"
# shellcheck source=native.sh
. "$dir/native.sh"
short=(1)
RESULTS=6 COMPLAINTS=8

# labs_named all|NUMBER...: their directories in labs, in order.
labs_named() {
	local number

	[[ $1 != all ]] || { labs=("$dir"/[0-9][0-9]-*/); return; }
	labs=()
	for number; do
		labs+=("$dir"/"$(printf %02d "$((10#$number))")"-*/)
	done
}

# lab_play NUMBER: one of those in plays; what it says goes to $TPW_TMP/NUMBER, its time to NUMBER.took.
lab_play() {
	local start=$SECONDS lab student brief

	IFS='|' read -r lab student brief <<< "${plays[$1]}"
	mkdir "$TPW_TMP/$1.tmp"
	chmod 1777 "$TPW_TMP/$1.tmp"
	TPW_LAB_TEST=1 TPW_LAB_STUDENT=$student TPW_LAB_BRIEF=$brief TPW_LAB_SHARED=1 TMPDIR=$TPW_TMP/$1.tmp \
		native_run "${lab}run.sh" > "$TPW_TMP/$1" 2>&1 < /dev/null
	echo $((SECONDS - start)) > "$TPW_TMP/$1.took"
}

# lab_results NUMBER: its results as ours, under its name.
lab_results() {
	local name line count=0 lab student

	IFS='|' read -r lab student _ <<< "${plays[$1]}"
	name=$(basename "$lab")${student:+, $student}
	while IFS= read -r line; do
		case $line in
		"ok "*)     ((++count)); ktap_pass "$name: ${line#ok [0-9] }" ;;
		"not ok "*) ((++count)); ktap_fail "$name: ${line#not ok [0-9] }" ;;
		"# Totals"*|KTAP*|1..*) ;;
		*)          ktap_diag "$name: $line" ;;
		esac
	done < "$TPW_TMP/$1"
	for ((; count < RESULTS; count++)); do
		ktap_fail "$name: ended before this result"
	done
	ktap_diag "$name took $(< "$TPW_TMP/$1.took") s"
}

# lab_plays: all of them, some at a time, as they wait half of their time; one that measures time is alone. Results come
# in order.
lab_plays() {
	local -i number running=0 told=0 jobs=${TPW_LAB_JOBS:-$(nproc)}

	for ((number = 0; number < ${#plays[@]}; number++)); do
		while ((running >= jobs || (running && lone) )); do
			wait -n
			((--running))
			while [[ -e $TPW_TMP/$told.took ]]; do
				lab_results $((told++))
			done
		done
		lone=0
		[[ ! -e ${plays[number]%%|*}alone ]] || lone=1
		while ((lone && running)); do
			wait -n
			((--running))
		done
		lab_play "$number" &
		((++running))
	done
	wait
	while [[ -e $TPW_TMP/$told.took ]]; do
		lab_results $((told++))
	done
}
lone=0

# too_wide: commands that show more columns than INSTRUCTOR.md says: what names processes may, and tables of tuplewatch.
too_wide() {
	local number columns command most

	for ((number = 0; number < ${#plays[@]}; number++)); do
		while IFS=: read -r columns command; do
			most=80
			[[ ! $command =~ (ss|netstat)\ -[a-zA-Z]*p|lsof ]] || most=120
			[[ $command != *tuplewatch* ]] || most=100
			[[ $most != 120 || ${plays[number]} != */13-* ]] || most=240
			((columns <= most)) || echo "$columns:$command;"
		done < <(sed -n 's/^wide, //p' "$TPW_TMP/$number")
	done
}

# complaint TEXT MESSAGE: what is said of an answers.txt with this text; the message is all of it.
complaint() {
	# shellcheck disable=SC2034
	local -A given kind=([ports]=number [syn]=listener/connection)
	local said

	printf %b "$1" > "$TPW_TMP/answers.txt"
	said=$(cd "$TPW_TMP" && answers_read given kind answers.txt 2>&1)
	ktap_is "answers.txt, complaint $((++complaints))" "$said" "$2"
}

complaints=0
complaints() {
	complaint 'ports = 1\nsyn = listener # a remark\n\n' ""
	complaint 'ports = 1\nsyn = lisener\n' "answers.txt:2: 'lisener' is no answer to 'syn', which wants listener or connection"
	complaint 'ports = ?\nsyn = ?' ""
	complaint '# one\nports = few' "answers.txt:2: 'few' is no answer to 'ports', which wants number"
	complaint 'ports 1\n' "answers.txt:1: 'ports' has no '=' behind it; a line is 'key = answer'"
	complaint 'prots=1\n' "answers.txt:1: 'prots' is no question of this lab; these are: ports syn"
	complaint 'ports=1\nports=1\n' "answers.txt:2: 'ports' is answered a second time"
	complaint 'syn = listener/connection\n' \
		"answers.txt:1: 'listener/connection' is no answer to 'syn', which wants listener or connection"
}

# The prompt of lab 1 is on the server, two clients are connected, and the lab goes on behind it, without what was started
# there.
prompt() {
	local said
	local -a first=("$dir"/01-*/run.sh)

	# shellcheck disable=SC2016	# for the prompt to expand
	said=$(TPW_LAB_STOP=1 timeout 200 "${first[0]}" 2> /dev/null \
		<<< 'client sleep 300 & echo "prompt: $(ss -Htn state established | wc -l) $(client ss -Htn | wc -l)"')
	said=$(grep -o -e '^prompt: .*' -e '^That was lab 1' <<< "$said")
	ktap_is "lab 1 with a prompt, connections on the server and on the client; its end" "${said//$'\n'/; }" \
		"prompt: 2 2; That was lab 1"
}

stops=0
[[ " $* " != *" 1 "* && ${1-} != all ]] || stops=1
number=${TPW_LAB_NAMES:-3}
(($#)) || { set -- "${short[@]}"; number=${TPW_LAB_NAMES:-1}; }
names=(-)
((number == 0)) || mapfile -t -n "$number" names < "$dir/names"
labs_named "$@"
tpw_prepare
ktap_plan $((RESULTS * ${#labs[@]} * ${#names[@]} + COMPLAINTS + stops + 1))
complaints
plays=()
for lab in "${labs[@]}"; do
	brief=
	for name in "${names[@]}"; do
		plays+=("$lab|${name#-}|$brief")
		brief=1
	done
done
((stops == 0)) || prompt
# For labs that read as nobody.
chmod go+x "$TPW_TMP"
# As many as any lab has.
tpw_load_with max_listeners=16384
# They share the machine.
export TPW_PATIENCE=${TPW_PATIENCE:-2}
lab_plays
ktap_is "wider than INSTRUCTOR.md says" "$(too_wide | xargs -r)" ""
ktap_finish
