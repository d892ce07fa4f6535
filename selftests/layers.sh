#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checks that data flows one way through the module: who may include whom, by
# the rows of module/layers.txt.  Prints KTAP.  Runs on the build host.

cd "$(dirname "$0")/../module" || exit 1

# shellcheck disable=SC2035 # names of ours, none begins with a dash
awk '
FNR == NR {
	if ($0 ~ /^#/ || NF < 2)
		next
	row++
	kind = $1
	sub(":", "", kind)
	for (i = 2; i <= NF; i++) {
		row_of[$i] = row
		kind_of[$i] = kind
	}
	next
}

function complain(what) {
	printf "# %s:%d: %s\n", FILENAME, FNR, what
	bad[FILENAME] = 1
}

FNR == 1 {
	files[++nr_files] = FILENAME
	name = FILENAME
	sub(/\.[ch]$/, "", name)
	is_header = FILENAME ~ /\.h$/
	if (!(name in row_of))
		complain(name " stands in no row of layers.txt")
	else
		listed[name] = 1
}

/^#include "/ {
	split($0, part, "\"")
	to = part[2]
	sub(/\.h$/, "", to)
	if (!(to in row_of)) {
		complain("includes " to ", which stands in no row")
		next
	}
	if (to == name)
		next
	if (is_header && row_of[to] >= row_of[name])
		complain("a header of row " row_of[name] " includes " to " of row " row_of[to])
	mine = kind_of[name]
	theirs = kind_of[to]
	if (!is_header && row_of[to] > row_of[name] && mine != "mechanism")
		complain(name " includes " to ", which is of a higher row")
	if ((mine == "source" || mine == "mechanism") && theirs == "store")
		complain("the source " name " includes the store " to)
	if (mine == "view" && theirs == "source" && to != "nf_hook")
		complain("the view " name " includes the source " to)
	if ((mine == "source" || mine == "mechanism") && theirs == "view")
		complain("the source " name " includes the view " to)
	if (mine == "store" && theirs == "store")
		complain("the store " name " includes the store " to)
}

END {
	for (name in row_of)
		if (!(name in listed))
			ghosts = ghosts " " name
	print "TAP version 13"
	print "1.." nr_files + 1
	for (i = 1; i <= nr_files; i++) {
		printf "%sok %d layer %s\n", files[i] in bad ? "not " : "", i, files[i]
		failed += files[i] in bad
	}
	printf "%sok %d layers.txt names only what is there%s\n", ghosts == "" ? "" : "not ", nr_files + 1,
		ghosts == "" ? "" : " (not there:" ghosts ")"
	exit failed || ghosts != ""
}
' layers.txt uapi/*.h *.h *.c
