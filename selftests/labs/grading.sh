#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What counts of predictions, without a guest: whether they are complete, how they get into the hand-in. Then a made-up
# class is graded: hand-ins as learning platforms export them, and what students do to files. Each has a line, right,
# and none stops the others.

dir=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=../lib/ktap.sh
. "$dir/../lib/ktap.sh"
# shellcheck source=answers.sh
. "$dir/answers.sh"
# shellcheck source=handin.sh
. "$dir/handin.sh"

# For handin.sh, which the host's side of the labs reads in.
say() { printf '%s\n' "$*"; }
TOP=$dir
lab=$(compgen -G "$dir/01-*")
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
class=$tmp/class
right=$lab/right.txt
declare -A wanted

# student ENTRY POINTS [WHY]: what is to be said of it.
student() { wanted[$1]="$2 ${3-}"; }

# packed ENTRY FILE [TEXT]: a hand-in as make hand-in packs it, with that first prediction.
packed() {
	local handin=$tmp/handin

	rm -rf "$handin"
	mkdir -p "$handin/predictions"
	cp "$2" "$handin/predictions/1.txt"
	cp "$right" "$handin/answers.txt"
	printf '%s\n' "1 2026-01-02T03:04:05Z played 0" "2 2026-01-02T03:05:05Z checked 0" > "$handin/attempts.txt"
	head -c 100000 /dev/urandom > "$handin/log"
	tar -C "$tmp" -czf "$class/$1" handin/predictions handin/answers.txt handin/attempts.txt handin/log
}

make_class() {
	local number

	for number in {1..12}; do
		packed "Student ${number}_4711_file_handin.tar.gz" "$right"
		student "Student ${number}_4711_file_handin.tar.gz" 8
	done
	packed "first wrong, then right.tar.gz" "$lab/wrong.txt"
	student "first wrong, then right.tar.gz" 0
	mkdir "$class/Ann Ames_12345_assignsubmission_file_" "$class/nothing" "$class/fifo" "$class/linked" "$class/big"
	cp "$right" "$class/Ann Ames_12345_assignsubmission_file_/answers.txt"
	student "Ann Ames_12345_assignsubmission_file_" 8
	student nothing 0 "no answers.txt in it"
	# shellcheck disable=SC2016	# a name that a shell must not expand
	cp "$right" "$class"/'$(id) `id`; *.txt'
	# shellcheck disable=SC2016
	student '$(id) `id`; *.txt' 8
	{ printf '\xef\xbb\xbf'; cat "$right"; } > "$class/bom.txt"
	student bom.txt 8
	iconv -t UTF-16 "$right" > "$class/utf16.txt"
	student utf16.txt 8
	sed 's/$/\r/' "$right" > "$class/crlf.txt"
	student crlf.txt 8
	tr '[:lower:]' '[:upper:]' < "$right" > "$class/upper.txt"
	student upper.txt 8
	sed 's/ = /: /' "$right" > "$class/colon.txt"
	student colon.txt 8
	sed 's/listener/lisener/' "$right" > "$class/typo.txt"
	student typo.txt 6 "line 4: 'lisener' is no answer to 'first-syn', which wants listener or connection or nothing"
	: > "$class/empty.txt"
	student empty.txt 0 empty
	make_hostile
}

make_hostile() {
	mkfifo "$class/fifo/answers.txt" "$class/pipe"
	student fifo 0 "no ordinary file: answers.txt"
	student pipe 0 "no ordinary file"
	ln -s /etc/passwd "$class/linked/answers.txt"
	student linked 0 "no ordinary file: answers.txt"
	head -c 1000000 /dev/zero > "$class/big/answers.txt"
	student big 0 "answers.txt has more than 65536 bytes"
	head -c 60000 "$class/Student 1_4711_file_handin.tar.gz" > "$class/cut.tar.gz"
	student cut.tar.gz 8
	head -c 60 "$class/Student 1_4711_file_handin.tar.gz" > "$class/cut early.tar.gz"
	student "cut early.tar.gz" 0 "cannot be read: empty file"
	tar -C "$class" --transform 's|^linked|handin/../../..|' -cPf "$class/link.tar" linked
	student link.tar 0 "no answers.txt in it"
	# shellcheck disable=SC2016
	printf 'ports = $(touch %s/owned)\n`touch %s/owned` = 1\nx[$(touch %s/owned)]=1\n' "$tmp" "$tmp" "$tmp" > "$class/code.txt"
	student code.txt 0
}

# result ENTRY: "points why" as grades.csv has it.
result() {
	python3 - "$tmp/out/grades.csv" "$1" <<-'EOF'
	import csv, sys
	for row in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")):
	    if row["entry"] == sys.argv[2]:
	        print(row["points"], row["remark"] if row["entry"] != "code.txt" else "")
	EOF
}

# predicted [LINE...]: whether a lab with these answers may be played, and what is said.
predicted() {
	printf '%s\n' "$@" > "$lab/answers.txt"
	if handin_predicted > "$tmp/said" 2>&1; then echo yes; else grep -o 'no answer yet.*\|is no answer' "$tmp/said"; fi
}

# In a copy of lab 1: of three runs, the first without predictions.
predictions() {
	local real=$lab

	lab=$tmp/01-copy
	mkdir "$lab"
	cp "$real/questions" "$real/README.md" "$lab"
	ktap_is "no predictions" "$(predicted)" \
		"no answer yet to: established ports owners first-syn second-syn data segments queue"
	ktap_is "no predictions, ANYWAY=1" "$(ANYWAY=1 predicted)" yes
	ANYWAY=1 handin_begin played
	mapfile -t lines < "$right"
	ktap_is "one is missing" "$(predicted "${lines[@]:0:7}")" "no answer yet to: queue"
	ktap_is "one is none" "$(predicted "${lines[@]:0:7}" "queue = long")" "is no answer"
	ktap_is "all of them" "$(predicted "${lines[@]}")" yes
	STUDENT="Ann Ames" handin_begin played
	predicted "${lines[@]}" "# changed" > /dev/null
	handin_begin checked
	ktap_is "attempts, their numbers and hashes" "$(awk '{ print $1, $3, $4 }' "$lab/handin/attempts.txt" | paste -sd ' ')" \
		"1 played - $(n=1; for how in played checked; do
			echo "$((++n)) $how $(sha256sum < "$lab/handin/predictions/$n.txt" | cut -d ' ' -f 1)"
		done | paste -sd ' ')"
	ktap_is "hashes that differ" "$(awk '{ print $4 }' "$lab/handin/attempts.txt" | sort -u | wc -l)" 3
	ktap_is "the student, the questions in notes.md" \
		"$(< "$lab/handin/student.txt"), $(grep -c '^### Question' "$lab/handin/notes.md")" "Ann Ames, 3"
	handin_pack > /dev/null
	cp "$lab/handin.tar.gz" "$class/anyway first.tar.gz"
	lab=$real
}

mkdir "$class"
make_class
student "anyway first.tar.gz" 8		# of predictions()
sed 's/$/	# made up/' "$right" > "$tmp/facts.txt"
ktap_plan $((${#wanted[@]} + 12))
predictions
start=$SECONDS
FROM=$class OUT=$tmp/out FACTS=$tmp/facts.txt "$dir/grade" 1 > "$tmp/table" 2> "$tmp/errors" || ktap_diag "$(cat "$tmp/errors")"
ktap_is "lines of the table" "$(grep -c ' of  8 ' "$tmp/table")" "${#wanted[@]}"
ktap_test "seconds, less than a minute" test $((SECONDS - start)) -lt 60
points=0
for entry in "${!wanted[@]}"; do
	points=$((points + ${wanted[$entry]%% *}))
	ktap_is "$entry" "$(result "$entry")" "${wanted[$entry]}"
done
ktap_is "nothing of a hand-in was run" "$(ls "$tmp/owned" 2> /dev/null)" ""
ktap_is "results for an autograder, their points" "$(python3 - "$tmp/out/results" <<-'EOF'
	import glob, json, sys
	found = [json.load(open(name, encoding="utf-8")) for name in glob.glob(sys.argv[1] + "/*.json")]
	print(len(found), sum(one["score"] for one in found), sum(test["score"] for one in found for test in one["tests"]))
	EOF
)" "${#wanted[@]} $points $points"
ktap_finish
