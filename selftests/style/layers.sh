#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checks that data flows one way through the module and through the reader, from their folders alone: each may include
# what stands left of it in its list below, and itself. No two files include each other, on whatever way. Prints KTAP.
# Runs on the build host.

cd "$(dirname "$0")/../.." || exit 1

# check TREE FOLDERS NEVER NAMES: NEVER has pairs of folders, or of a folder and a header, that do not meet although the
# order would let them; NAMES is FOLDER:REGEX, what its files do not name.
check() {
	# shellcheck disable=SC2016	# for awk
	(cd "$1" && find . -name '*.[ch]' ! -path './.build/*' ! -path './test/*' -printf '%P\n' | sort |
		xargs awk -v folders="$2" -v never="$3" -v names="$4" '
	BEGIN {
		nr = split(folders, list)
		for (i = 1; i <= nr; i++)
			rank[list[i]] = i
		split(never, pairs)
		for (i in pairs)
			is_never[pairs[i]] = 1
		nameless = substr(names, 1, index(names, ":") - 1)
		sub(/^[^:]*:/, "", names)
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

	/^#include "/ {
		split($0, part, "\"")
		included[FILENAME] = included[FILENAME] " " part[2]
	}

	/^#include "/ && mine != "" && part[2] !~ /^module\// {
		theirs = folder_of(part[2])
		if (!(theirs in rank) && part[2] != "command.h")
			complain("includes " part[2] ", which is in no folder")
		else if (rank[theirs] > rank[mine] || (part[2] == "command.h" && mine != "command"))
			complain(mine " includes " part[2] ", which is above it")
		else if ((mine "/" theirs) in is_never || (mine "/" part[2]) in is_never)
			complain(mine " includes " part[2])
	}

	nameless != "" && mine == nameless && $0 ~ names {
		complain("names what it should not know: " $0)
	}

	# A header stands for the source of its name: who includes it calls that.
	function visit(unit, trail,    n, i, to) {
		if (index(trail " ", " " unit " ")) {
			sub(".* " unit " ", unit " ", trail)
			print "# circle: " trail " " unit
			circles++
			return
		}
		if (unit in done)
			return
		n = split(included[unit ".h"] " " included[unit ".c"], to)
		for (i = 1; i <= n; i++) {
			sub(/\.h$/, "", to[i])
			if (to[i] != unit)
				visit(to[i], trail " " unit)
		}
		done[unit] = 1
	}

	END {
		for (i = 1; i <= nr_files; i++) {
			unit = files[i]
			sub(/\.[ch]$/, "", unit)
			visit(unit, "")
		}
		print "    KTAP version 1"
		print "    1.." nr_files + 1
		for (i = 1; i <= nr_files; i++) {
			printf "    %sok %d layer %s\n", files[i] in bad ? "not " : "", i, files[i]
			failed += files[i] in bad
		}
		printf "    %sok %d no circle among them\n", circles ? "not " : "", nr_files + 1
		exit failed || circles
	}')
}

status=0 number=0

# tree NAME ...: as check, as a subtest.
tree() {
	local result=ok

	echo "# Subtest: $1"
	check "$@" || result='not ok' status=1
	echo "$result $((++number)) $1"
}

echo "KTAP version 1"
echo "1..2"
# Sources know neither where it goes nor who looks at it, and views do not ask the sources. What an inline of record.h
# does with the stores is its own matter.
tree module "uapi base verdict filter kernel store record hook watch explain proc" \
	"watch/store watch/explain watch/proc explain/watch proc/watch proc/record/record.h" \
	"watch:tpw_(filter|connections|listeners|counters|log|refused)_[a-z]|trace_verdict"
tree userspace "man lib capture system table where show command" "" ""
exit "$status"
