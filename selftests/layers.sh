#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checks that data flows one way through the module, from its folders alone: each may include what stands left of it
# in the list below, and itself. Prints KTAP. Runs on the build host.

cd "$(dirname "$0")/../module" || exit 1

find . -name '*.[ch]' -printf '%P\n' | sort | xargs awk '
BEGIN {
	nr = split("uapi base verdict filter kernel store record hook watch explain proc", folders)
	for (i = 1; i <= nr; i++)
		rank[folders[i]] = i
	# Sources know neither where it goes nor who looks at it, and views do not ask the sources.
	split("watch/store watch/explain watch/proc explain/watch proc/watch proc/record/record.h", pairs)
	for (i in pairs)
		never[pairs[i]] = 1
}

function complain(what) {
	printf "# %s:%d: %s\n", FILENAME, FNR, what
	bad[FILENAME] = 1
}

function folder_of(path) { return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : "" }

FNR == 1 {
	files[++nr_files] = FILENAME
	mine = folder_of(FILENAME)
	if (mine != "" && !(mine in rank))
		complain("the folder " mine " has no place among the others")
}

/^#include "/ && mine != "" {
	split($0, part, "\"")
	theirs = folder_of(part[2])
	if (!(theirs in rank))
		complain("includes " part[2] ", which is in no folder")
	else if (rank[theirs] > rank[mine])
		complain(mine " includes " part[2] ", which is above it")
	else if ((mine "/" theirs) in never || (mine "/" part[2]) in never)
		complain(mine " includes " part[2])
}

# What an inline of record.h does with the stores is its own matter.
mine == "watch" && /tpw_(filter|connections|listeners|counters|log|refused)_[a-z]|trace_verdict/ {
	complain("a source names a store, a filter or a tracepoint")
}

END {
	print "KTAP version 1"
	print "1.." nr_files
	for (i = 1; i <= nr_files; i++) {
		printf "%sok %d layer %s\n", files[i] in bad ? "not " : "", i, files[i]
		failed += files[i] in bad
	}
	exit failed > 0
}'
