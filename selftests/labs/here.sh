#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: here.sh [NUMBER...]: make lab HERE=1 on a machine that has nothing of selftests/vm: this guest, with a copy of the
# tree. The module comes and goes, namespaces of the same names that were there stay as they were, and the hand-in is
# graded like any other. That is lab 1, for a name; then those that are named, as they are for nobody.
#
#	TPW_HERE=DIR	what is copied from there, if it is there: a reader that was compiled for this guest (see `foreign`)

. "$(dirname "$0")/../lib/tpw.sh"

tree=$TPW_TMP/tree
lab=$tree/selftests/labs/01-two-clients

# in_tree ARGUMENT...: make there; as a student's machine, which knows nothing of guests.
in_tree() { env -u TPW_VM -u TPW_KEEP -u KERNEL make -s -C "$tree" "$@" > "$TPW_TMP/said" 2>&1; }

copy() {
	local top what

	for what in Makefile module/uapi userspace selftests/labs selftests/lib selftests/vm/lib.sh; do
		top=${TPW_HERE:-$TPW_TESTS/..}
		[[ -e $top/$what ]] || top=$TPW_TESTS/..
		mkdir -p "$tree/$(dirname "$what")"
		cp -a "$top/$what" "$tree/$(dirname "$what")/" || ktap_bail "no copy of $what"
	done
	rm -rf "$lab/answers.txt" "$lab/handin"
}

# predict NAME: answers.txt gets what is right for that name.
predict() (
	# shellcheck source=answers.sh
	. "$tree/selftests/labs/answers.sh"
	# shellcheck source=draw.sh
	. "$tree/selftests/labs/draw.sh"
	draw_from "$lab" "$1"
	{ [[ ! $1 ]] || echo "# student: $1"; draw_filled "$lab/right.txt"; } > "$lab/answers.txt"
)

# checked NUMBER: that lab, for nobody.
checked() {
	local start=$SECONDS
	local -a found=("$tree/selftests/labs/$(printf %02d "$1")"-*/)

	lab=${found[0]%/}
	rm -rf "$lab/answers.txt" "$lab/handin"
	predict ""
	in_tree lab-check N="$1" HERE=1
	status=$?
	((status == 0)) || ktap_diag "$(tail -n 20 "$TPW_TMP/said")"
	ktap_is "lab $1, make lab-check HERE=1: its status, the hand-in" "$status $(tail -n 1 "$lab/handin/results.ktap")" \
		"0 # lab $1: $(grep -c '^[a-z]' "$lab/questions") of $(grep -c '^[a-z]' "$lab/questions") right"
	ktap_diag "lab $1 took $((SECONDS - start)) s"
}

require_root
tpw_prepare
tpw_rmmod
copy
ip netns add server
at_exit ip netns delete server
ip -n server address add 10.5.5.5/32 dev lo
before=$(ip -n server -o address)
ktap_plan $((9 + $#))
in_tree lab-answers N=1 STUDENT="Ann Ames"
ktap_is "answers for a name, its status and page" "$? $(head -n 1 "$lab/answers.txt"); $(grep -c "For Ann Ames" "$lab/page.md")" \
	"0 # student: Ann Ames; 1"
predict "Ann Ames"
# shellcheck disable=SC2016	# for the prompt to expand
in_tree lab N=1 HERE=1 STOP=1 <<< 'echo "prompt: $(ss -Htn state established | wc -l)"'
status=$?
((status == 0)) || ktap_diag "$(tail -n 20 "$TPW_TMP/said")"
ktap_is "make lab HERE=1, its status; the prompt" "$status $(grep -o '^prompt: [0-9]' "$TPW_TMP/said")" "0 prompt: 2"
ktap_is "the module, afterwards" "$(lsmod | grep -c ^tuplewatch)" 0
ktap_is "names of network namespaces" "$(ip netns list | awk '{ print $1 }' | xargs)" server
ktap_is "the one that has been there" "$(ip -n server -o address)" "$before"
ktap_is "hand-in: name, rows of its connections, what was typed" "$(< "$lab/handin/student.txt"), $(
	grep -c ESTABLISHED "$lab/handin/connections"), $(grep -c '^prompt: 2' "$lab/handin/transcript.txt")" "Ann Ames, 2, 1"
in_tree lab-check N=1 HERE=1
ktap_is "make lab-check HERE=1" "$? $(tail -n 1 "$lab/handin/results.ktap")" "0 # lab 1: 8 of 8 right"
cp -a "$lab/run.sh" "$TPW_TMP/"
sed -i '/^lab_begin/a ktap_bail broken' "$lab/run.sh"
in_tree lab-check N=1 HERE=1
ktap_is "make lab-check of a lab that does not come to its end" "$? $(grep '^Bail' "$TPW_TMP/said")" "2 Bail out! broken"
cp -a "$TPW_TMP/run.sh" "$lab/"
chmod go+x "$TPW_TMP"
setpriv --reuid=65534 --regid=65534 --clear-groups make -s -C "$tree" lab N=1 HERE=1 > "$TPW_TMP/said" 2>&1
ktap_is "as nobody" "$(grep -o 'sudo make' "$TPW_TMP/said")" "sudo make"
# As in a home that others cannot enter.
chmod go-x "$TPW_TMP"
for number; do
	checked "$number"
done
ktap_finish
