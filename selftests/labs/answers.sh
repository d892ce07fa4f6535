# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Arrays are filled through their names, which shellcheck takes for unused and for indexed ones.
# shellcheck disable=SC2034,SC2004
#
# The questions of a lab and the answers to them, for the host and for the guest.
#
# questions: one a line, `key | what may be said | text`; what may be said is `number` or words with a slash
# between them. answers.txt, right.txt, wrong.txt: `key = answer`; what follows a # is a remark. Everywhere `?` is an
# answer: not known.

# questions_read ORDER KIND TEXT FILE: keys in their order; by key, what may be said, and the question, with what
# draw_from has drawn.
questions_read() {
	local -n order_to=$1 kind_to=$2 text_to=$3
	local asked may question

	order_to=() kind_to=() text_to=()
	while IFS='|' read -r asked may question; do
		[[ $asked && $asked != \#* ]] || continue
		read -r asked <<< "$asked"
		read -r may <<< "$may"
		read -r question <<< "$(draw_fill "$question")"
		order_to+=("$asked")
		kind_to[$asked]=$may
		text_to[$asked]=$question
	done < "$4"
}

# answers_text FILE: as UTF-8 without a byte order mark; editors of other systems write UTF-16, or lines that end
# with a carriage return.
answers_text() {
	case $(head -c 3 "$1" | od -An -tx1) in
	" ff fe"*)    iconv -c -f UTF-16LE -t UTF-8 < "$1" | sed $'1s/^\xef\xbb\xbf//' ;;
	" fe ff"*)    iconv -c -f UTF-16BE -t UTF-8 < "$1" | sed $'1s/^\xef\xbb\xbf//' ;;
	" ef bb bf"*) tail -c +4 "$1" ;;
	*)            cat "$1" ;;
	esac | tr -d '\r\000'
}

# answer_known KIND ANSWER: the answer as the lab writes it, whatever the case of its letters; else as it is.
answer_known() {
	local word
	local -a words

	IFS=/ read -ra words <<< "$1"
	for word in "${words[@]}"; do
		[[ ${word,,} != "${2,,}" ]] || { printf '%s\n' "$word"; return; }
	done
	printf '%s\n' "$2"
}

# answer_is_right SAID DID
answer_is_right() { [[ $1 == "$2" || ($1 =~ ^[0-9]{1,9}$ && $((10#$1)) == "$2") ]]; }

# answer_fits KIND ANSWER
answer_fits() {
	[[ $2 != '?' ]] || return 0
	case $1 in
	number) [[ $2 =~ ^[0-9]+$ ]] ;;
	*)      [[ /$1/ == */"$2"/* && $2 != */* ]] ;;
	esac
}

# answers_read ANSWER KIND FILE: by key; KIND as questions_read fills it. What is wrong with a line is said on
# stderr, with file, line and word; an answer that is none is left out. For "=" a colon will do.
answers_read() {
	local -n answer_to=$1 kind_of=$2
	local file=$3 line key answer
	local -i number=0 wrong=0

	answer_to=()
	[[ -r $file ]] || { echo "$file: cannot be read" >&2; return 1; }
	while IFS= read -r line || [[ $line ]]; do
		((++number))
		line=${line%%#*}
		[[ $line == *[![:space:]]* ]] || continue
		[[ $line == *=* ]] || line=${line/:/=}
		read -r key answer <<< "${line/=/ = }"
		key=${key,,}
		if [[ $answer != =* ]]; then
			answers_wrong "'$key' has no '=' behind it; a line is 'key = answer'"
		elif [[ ! ${kind_of[$key]-} ]]; then
			answers_wrong "'$key' is no question of this lab; these are: ${!kind_of[*]}"
		elif [[ ${answer_to[$key]+set} ]]; then
			answers_wrong "'$key' is answered a second time"
		else
			read -r answer <<< "${answer#=}"
			answer=$(answer_known "${kind_of[$key]}" "$answer")
			if [[ $answer ]] && ! answer_fits "${kind_of[$key]}" "$answer"; then
				answers_wrong "'$answer' is no answer to '$key', which wants ${kind_of[$key]//\// or }"
				answer=
			fi
			answer_to[$key]=$answer
		fi
	done < <(answers_text "$file")
	((wrong == 0))
}

# In the middle of a line of answers_read.
answers_wrong() {
	echo "$file:$number: $1" >&2
	wrong=1
}

# answers_blank ORDER KIND TEXT STUDENT: a file to fill in, drawn for that name if there is one.
answers_blank() {
	local -n order_of=$1 kinds=$2 texts=$3
	local key

	[[ ! $4 ]] || printf '# student: %s\n' "$4"
	echo "# Predict, then run the lab. One answer behind each '='; ? if you do not know."
	for key in "${order_of[@]}"; do
		printf '\n%s\n%s =\n' "$(fold -s -w 76 <<< "${texts[$key]} (${kinds[$key]//\// or })" |
			sed 's/^/# /; s/ *$//')" "$key"
	done
}
