#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Would the comparison with the kernel notice? Each mutants/*.patch breaks one rule and says after `Row:` which
# results must fail then, of agree.sh or of the program after `Test:`. All are built here and tried in one guest;
# TPW_MUTANT_KERNEL names its kernel.

dir=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$dir/../.." && pwd)
. "$top/selftests/lib/patch.sh"
kernel=${TPW_MUTANT_KERNEL:-6.12}
work=$(mktemp -d "${TMPDIR:-/tmp}/tuplewatch-mutants.XXXXXX")
trap 'rm -rf "$work"' EXIT

# test_of NAME
test_of() {
	local test

	test=$(sed -n 's/^Test: //p' "$dir/mutants/$1.patch")
	echo "${test:-agree.sh}"
}

rows_of() { sed -n 's/^Row: //p' "$dir/mutants/$1.patch"; }

# make_mutant NAME: prints why there is none, if there is none.
make_mutant() {
	[[ $(rows_of "$1") ]] || { echo "names no row"; return 1; }
	build_planted "$dir/mutants/$1.patch" "$work/tree" "$top" "$kernel" "$work/$1.ko"
}

# In the guest. Lines are marked with the module's name.
# shellcheck disable=SC2016
trial='
work=$1; shift
export TPW_POPULATIONS=1500 TPW_QUESTIONS=1000 TPW_WAYS=160 TPW_SEED=1 TPW_LONG=1
for try; do
	name=${try%:*}
	TPW_KO=$work/$name.ko "selftests/explain/${try#*:}" 2>&1 | sed "s/^/$name: /" | grep -v ": # "
done'

# has_row FILE NAME RESULT ROW: does a line of this module's give the row this result, ok or not ok?
has_row() { grep -qE "^$2: $3 [0-9]+ $4" "$1"; }

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
	! problem[$name]=$(make_mutant "$name") || tries+=("$name:$(test_of "$name")")
done
mapfile -t tests < <(printf '%s\n' "${tries[@]#*:}" | sort -u)
(cd "$top" && selftests/vm/run --no-avx --kernel "$kernel" --timeout 500 -- bash -c "$trial" trial "$work" \
	"${tests[@]/#/plain:}" "${tries[@]}") \
	> "$work/out"
status=$?
((status == 0)) || printf '# the guest ended with status %d\n' "$status"

number=0 failed=0
for name in "${mutants[@]}"; do
	while [[ ! ${problem[$name]} ]] && read -r row; do
		has_row "$work/out" plain ok "$row" || problem[$name]="without the mutant this is not ok either: $row"
		has_row "$work/out" "$name" 'not ok' "$row" || problem[$name]="not noticed: $row"
	done < <(rows_of "$name")
	result=ok
	if [[ ${problem[$name]} ]]; then
		result='not ok'
		((++failed))
		printf '# %s: %s\n' "$name" "${problem[$name]//$'\n'/$'\n# '}"
		grep "^$name: " "$work/out" | sed "s/^/# /"
	fi
	printf '%s %d %s: fails %s\n' "$result" $((++number)) "$name" "$(rows_of "$name" | paste -sd, | sed 's/,/, /g')"
done
((failed == 0 && status == 0))
