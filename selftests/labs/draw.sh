# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Arrays are filled through their names.
# shellcheck disable=SC2034
#
# What a lab draws from a student's name, for the host and for the guest: addresses, ports, numbers, an order. By no
# name it is what the lab's README has. The file `draw` of a lab calls the functions below, in its order.
#
# In `questions`, right.txt and wrong.txt {NAME} is what was drawn or set there, and {N + 1} is computed.

# student_name: of stdin, one line of it that can be compared: no blanks at its ends or twice, nothing unprintable.
student_name() {
	head -c 400 | LC_ALL=C tr -s '\000-\040\177' ' ' | iconv -c -f UTF-8 -t UTF-8 | sed 's/^ *//; s/ *$//' | cut -c -100
}

# student_of FILE: the name in a file of answers, or nothing.
student_of() { answers_text "$1" 2> /dev/null | sed -n 's/^# student://p' | head -n 1 | student_name; }

# student_id NAME: the same whatever the case of its letters.
student_id() {
	local id

	id=$(tr '[:upper:]' '[:lower:]' <<< "$1" | sha256sum)
	echo "${id:0:16}"
}

# draw_from LAB NAME: everything that this lab draws.
draw_from() {
	drawn=() drawn_usual=() drawn_order=() drawn_words=()
	draw_seed=
	[[ ! $2 ]] || draw_seed="${1##*/} $(student_id "$2")"
	draw_addresses
	# shellcheck disable=SC1091	# each lab's
	[[ ! -e $1/draw ]] || . "$1/draw"
}
declare -A drawn drawn_usual drawn_words
drawn_order=()

# draw_addresses: of the two hosts that most labs have.
draw_addresses() {
	local base

	draw NETWORK 1 20 99
	draw HOST 10 20 240
	base=192.168.$NETWORK
	draw_is SERVER "$base.$HOST" 192.168.1.10
	draw_is SERVER2 "$base.$((HOST + 1))" 192.168.1.11
	draw_is CLIENT "$base.$((HOST + 3))" 192.168.1.13
	draw_is CLIENT2 "$base.$((HOST + 4))" 192.168.1.14
}

# draw NAME USUAL LOW HIGH: a number, into the variable of that name.
draw() {
	local value=$2 hash

	if [[ $draw_seed ]]; then
		hash=$(sha256sum <<< "$draw_seed $1")
		value=$(($3 + 16#${hash:0:8} % ($4 - $3 + 1)))
	fi
	draw_is "$1" "$value" "$2"
}

# draw_one NAME USUAL WORD...: one of the words; which one, and of how many, is in drawn_words.
draw_one() {
	local name=$1 usual=$2 at
	shift 2

	draw "$name" 0 1 $#
	drawn_words[$name]="${!name} $#"
	if ((${!name})); then
		at=${!name}
		draw_is "$name" "${!at}" "$usual"
	else
		draw_is "$name" "$usual" "$usual"
	fi
}

# draw_is NAME VALUE USUAL
draw_is() {
	[[ ${drawn[$1]+set} ]] || drawn_order+=("$1")
	drawn[$1]=$2
	drawn_usual[$1]=$3
	printf -v "$1" %s "$2"
}

# by_name USUAL DRAWN: a text, by whether something was drawn.
by_name() { if [[ $draw_seed ]]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }

# opposite WORD WORD WORD: of these two, the one that is not the first word.
opposite() { if [[ $1 == "$2" ]]; then echo "$3"; else echo "$2"; fi; }

# draw_fill TEXT: filled, on stdout.
draw_fill() {
	local left=$1 text='' word

	while [[ $left =~ ^([^{]*)\{([^}]*)\}(.*)$ ]]; do
		word=${BASH_REMATCH[2]}
		text+=${BASH_REMATCH[1]} left=${BASH_REMATCH[3]}
		if [[ $word =~ ^[A-Z_0-9]+$ ]]; then text+=${!word}; else text+=$((word)); fi
	done
	printf '%s\n' "$text$left"
}

# draw_filled FILE: its lines filled.
draw_filled() {
	local line

	while IFS= read -r line || [[ $line ]]; do
		draw_fill "$line"
	done < "$1"
}

# draw_page LAB NAME ORDER TEXT: the lab's README as it is for this student: rows of the table by the questions, and
# what a lab is commonly told by, addresses and numbers of three digits or more, as drawn.
draw_page() {
	local -n page_order=$3 page_text=$4
	local line key name
	local -a script=()

	for name in "${drawn_order[@]}"; do
		[[ ${drawn_usual[$name]} =~ ^[0-9.]{3,}$ && ${drawn[$name]} != "${drawn_usual[$name]}" ]] || continue
		script+=(-e "s/(^|[^0-9.])${drawn_usual[$name]//./\\.}([^0-9.]|\.[^0-9]|\.?\$)/\1<$name>\2/g")
	done
	# A second time, as two may share what stands between them.
	script+=("${script[@]}")
	for name in "${drawn_order[@]}"; do
		script+=(-e "s/<$name>/${drawn[$name]}/g")
	done
	while IFS= read -r line; do
		if [[ $line =~ ^\|\ \`([a-z0-9-]+)\`\ \| && ${page_text[${BASH_REMATCH[1]}]-} ]]; then
			key=${BASH_REMATCH[1]}
			# shellcheck disable=SC2016
			printf '| `%s` | %s | |\n' "$key" "${page_text[$key]}"
		elif [[ $line == "## Predict" && $2 ]]; then
			printf '%s\n\n' "$line"
			printf '*For %s. Where the text and a question differ, the question counts.*\n' "$2"
		elif ((${#script[@]})); then
			sed -E "${script[@]}" <<< "$line"
		else
			printf '%s\n' "$line"
		fi
	done < "$1/README.md"
}
