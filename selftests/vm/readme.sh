# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tables of selftests/README.md that a run has made, between their marks.

README=$TOP/selftests/README.md

# readme_write NAME: what is between the marks of NAME becomes stdin.
readme_write() {
	local begin="<!-- begin: $1 -->" end="<!-- end: $1 -->"

	[[ $(grep -cxFe "$begin" -e "$end" "$README") == 2 ]] || die "selftests/README.md has no marks for $1"
	{
		sed "\|^$begin\$|q" "$README"
		cat
		sed -n "\|^$end\$|,\$p" "$README"
	} > "$CACHE/README.new" && cp "$CACHE/README.new" "$README"
}
