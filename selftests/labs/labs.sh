#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: labs.sh [all | NUMBER...]: labs with their right, their wrong and missing answers, each in namespaces of its
# own, for three names; with lab 1 the prompt in the middle too. Without an argument, a lab that takes little time, for
# one name.
#
#	TPW_LAB_NAMES=N		for so many of the file `names`; 0: as it is for nobody

. "$(dirname "$0")/../lib/tpw.sh"

dir=$TPW_TESTS/labs
# shellcheck source=answers.sh
. "$dir/answers.sh"
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

# lab_results DIRECTORY STUDENT: its results as ours, under its name.
lab_results() {
	local name=${1%/} line count=0 start=$SECONDS student=$2

	name=${name##*/}
	[[ $student != - ]] || student=
	TPW_LAB_TEST=1 TPW_LAB_STUDENT=$student "$1/run.sh" > "$TPW_TMP/lab" 2>&1
	name+=${student:+, $student}
	while IFS= read -r line; do
		case $line in
		"ok "*)     ((++count)); ktap_pass "$name: ${line#ok [0-9] }" ;;
		"not ok "*) ((++count)); ktap_fail "$name: ${line#not ok [0-9] }" ;;
		"# Totals"*|KTAP*|1..*) ;;
		*)          ktap_diag "$name: $line" ;;
		esac
	done < "$TPW_TMP/lab"
	for ((; count < RESULTS; count++)); do
		ktap_fail "$name: ended before this result"
	done
	ktap_diag "$name took $((SECONDS - start)) s"
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

# The prompt of lab 1 is on the server, two clients are connected, and the lab goes on behind it.
prompt() {
	local said
	local -a first=("$dir"/01-*/run.sh)

	# shellcheck disable=SC2016	# for the prompt to expand
	said=$(TPW_LAB_STOP=1 "${first[0]}" 2> /dev/null \
		<<< 'echo "prompt: $(ss -Htn state established | wc -l) $(client ss -Htn | wc -l)"')
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
ktap_plan $((RESULTS * ${#labs[@]} * ${#names[@]} + COMPLAINTS + stops))
complaints
for lab in "${labs[@]}"; do
	for name in "${names[@]}"; do
		lab_results "$lab" "$name"
	done
done
((stops == 0)) || prompt
ktap_finish
