#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What counts of predictions, without a guest: whether they are complete, how they get into the hand-in; what is drawn
# from names, and what blind guessing is worth. Then a made-up class is graded: hand-ins as learning platforms export
# them, and what students do to files. Each has a line, right, and none stops the others.
#
# Usage: grading.sh [play]: with "play", a class of thirty, each with a name of its own, for whom the lab is played (HERE=1:
# on this machine).

dir=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=../lib/ktap.sh
. "$dir/../lib/ktap.sh"
# shellcheck source=answers.sh
. "$dir/answers.sh"
# shellcheck source=handin.sh
. "$dir/handin.sh"
# shellcheck source=draw.sh
. "$dir/draw.sh"

# For handin.sh, which the host's side of the labs reads in.
say() { printf '%s\n' "$*"; }
TOP=$dir
lab=$(compgen -G "$dir/01-*")
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
class=$tmp/class
right=$tmp/right.txt wrong=$tmp/wrong.txt
draw_from "$lab" ""
draw_filled "$lab/right.txt" > "$right"
draw_filled "$lab/wrong.txt" > "$wrong"
mapfile -t -n 3 names < "$dir/names"
declare -A wanted

# student ENTRY POINTS [WHY]: what is to be said of it.
student() { wanted[$1]="$2 ${3-}"; }

# packed ENTRY FILE [NAME]: a hand-in as make hand-in packs it, with that first prediction.
packed() {
	local handin=$tmp/handin

	rm -rf "$handin"
	mkdir -p "$handin/predictions"
	cp "$2" "$handin/predictions/1.txt"
	cp "$right" "$handin/answers.txt"
	[[ ! ${3-} ]] || printf '%s\n' "$3" > "$handin/student.txt"
	printf '%s\n' "1 2026-01-02T03:04:05Z played 0" "2 2026-01-02T03:05:05Z checked 0" > "$handin/attempts.txt"
	head -c 100000 /dev/urandom > "$handin/log"
	tar -C "$tmp" -czf "$class/$1" handin/predictions handin/answers.txt handin/attempts.txt handin/log \
		${3:+handin/student.txt}
}

# answers_of NAME FILE: what is right or wrong for that name.
answers_of() (
	draw_from "$lab" "$1"
	draw_filled "$lab/$2"
)

# Three for whom something was drawn; one who has copied the first one's answers, one who has handed in the first one's
# name too, and a file of answers by itself.
make_drawn() {
	local name

	for name in "${names[@]}"; do
		answers_of "$name" right.txt > "$tmp/answers"
		answers_of "$name" right.txt | sed 's/$/	# made up/' > "$tmp/facts/$(student_id "$name").txt"
		packed "$name.tgz" "$tmp/answers" "$name"
		student "$name.tgz" 8
	done
	answers_of "${names[0]}" right.txt > "$tmp/answers"
	packed "copied.tgz" "$tmp/answers" "${names[1]}"
	student copied.tgz "$(($(comm -12 <(sort "$tmp/answers") <(answers_of "${names[1]}" right.txt | sort) | wc -l)))" \
		"the same name as ${names[1]}.tgz"
	student "${names[1]}.tgz" 8 "the same name as copied.tgz"
	{ echo "# student:  ann  AMES"; cat "$tmp/answers"; } > "$class/alone.txt"
	student alone.txt 8 "the same name as ${names[0]}.tgz"
	student "${names[0]}.tgz" 8 "the same name as alone.txt"
}

# worth: a line for each question of each lab, for a name, as guess.py reads it.
worth() {
	local one key
	local -A kind=() text=() given=()
	local -a order=()

	for one in "$dir"/[0-9][0-9]-*; do
		draw_from "$one" "$1"
		questions_read order kind text "$one/questions"
		draw_filled "$one/right.txt" > "$tmp/key"
		answers_read given kind "$tmp/key"
		for key in "${order[@]}"; do
			printf '%s\t%s\t%s\t%s\n' "${one##*/}" "${kind[$key]}" "${given[$key]}" "${text[$key]}"
		done
	done
}

# Blind guessing, and how alike the right answers of two names are.
guesses() {
	local name

	for name in "${names[@]}"; do
		worth "$name" > "$tmp/worth"
		"$dir/guess.py" < "$tmp/worth" > "$tmp/guess"
		ktap_is "$name, labs of which blind guessing has 20 % or more" "$(awk '$2 >= 20' "$tmp/guess")" ""
		cut -f 1,3 "$tmp/worth" > "$tmp/key.$(student_id "$name")"
	done
	ktap_diag "of lab, blind guessing has so many %: $(paste -sd ' ' "$tmp/guess")"
	ktap_is "labs in which two of the names have the same right answers" "$(
		for one in "$dir"/[0-9][0-9]-*; do
			one=${one##*/}
			(($(for name in "${names[@]}"; do
				grep "^$one" "$tmp/key.$(student_id "$name")" | md5sum
			done | sort -u | wc -l) == ${#names[@]})) || echo "$one"
		done
	)" ""
}

# undrawn: words that a lab may draw and draws for none of the names, by which it is tried (labs.sh).
undrawn() {
	local one name word
	local -A left=()

	for one in "$dir"/[0-9][0-9]-*; do
		for name in "${names[@]}"; do
			draw_from "$one" "$name"
			for word in "${!drawn_words[@]}"; do
				: "${left[${one##*/} $word]:= $(seq -s ' ' "${drawn_words[$word]#* }") }"
				left[${one##*/} $word]=${left[${one##*/} $word]/ ${drawn_words[$word]% *} / }
			done
		done
	done
	for word in "${!left[@]}"; do
		[[ ${left[$word]} != *[0-9]* ]] || echo "$word:${left[$word]}"
	done
}

# wide: lines of the labs' pages that a console of 80 columns folds; line 3 is printed folded, tables cannot be.
wide() { awk 'length > 80 && FNR != 3 && !/^\|/ { print FILENAME ":" FNR }' "$dir"/[0-9][0-9]-*/README.md; }

# pages: that the README is as it is where nothing is drawn, and has nothing else of its own where it is.
pages() {
	local one
	# shellcheck disable=SC2034
	local -A kind=() text=()
	# shellcheck disable=SC2034
	local -a order=()

	for one in "$dir"/[0-9][0-9]-*; do
		draw_from "$one" ""
		questions_read order kind text "$one/questions"
		draw_page "$one" "" order text | cmp -s - "$one/README.md" || echo "${one##*/}"
		draw_from "$one" "${names[0]}"
		questions_read order kind text "$one/questions"
		! draw_page "$one" "${names[0]}" order text | grep -qF -e 192.168.1. -e '<PORT' -e '{SERVER' || echo "${one##*/}, drawn"
	done
}

make_class() {
	local number

	for number in {1..12}; do
		packed "Student ${number}_4711_file_handin.tar.gz" "$right"
		student "Student ${number}_4711_file_handin.tar.gz" 8
	done
	packed "first wrong, then right.tar.gz" "$wrong"
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
	printf "established = 2\nfirst-syn = nothing\nsecond-syn = ?\ndata = connection\nports = 7\n" > "$class/guess.txt"
	student guess.txt 1.5
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
	STUDENT="Cy  Cole" handin_student > "$tmp/said"
	ktap_is "answers for nobody, and a name" "$? $(grep -c "for no name" "$tmp/said")" "1 1"
	sed -i "1i # student: Cy Cole" "$lab/answers.txt"
	lines=("# student: Cy Cole" "${lines[@]}")
	handin_student
	ktap_is "the name that stands in answers.txt" "$?, $student" "0, Cy Cole"
	handin_begin played
	predicted "${lines[@]}" "# changed" > /dev/null
	handin_begin checked
	ktap_is "attempts, their numbers and hashes" "$(awk '{ print $1, $3, $4 }' "$lab/handin/attempts.txt" | paste -sd ' ')" \
		"1 played - $(n=1; for how in played checked; do
			echo "$((++n)) $how $(sha256sum < "$lab/handin/predictions/$n.txt" | cut -d ' ' -f 1)"
		done | paste -sd ' ')"
	ktap_is "hashes that differ" "$(awk '{ print $4 }' "$lab/handin/attempts.txt" | sort -u | wc -l)" 3
	ktap_is "the student, the questions in notes.md" \
		"$(< "$lab/handin/student.txt"), $(grep -c '^### Question' "$lab/handin/notes.md")" "Cy Cole, 3"
	handin_pack > /dev/null
	cp "$lab/handin.tar.gz" "$class/anyway first.tar.gz"
	lab=$real
}

# A class of thirty names; of every one some answers are missing.
make_thirty() {
	local number name

	for number in {1..30}; do
		name="Student No. $number"
		answers_of "$name" right.txt | awk -v left=$((number % 9)) '/=/ && NR <= left { sub(/=.*/, "= ?") } { print }' > "$tmp/answers"
		packed "$name.tar.gz" "$tmp/answers" "$name"
		student "$name.tar.gz" $((8 - number % 9))
	done
}

mkdir "$class"
if [[ ${1-} == play ]]; then
	make_thirty
	ktap_plan 32
	start=$SECONDS
	FROM=$class OUT=$tmp/out "$dir/grade" 1 > "$tmp/table" 2> "$tmp/errors" || ktap_diag "$(cat "$tmp/errors")"
	ktap_diag "seconds: $((SECONDS - start))"
	ktap_test "a class of thirty, minutes: $(((SECONDS - start + 59) / 60))" test $((SECONDS - start)) -lt "${MOST:-120}"
	ktap_is "lines of the table" "$(grep -c ' of  8 ' "$tmp/table")" 30
	for entry in "${!wanted[@]}"; do
		ktap_is "$entry" "$(result "$entry")" "${wanted[$entry]}"
	done
	ktap_finish
fi
make_class
student "anyway first.tar.gz" 8		# of predictions()
mkdir "$tmp/facts"
sed 's/$/	# made up/' "$right" > "$tmp/facts/$(student_id "").txt"
cp "$tmp/facts/"*.txt "$tmp/facts/$(student_id "Cy Cole").txt"
make_drawn
ktap_plan $((${#wanted[@]} + 22))
guesses
ktap_is "words that are drawn for none of these names" "$(undrawn)" ""
ktap_is "paragraphs of the pages without a proof, as they are now" "$("$dir/claims.py")" ""
ktap_is "pages that differ" "$(pages)" ""
ktap_is "lines that are too wide" "$(wide)" ""
draw_from "$lab" ""
predictions
start=$SECONDS
FROM=$class OUT=$tmp/out FACTS=$tmp/facts "$dir/grade" 1 > "$tmp/table" 2> "$tmp/errors" || ktap_diag "$(cat "$tmp/errors")"
ktap_is "lines of the table" "$(grep -c ' of  8 ' "$tmp/table")" "${#wanted[@]}"
ktap_test "seconds, less than a minute" test $((SECONDS - start)) -lt 60
points=0
for entry in "${!wanted[@]}"; do
	points=$(python3 -c 'import sys; print(float(sys.argv[1]) + float(sys.argv[2]))' "$points" "${wanted[$entry]%% *}")
	ktap_is "$entry" "$(result "$entry")" "${wanted[$entry]}"
done
ktap_is "nothing of a hand-in was run" "$(ls "$tmp/owned" 2> /dev/null)" ""
ktap_is "results for an autograder, their points" "$(python3 - "$tmp/out/results" <<-'EOF'
	import glob, json, sys
	found = [json.load(open(name, encoding="utf-8")) for name in glob.glob(sys.argv[1] + "/*.json")]
	print(len(found), sum(one["score"] for one in found))
	EOF
)" "${#wanted[@]} $points"
ktap_finish
