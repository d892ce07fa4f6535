# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Counters of ktap.sh, and arrays that are filled through their names.
# shellcheck disable=SC2034
#
# What the labs share. A lab is played, or checked against answers; how to write one is in AUTHORS.md.
#
# From the environment:
#	TPW_LAB_STOP=1		a prompt in the middle of the lab
#	TPW_LAB_ANSWERS=FILES	compare these answers with what the kernel does: KTAP on stdout
#	TPW_LAB_TEST=1		compare right.txt and wrong.txt, try the hand-in: KTAP on stdout
#	TPW_LAB_STUDENT=NAME	for whom what may vary is drawn
#	TPW_LAB_BRIEF=1		nothing that is only shown
#	TPW_LAB_SHARED=1	the module is there, and others use it too
#	TPW_KEEP=DIR		where the hand-in goes

LABS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib/tpw.sh
. "$LABS/../lib/tpw.sh"
# shellcheck source=answers.sh
. "$LABS/answers.sh"
# shellcheck source=draw.sh
. "$LABS/draw.sh"

PATH=$LABS/tools:$LABS/../../userspace:$PATH
LAB_DIR=$(cd "$(dirname "$0")" && pwd)
lab_student=$(student_name <<< "${TPW_LAB_STUDENT-}")
draw_from "$LAB_DIR" "$lab_student"

lab_hosts=()
lab_main=
lab_cables=0
# What the kernel did, by key: the value, how that is known, and what tuplewatch says if it says something.
declare -A lab_value lab_evidence lab_tuplewatch
declare -A lab_kind lab_text
lab_order=()

# ---- the beginning

# Parameters of the module, if the lab needs others than usual; to be set before lab_begin.
lab_parameters=()

lab_begin() {
	LAB_NR=${LAB_DIR##*/}
	LAB_NR=$((10#${LAB_NR%%-*}))
	questions_read lab_order lab_kind lab_text "$LAB_DIR/questions"
	require_tools ip ss netstat python3 nc
	[[ -x $LABS/../../userspace/tuplewatch ]] || ktap_bail "no reader: run make userspace"
	lab_handin=${TPW_KEEP:-$TPW_TMP/handin}
	[[ ! ${TPW_LAB_TEST-} ]] || lab_handin=$TPW_TMP/handin
	mkdir -p "$lab_handin"
	: > "$lab_handin/transcript.txt"
	[[ ! ${TPW_LAB_ANSWERS-} ]] || lab_look_at_answers
	[[ ${TPW_LAB_SHARED-} != 1 ]] || return 0
	tpw_prepare
	tpw_load_with "${lab_parameters[@]}"
}

# Before anything takes time.
lab_look_at_answers() {
	local -A given
	local file

	for file in $TPW_LAB_ANSWERS; do
		answers_read given lab_kind "$file" 2> "$TPW_TMP/complaint" || ktap_bail "$(head -n 1 "$TPW_TMP/complaint")"
	done
}

lab_is_checked() { [[ ${TPW_LAB_ANSWERS-} || ${TPW_LAB_TEST-} ]]; }

# Unlike `ip netns exec` this leaves /sys as it is, where ss -e looks for cgroups.
inside() {
	local host=$1
	shift

	nsenter --net="/run/netns/$host" -- "$@"
}

# lab_host NAME: a network namespace of that name, with lo up. The first one is what the lab is about.
lab_host() {
	local pid

	ip netns add "$1" || ktap_bail "no network namespace $1"
	at_exit netns_delete "$1"
	ip -n "$1" link set lo up
	nsenter --net="/run/netns/$1" -- sleep infinity &
	pid=$!
	netns_pids[$1]=$pid
	wait_for 10 test "/proc/$pid/ns/net" -ef "/run/netns/$1" || ktap_bail "no process in $1"
	lab_hosts+=("$1")
	: "${lab_main:=$1}"
}

# lab_cable HOST ADDRESS/PREFIX HOST ADDRESS/PREFIX: a cable between them; the end is v0 on both, v1 for the
# second cable of the lab.
lab_cable() {
	local dev=v$((lab_cables++))

	ip link add "$dev" netns "$1" type veth peer name "$dev" netns "$3" || ktap_bail "no veth"
	lab_address "$1" "$dev" "$2"
	lab_address "$3" "$dev" "$4"
	ip -n "$1" link set "$dev" up
	ip -n "$3" link set "$dev" up
}

# lab_address HOST DEVICE ADDRESS/PREFIX: one more. No segment of the lab is a neighbour's or a router's.
lab_address() {
	local nodad=

	[[ $3 != *:* ]] || nodad=nodad
	ip -n "$1" link set "$2" addrgenmode none
	ip -n "$1" address add "$3" dev "$2" $nodad || ktap_bail "no address $3 on $2"
}

# The usual two: server (192.168.1.10) and client (192.168.1.13), or as drawn.
lab_server_and_client() {
	lab_host server
	lab_host client
	lab_cable server "$SERVER/24" client "$CLIENT/24"
}

# tools_for_all: copies of the tools, which any user can start: the tree may be in a home that others cannot enter.
tools_for_all() {
	chmod go+x "$TPW_TMP"
	{ cp -r "$LABS/tools" "$TPW_TMP/" && chmod -R go+rX "$TPW_TMP/tools"; } || ktap_bail "no copy of the tools"
	PATH=$TPW_TMP/tools:$PATH
}

# ---- what the student sees

# tell: stdin is shown, and kept in the hand-in.
tell() {
	if lab_is_checked; then
		cat >> "$lab_handin/transcript.txt"
	else
		tee -a "$lab_handin/transcript.txt"
	fi
}

# say TEXT...: narration.
say() { { echo; fold -s -w 79 <<< "$*" | sed 's/ *$//'; } | tell; }

# typed HOST COMMAND: as it stands on the screen, in lines of 80 columns where it can be broken: at a blank that is not
# quoted.
typed() {
	local left="$1# $2" before i

	echo
	while ((${#left} > 80)); do
		for ((i = 78; i > 20; i--)); do
			before=${left:0:i}
			[[ ${left:i:1} != " " ]] || is_quoted "$before" || break
		done
		((i > 20)) || break
		printf '%s \\\n' "$before"
		left="    ${left:i + 1}"
	done
	printf '%s\n' "$left"
}

# is_quoted TEXT: whether what comes behind it is in quotes.
is_quoted() {
	local single=${1//[!\']/} double=${1//[!\"]/}

	((${#single} % 2 || ${#double} % 2))
}

# on HOST COMMAND: as one would type it there, and what it prints.
on() {
	{ typed "$1" "$2"; inside "$1" bash -c "$2" 2>&1 | sed 's/ *$//'; } | tell
}

# show HOST COMMAND: the same, of one that changes nothing.
show() { [[ ${TPW_LAB_BRIEF-} == 1 ]] || on "$@"; }

# start HOST COMMAND: the same in the background, its output in $TPW_TMP/HOST.N. The process is in started,
# the file in started_output; at the end of the lab it is ended.
start() {
	started_output=$TPW_TMP/$1.$((++lab_started))
	typed "$1" "$2 &" | tell
	# A process group of its own, as a pipeline's members end together.
	nsenter --net="/run/netns/$1" -- setsid bash -c "trap 'trap - TERM; kill 0' TERM; $2 & wait" > "$started_output" 2>&1 &
	started=$!
	at_exit end_process "$started"
}
lab_started=0

# said WHO FILE LINES: the last lines that a program in the background has printed.
said() { { printf '\n(%s says:)\n' "$1"; tail -n "$3" "$2" | grep . || echo "(nothing)"; } | tell; }

# printed FILE PATTERN: a program that was started has printed this.
printed() { grep -qs -e "$2" "$1"; }

# wait_until WHAT COMMAND...: within a minute, else the lab ends, saying WHAT did not happen.
wait_until() {
	local what=$1
	shift

	wait_for 60 "$@" || ktap_bail "lab $LAB_NR: not within 60 s: $what"
}

# lab_stop TEXT: with STOP=1, a prompt on the main host, here.
lab_stop() {
	local host

	[[ ${TPW_LAB_STOP-} == 1 ]] && ! lab_is_checked || return 0
	say "STOP: $* You are on $lab_main; a command behind the name of a host runs there (${lab_hosts[*]});" \
		"exit (or Ctrl-D) goes on with the lab."
	{
		echo "PS1='$lab_main, lab $LAB_NR\\\$ '"
		# What was started there and is left would be in the way of the rest of the lab.
		echo "trap 'pkill -s 0' EXIT"
		for host in "${lab_hosts[@]}"; do
			echo "$host() { nsenter --net=/run/netns/$host -- \"\$@\"; }"
		done
	} > "$TPW_TMP/prompt"
	lab_prompt
	lab_type < "$TPW_TMP/typed" >> "$lab_handin/transcript.txt"
}

# lab_prompt: the prompt itself, in a session of its own; what is typed and printed goes to $TPW_TMP/typed.
lab_prompt() {
	if [[ -t 0 ]]; then
		script -qe -c "nsenter --net=/run/netns/$lab_main -- bash --rcfile $TPW_TMP/prompt -i" "$TPW_TMP/typed"
	else
		inside "$lab_main" setsid --wait bash --rcfile "$TPW_TMP/prompt" -i 2>&1 | tee "$TPW_TMP/typed"
	fi
}

# lab_type: what a terminal got, as text: without what moves the cursor, sets colours or titles, or was erased.
lab_type() {
	sed -e 's/\x1b\[[0-9;?]*[a-zA-Z]//g' -e 's/\x1b\][^\x07]*\x07//g' -e '/^Script \(started\|done\) on /d' |
		tr -d '\000\007' | col -bx
}

# ---- what the kernel did

# fact KEY VALUE EVIDENCE [TUPLEWATCH]: the answer to the question, by something other than tuplewatch; how it
# is known; and what tuplewatch says, if it can.
fact() {
	[[ ${lab_kind[$1]-} ]] || ktap_bail "lab $LAB_NR has a fact, $1, and no such question"
	answer_fits "${lab_kind[$1]}" "$2" || ktap_bail "lab $LAB_NR: $1 is '$2', which is no ${lab_kind[$1]}: $3"
	lab_value[$1]=$2
	lab_evidence[$1]=$3
	[[ $# -lt 4 ]] || lab_tuplewatch[$1]=$4
}

# counter HOST GROUP.NAME: of /proc/net/snmp and /proc/net/netstat, as `nstat` shows them: Tcp.InSegs,
# TcpExt.ListenOverflows.
counter() {
	local pid=${netns_pids[$1]} group=${2%%.*} name=${2#*.} line
	local -a lines names=()
	local -i i

	mapfile -t lines < "/proc/$pid/net/snmp"
	mapfile -t -O "${#lines[@]}" lines < "/proc/$pid/net/netstat"
	for line in "${lines[@]}"; do
		[[ $line == "$group: "* ]] || continue
		if ((${#names[@]})); then
			read -ra lines <<< "$line"
			for ((i = 1; i < ${#names[@]}; i++)); do
				[[ ${names[i]} != "$name" ]] || { echo "${lines[i]}"; return; }
			done
		fi
		read -ra names <<< "$line"
	done
	ktap_bail "no counter $2"
}

# sockets HOST SS-ARGUMENT...: how many rows ss shows.
sockets() {
	local host=$1
	shift

	inside "$host" ss -H "$@" | wc -l
}

has_sockets() {
	local count=$1
	shift

	(($(sockets "$@") == count))
}

# cookie HOST SS-ARGUMENT...: of the first socket that ss shows, as tuplewatch writes it.
cookie() {
	local host=$1
	shift

	inside "$host" ss -H -e "$@" | sed -n 's/.* sk:\([0-9a-f]*\).*/\1/p' | head -n 1
}

# column HOST FILE COLUMN [COLUMN=VALUE...]: of the rows of /proc/net/tuplewatch/FILE in which all these hold. A
# column that the file does not have is named on stderr.
column() {
	local file=/proc/${netns_pids[$1]}/net/tuplewatch/$2 name=$3
	shift 3

	awk -v name="$name" -v wanted="$*" '
		function place(column) {
			if (column in at)
				return at[column]
			print FILENAME ": no column " column > "/dev/stderr"
			exit 1
		}
		NR == 2 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			n = split(wanted, condition, " ")
			for (i = 1; i <= n; i++) {
				eq = index(condition[i], "=")
				value[i] = substr(condition[i], eq + 1)
				condition[i] = place(substr(condition[i], 1, eq - 1))
			}
			name = place(name)
			next
		}
		/^#/ || NR == 1 { next }
		{
			for (i = 1; i <= n; i++) {
				if ($condition[i] != value[i])
					next
			}
			print $name
		}' "$file"
}

# ---- the end

# lab_end: the hand-in, and the comparison if there is something to compare.
lab_end() {
	local key

	for key in "${lab_order[@]}"; do
		[[ ${lab_value[$key]+set} ]] || ktap_bail "lab $LAB_NR does not find out: $key"
	done
	[[ ${TPW_LAB_ANSWERS-} == /dev/null ]] || lab_save
	lab_save_facts
	chmod -R u+rwX,go+rX "$lab_handin"
	if [[ ${TPW_LAB_TEST-} ]]; then
		lab_test
	elif [[ ${TPW_LAB_ANSWERS-} ]]; then
		lab_grade_all
	else
		say "That was lab $LAB_NR. How your answers did: make lab-check N=$LAB_NR"
	fi
}

# What tuplewatch --from reads: the files of the main host here, those of others in directories of their names.
lab_save() {
	local host dir file

	for host in "${lab_hosts[@]}"; do
		dir=$lab_handin
		[[ $host == "$lab_main" ]] || dir=$lab_handin/$host
		mkdir -p "$dir"
		for file in counters listeners connections refused log filter hooks; do
			cat "/proc/${netns_pids[$host]}/net/tuplewatch/$file" > "$dir/$file"
		done
		inside "$host" cat /proc/tuplewatch > "$dir/overview.txt"
		inside "$host" ss -tuanpei > "$dir/ss.txt"
		cat "/proc/${netns_pids[$host]}/net/snmp" "/proc/${netns_pids[$host]}/net/netstat" > "$dir/snmp.txt"
	done
	uname -r > "$lab_handin/kernel.txt"
}

# What the kernel did is the answers, so it is told when they are checked, and not before.
lab_save_facts() {
	local key

	lab_is_checked || return 0
	for key in "${lab_order[@]}"; do
		printf '%s = %s\t# %s\n' "$key" "${lab_value[$key]}" "${lab_evidence[$key]}"
	done > "$lab_handin/facts.txt"
}

# lab_grade FILE: a result for each question.
lab_grade() {
	local -A given
	local key said did why

	answers_read given lab_kind "$1" || return
	for key in "${lab_order[@]}"; do
		said=${given[$key]-} did=${lab_value[$key]} why=${lab_evidence[$key]}
		if [[ -z $said || $said == '?' ]]; then
			ktap_fail "$key: no answer; the kernel did $did ($why)"
		elif answer_is_right "$said" "$did"; then
			ktap_pass "$key: you said $said, and so it was ($why)"
		else
			ktap_fail "$key: you said $said, the kernel did $did ($why)"
		fi
	done
}

# Each file of answers in turn; the last line has the points.
lab_grade_all() {
	local file
	local -a files

	read -ra files <<< "$TPW_LAB_ANSWERS"
	ktap_plan $((${#files[@]} * ${#lab_order[@]})) > "$lab_handin/results.ktap"
	cat "$lab_handin/results.ktap"
	for file in "${files[@]}"; do
		((${#files[@]} == 1)) || ktap_diag "$file"
		cp "$file" "$lab_handin/answers.txt"
		lab_grade "$file" > "$TPW_TMP/results"
		echo "# lab $LAB_NR: $(grep -c '^ok ' "$TPW_TMP/results") of ${#lab_order[@]} right" >> "$TPW_TMP/results"
		tee -a "$lab_handin/results.ktap" < "$TPW_TMP/results"
	done
	ktap_finish
}

# lab_test_answers NAME LEAST: a file of the lab itself, all of whose answers must be right, or none.
lab_test_answers() {
	local results=$TPW_TMP/$1.ktap

	draw_filled "$LAB_DIR/$1" > "$TPW_TMP/$1"
	(ktap_passed=0 ktap_failed=0; lab_grade "$TPW_TMP/$1") > "$results" 2>&1
	if [[ $(grep -c "^$2 " "$results") == "${#lab_order[@]}" ]] && ! grep -qv "^$2 " "$results" &&
	   ! grep -q 'no answer' "$results"; then
		ktap_pass "$1: ${#lab_order[@]} of ${#lab_order[@]} $2"
	else
		ktap_diag "$(cat "$results")"
		ktap_fail "$1: not every line $2"
	fi
}

# lab_test_missing: a file without answers, or with `?` for all of them.
lab_test_missing() {
	local key
	local -i none

	for key in "${lab_order[@]}"; do
		echo "$key = ?"
	done > "$TPW_TMP/unknown.txt"
	none=$(for key in /dev/null "$TPW_TMP/unknown.txt"; do
		(lab_grade "$key")
	done | grep -c '^not ok .* no answer')
	ktap_is "answers that are missing, or ?, none of them right" "$none" $((2 * ${#lab_order[@]}))
}

# What tuplewatch says of the same things.
lab_test_tuplewatch() {
	local key result=ktap_pass

	for key in "${!lab_tuplewatch[@]}"; do
		[[ ${lab_tuplewatch[$key]} != "${lab_value[$key]}" ]] || continue
		ktap_diag "$key: tuplewatch ${lab_tuplewatch[$key]}, the kernel ${lab_value[$key]}" \
			"(${lab_evidence[$key]})"
		result=ktap_fail
	done
	"$result" "tuplewatch says the same of ${#lab_tuplewatch[@]} of ${#lab_order[@]} questions"
}

# The README asks what the questions ask, as it is and with what was drawn.
lab_test_readme() {
	local key missing=

	draw_page "$LAB_DIR" "$lab_student" lab_order lab_text > "$TPW_TMP/page"
	[[ $lab_student ]] || cmp -s "$TPW_TMP/page" "$LAB_DIR/README.md" || missing+=" the page"
	for key in "${lab_order[@]}"; do
		grep -qF -- "| \`$key\` | ${lab_text[$key]} |" "$TPW_TMP/page" || missing+=" $key"
	done
	ktap_is "README.md, questions that its table lacks" "${missing# }" ""
}

# lab_read NAME: rows that the reader shows of a file of the hand-in, to a user without rights.
lab_read() {
	setpriv --reuid=65534 --regid=65534 --clear-groups tuplewatch --from "$lab_handin" "$1" -H -O 2>&1 | wc -l
}

lab_test_handin() {
	chmod go+x "$TPW_TMP"
	ktap_is "hand-in, rows of its log that tuplewatch --from shows without root" \
		"$(lab_read log)" "$(($(grep -vc '^#' "$lab_handin/log") - 1))"
}

# Commands whose output a console of 80 columns folds, each with its widest line.
lab_test_width() {
	awk '/^[a-z]+# / { command = $0 }
		length > 80 && length > most[command] { most[command] = length; widest[command] = $0 }
		END { for (command in most) print "wide, " most[command] ": " command "\n\t" widest[command] }' \
		"$lab_handin/transcript.txt"
}

lab_test() {
	ktap_plan 6
	lab_test_answers right.txt ok
	lab_test_answers wrong.txt "not ok"
	lab_test_missing
	lab_test_tuplewatch
	lab_test_readme
	lab_test_handin
	lab_test_width
	ktap_finish
}
