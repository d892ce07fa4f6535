#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The transcripts in the READMEs of the project and of the reader, played again: a block below "<!-- transcript NAME -->" is what scene_NAME of
# scene.sh leads to. Its commands are run, and what they print is compared word for word; what differs from run to
# run has a name instead, each process and socket its own. The picture that the README shows is drawn again, too.
#
# With --print: the blocks as they come out here; with --draw: the picture.

# Marks of Markdown stand in single quotes.
# shellcheck disable=SC2016

. "$(dirname "$0")/reader.sh"
. "$READER_DIR/scene.sh"

NAMES="who refused starving"
PAGES=("$TPW_TESTS/../README.md" "$TPW_TESTS/../userspace/README.md")
PICTURE=$TPW_TESTS/../userspace/man/graph.svg
PATH=${READER%/*}:$PATH

# block NAME: of one of the pages
block() {
	awk -v name="$1" '
		$0 == "<!-- transcript " name " -->" { is_next = 1; next }
		is_next && /^```/ { if (is_in) exit; is_in = 1; next }
		is_in { print }' "${PAGES[@]}"
}

# The commands of a block, run where its prompts say, with what they print.
play() {
	local line prompt

	while IFS= read -r line; do
		[[ $line =~ ^(server|client)#\ (.*) ]] || continue
		echo "$line"
		prompt=${BASH_REMATCH[1]}_pid
		in_netns "${!prompt}" bash -c "${BASH_REMATCH[2]}" 2>&1 | sed 's/ *$//'
	done
}

# Which process is which, and which socket, stays to be seen.
named() {
	sed -E -e 's/netns [0-9]+/netns NETNS/' -e 's/inode [0-9]+/inode INODE/' -e 's/bucket [0-9]+/bucket NR/' \
		-e 's/fd=[0-9]+/fd=FD/' -e 's/^( +cgroup +).*/\1CGROUP/' \
		-e 's/[0-9:]+\.[0-9]+, /TIME, /g' -e 's/[0-9][0-9.]* (us|ms|s) (ago|in)/SPAN \2/g' \
		-e 's/(segments +)[0-9]+ came in: [0-9]+ by early demux, [0-9]+ /\1NR came in: NR by early demux, NR /' |
		awk '
		# each number behind or before such a word: as the first, second, ... of them
		function name(pattern, letter, skip, keep,    before, text, at, number) {
			before = ""
			text = $0
			while (at = match(text, pattern)) {
				number = substr(text, at + skip, RLENGTH - skip - keep)
				if (!((letter, number) in names))
					names[letter, number] = letter (++count[letter])
				before = before substr(text, 1, at + skip - 1) names[letter, number]
				text = substr(text, at + RLENGTH - keep)
			}
			$0 = before text
		}
		{
			name("[0-9]+/[a-z]", "P", 0, 2)
			name("pid=[0-9]+", "P", 4, 0)
			name("cookie [0-9a-f]+", "C", 7, 0)
			gsub(/ +/, " ")
			print
		}'
}

# compare NAME: the block, and what has been played
compare() {
	local text

	named < "$TPW_TMP/$1.readme" > "$TPW_TMP/$1.want"
	named < "$TPW_TMP/$1.played" > "$TPW_TMP/$1.got"
	if text=$(diff -u "$TPW_TMP/$1.want" "$TPW_TMP/$1.got"); then
		ktap_pass "$1: $(wc -l < "$TPW_TMP/$1.want") lines, word for word"
	else
		ktap_diag "$text"
		ktap_fail "$1: not word for word"
	fi
}

draw() {
	scene_graph
	reader "$server_pid" graph | dot -Tsvg
}

# texts FILE: those of a picture, without numbers of segments; in which order they stand depends on cookies
texts() {
	sed -nE 's:.*<text [^>]*>(.*)</text>.*:\1:p' "$1" |
		sed -E 's/^[0-9]+( segments)?$/NR\1/;s/(unaccepted ).*/\1SPAN/;s:^[0-9]+/:PID/:' | sort
}

print_all() {
	local name

	for name in $NAMES; do
		"scene_$name"
		printf '<!-- transcript %s -->\n```\n%s\n```\n' "$name" "$(block "$name" | play)"
	done
}

[[ -e ${PAGES[0]} ]] || ktap_skip_all "no README.md beside the tests"
require_tools ip nc jq timeout awk diff dot
tpw_prepare
tpw_load
at_exit scene_end
case ${1-} in
--print) print_all; exit ;;
--draw) draw; exit ;;
esac
ktap_plan 7
for name in $NAMES; do
	"scene_$name"
	block "$name" > "$TPW_TMP/$name.readme"
	play < "$TPW_TMP/$name.readme" > "$TPW_TMP/$name.played"
	compare "$name"
	ktap_within "$name, width" "$(wc -L < "$TPW_TMP/$name.played")" 60 100 columns
done
draw > "$TPW_TMP/graph.svg"
texts "$PICTURE" > "$TPW_TMP/graph.readme"
texts "$TPW_TMP/graph.svg" > "$TPW_TMP/graph.played"
compare graph
ktap_finish
