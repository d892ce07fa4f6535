#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: plays.sh all|NUMBER...: plays labs as nobody would predict them, one after the other. What each hands in goes to
# $TPW_KEEP/NN-name, for who makes pages of them.

. "$(dirname "$0")/../lib/tpw.sh"

mapfile -t labs < <(
	if [[ ${1-all} == all ]]; then
		printf '%s\n' "$TPW_TESTS"/labs/[0-9][0-9]-*/
	else
		printf "$TPW_TESTS/labs/%02d-*/\n" "$@" | while IFS= read -r lab; do compgen -G "$lab"; done
	fi
)
((${#labs[@]})) || { echo "plays.sh: which labs? $*" >&2; exit 2; }

# played DIRECTORY NAME: whether it was, to its end.
played() {
	TPW_KEEP=$kept/$2 "$1/run.sh" > "$TPW_TMP/said" 2>&1 < /dev/null && grep -q '^That was lab' "$TPW_TMP/said"
}

kept=${TPW_KEEP:?where to}
tpw_prepare
ktap_plan "${#labs[@]}"
for lab in "${labs[@]}"; do
	name=$(basename "$lab") start=$SECONDS
	if played "$lab" "$name"; then
		ktap_pass "$name: $(($(wc -l < "$kept/$name/log") - 2)) rows in its log"
	else
		ktap_diag "$(tail -n 5 "$TPW_TMP/said")"
		ktap_fail "$name"
	fi
	ktap_diag "$name took $((SECONDS - start)) s"
done
ktap_finish
