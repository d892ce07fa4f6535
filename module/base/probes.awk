# SPDX-License-Identifier: GPL-2.0
#
# Usage: awk -f probes.awk probes.c ERRORS: which functions of probes.c compile, from the compiler's errors, as a header;
# or one sentence on stderr and exit status 1.

function stop(sentence) {
	if (!is_stopped)
		print "tuplewatch: " sentence > "/dev/stderr"
	is_stopped = 1
	exit 1
}

function argument(    text) {
	text = $0
	sub(/^[a-zA-Z]+\(/, "", text)
	sub(/[,)].*/, "", text)
	return text
}

# The table: a PROBE() ends at its first ")" at the end of a line, a function at "}".
FNR == NR && /^PROBE\(/ {
	features[++nr] = argument()
	entry = ""
	is_entry = 1
}

FNR == NR && is_entry {
	sub(/^[ \t]+/, "")
	entry = entry (entry == "" ? "" : " ") $0
	if (/\)$/) {
		split(entry, part, "\"")
		since[features[nr]] = part[2]
		loss[features[nr]] = part[4]
		is_entry = 0
	}
}

FNR == NR && /^(with|without|never)\(/ {
	kind = $0
	sub(/\(.*/, "", kind)
	unit = kind " " argument()
	is_there[unit] = 1
	line_of[unit] = FNR
	if (kind == "never")
		nevers[++nr_nevers] = unit
}

FNR == NR {
	unit_at[FNR] = unit
	if (/^}/)
		unit = ""
	next
}

!/: (fatal )?error: / { next }

# Of this file: it belongs to the function that has the line.
/^([^:]*\/)?probes\.c:[0-9]+/ {
	split($0, part, ":")
	where = unit_at[part[2] + 0]
	if (where != "") {
		is_wrong[where] = 1
		next
	}
}

/: error: #error / && /probes\.c:/ || /probes\.c:[0-9:]* error: "/ {
	split($0, part, "\"")
	stop("this kernel lacks " part[2])
}

other == "" { other = $0 }

END {
	if (is_stopped)
		exit 1
	if (other != "")
		stop("what the kernel has cannot be told: its headers do not compile: " other)
	for (i = 1; i <= nr_nevers; i++)
		if (!(nevers[i] in is_wrong))
			stop("what the kernel has cannot be told: the compiler's errors are not understood (probes.log)")
	print "/* Made by the build from module/base/probes.c: what this kernel has. */"
	for (i = 1; i <= nr; i++) {
		f = features[i]
		has = !(("with " f) in is_wrong)
		if (!has && !(("without " f) in is_there))
			stop("this kernel lacks " f ", which Linux has since " since[f] ": " loss[f])
		if (!has && ("without " f) in is_wrong)
			stop("whether the kernel has " f " cannot be told: see module/base/probes.c:" line_of["with " f])
		printf "#define TPW_HAS_%s %d\t/* %s */\n", f, has, since[f]
	}
}
