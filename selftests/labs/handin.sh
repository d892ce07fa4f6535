# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a student hands in, on the host: predictions as they were before each run, how often the lab was played, notes,
# and all that the guest leaves, in one file.

# handin_dir: set handin.
handin_dir() { handin=${HANDIN:-$lab/handin}; }

# handin_student: set student to the name that is drawn for, and draw: STUDENT, or else the one that answers.txt was
# made for. Fails where these differ, as the questions do.
handin_student() {
	local named

	student=$(student_name <<< "${STUDENT-}")
	if [[ -e $lab/answers.txt && ! ${ANSWERS-} ]]; then
		named=$(student_of "$lab/answers.txt")
		: "${student:=$named}"
		if [[ $(student_id "$student") != "$(student_id "$named")" ]]; then
			say "${lab#"$TOP"/}/answers.txt is there already, for ${named:-no name}; what is asked of $student differs."
			say "Move it away, or leave STUDENT out."
			return 1
		fi
	fi
	draw_from "$lab" "$student"
}

# handin_predicted: whether each question has an answer; else which ones have none is said.
handin_predicted() {
	# shellcheck disable=SC2034	# filled and read through their names
	local -A kind text given
	local -a order missing=()
	local key

	[[ ${ANYWAY-} != 1 ]] || return 0
	questions_read order kind text "$lab/questions"
	answers_read given kind "$lab/answers.txt" || return
	for key in "${order[@]}"; do
		[[ ${given[$key]-} ]] || missing+=("$key")
	done
	((${#missing[@]})) || return 0
	say "Predict first. ${lab#"$TOP"/}/answers.txt has no answer yet to: ${missing[*]}"
	say "(ANYWAY=1 goes on without.)"
	return 1
}

# handin_begin HOW: what is predicted, before the guest boots; HOW is "played" or "checked". With ANYWAY=1 nothing is.
handin_begin() {
	local number hash=-

	handin_dir
	mkdir -p "$handin/predictions" || exit 1
	number=$(($(grep -sc . "$handin/attempts.txt") + 1))
	if [[ ${ANYWAY-} != 1 ]]; then
		cp "$lab/answers.txt" "$handin/predictions/$number.txt" || exit 1
		hash=$(sha256sum < "$lab/answers.txt")
	fi
	printf '%s %s %s %s\n' "$number" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "${hash%% *}" >> "$handin/attempts.txt"
	[[ ! ${student-} ]] || printf '%s\n' "$student" > "$handin/student.txt"
	[[ -e $handin/notes.md ]] || handin_notes > "$handin/notes.md"
}

# handin_notes: a page to fill in, with the questions of the lab's README.
handin_notes() {
	sed -n 's/^# /# Notes on /p;q' "$lab/README.md"
	printf '\nWhat did you try at the prompt, and what surprised you?\n\n\n'
	sed -n '/^## Questions/,$p' "$lab/README.md" | sed 's/^\([0-9]\)\. /\n### Question \1\n\n/; s/^   //'
}

# handin_told: what is left to do.
handin_told() {
	say "Your notes go to ${handin#"$TOP"/}/notes.md; make hand-in N=$((10#$(basename "$lab" | cut -c -2))) packs what is to be handed in."
}

# handin_page: a page of the main host beside its files, and one of each other host beside those.
handin_page() {
	local log

	handin_dir
	[[ -e $handin/log ]] || { say "${handin#"$TOP"/}: nothing has been played yet."; exit 2; }
	make -s -C "$TOP/userspace" || exit 1
	for log in "$handin"/log "$handin"/*/log; do
		[[ ! -e $log ]] || "$TOP/userspace/tuplewatch" report --from "${log%/log}" -o "${log%/log}/report.html" || exit 1
	done
}

# handin_pack: all of it in one file beside it.
handin_pack() {
	local packed

	handin_dir
	[[ -e $handin/attempts.txt ]] || { say "${handin#"$TOP"/}: nothing has been played yet."; exit 2; }
	packed=${handin%/}.tar.gz
	tar -C "$(dirname "$handin")" -czf "$packed" "$(basename "$handin")" || exit 1
	say "hand-in: ${packed#"$TOP"/}"
}
