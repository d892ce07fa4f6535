#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Would the truth table notice? Each mutants/*.patch breaks the module in one line and says after `Row:`
# which row must fail then. All are built here and tried in one guest; TPW_MUTANT_KERNEL names its kernel.

dir=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$dir/../.." && pwd)
. "$top/selftests/lib/patch.sh"
kernel=${TPW_MUTANT_KERNEL:-6.12}
work=$(mktemp -d "${TMPDIR:-/tmp}/tuplewatch-mutants.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The row that a patch names.
row_of() { sed -n 's/^Row: //p' "$dir/mutants/$1.patch"; }

# make_mutant NAME: prints why there is none, if there is none.
make_mutant() {
	[[ $(row_of "$1") ]] || { echo "names no row"; return 1; }
	build_planted "$dir/mutants/$1.patch" "$work/tree" "$top" "$kernel" "$work/$1.ko"
}

# In the guest: the rows of one exchange with one module. Lines are marked with the module's name.
# shellcheck disable=SC2016
trial='
work=$1; shift
while (($#)); do
	TPW_KO=$work/$1.ko selftests/truth/truth.sh -x "$2" 2>&1 | sed "s/^/$1: /"
	shift 2
done'

# has_row FILE NAME RESULT ROW: does a line of this module's give the row this result, ok or not ok?
has_row() {
	awk -v start="$2: $3 " -v row="$4" '
		index($0, start) == 1 {
			text = substr($0, length(start) + 1)
			sub(/^[0-9]+ /, "", text)
			if (text == row || index(text, row " ") == 1)
				found = 1
		}
		END { exit !found }' "$1"
}

mutants=()
for patch in "$dir"/mutants/*.patch; do
	patch=${patch##*/}
	mutants+=("${patch%.patch}")
done
printf 'KTAP version 1\n1..%d\n' "${#mutants[@]}"

copy_module "$top" "$work/tree"
plain=$(build_in "$work/tree" "$kernel") || { echo "Bail out! the module does not build"; exit 1; }
cp "$plain" "$work/plain.ko"
tries=()
declare -A problem
for name in "${mutants[@]}"; do
	row=$(row_of "$name")
	if problem[$name]=$(make_mutant "$name"); then
		tries+=(plain "${row%% *}" "$name" "${row%% *}")
	fi
done
(cd "$top" && selftests/vm/run --no-avx --kernel "$kernel" --timeout 200 -- bash -c "$trial" trial "$work" "${tries[@]}") \
	> "$work/out"
status=$?
((status == 0)) || printf '# the guest ended with status %d\n' "$status"

number=0 failed=0
for name in "${mutants[@]}"; do
	row=$(row_of "$name")
	if [[ ! ${problem[$name]} ]]; then
		if ! has_row "$work/out" plain ok "$row"; then
			problem[$name]="without the mutant this row is not ok either"
		elif ! has_row "$work/out" "$name" 'not ok' "$row"; then
			problem[$name]="the row did not notice"
		fi
	fi
	result=ok
	if [[ ${problem[$name]} ]]; then
		result='not ok'
		((++failed))
		printf '# %s: %s\n' "$name" "${problem[$name]//$'\n'/$'\n# '}"
		grep "^$name: " "$work/out" | grep -v "^$name: ok " | sed "s/^/# /"
	fi
	printf '%s %d %s fails: %s\n' "$result" $((++number)) "$name" "$row"
done
((failed == 0 && status == 0))
