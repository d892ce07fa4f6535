#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Would the truth table notice? Each mutants/*.patch breaks the module in one line and says after `Row:`
# which row must fail then. All are built here and tried in one guest; TPW_MUTANT_KERNEL names its kernel.

dir=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$dir/../.." && pwd)
kernel=${TPW_MUTANT_KERNEL:-6.12}
work=$(mktemp -d "${TMPDIR:-/tmp}/tuplewatch-mutants.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The row that a patch names.
row_of() { sed -n 's/^Row: //p' "$dir/mutants/$1.patch"; }

# build_as NAME: the module of the copied tree, kept under that name. The runner's own build works on
# the tree that it stands in, and takes the kernels from the cache of the real one.
build_as() {
	(cd "$work/tree" && MAKEFLAGS=-j$(nproc) selftests/vm/build --kernel "$kernel") > "$work/$1.log" 2>&1 &&
		cp "$(tail -n 1 "$work/$1.log")" "$work/$1.ko"
}

# Prints why there is none, if there is none.
make_mutant() {
	local patch=$dir/mutants/$1.patch ret=0

	[[ $(row_of "$1") ]] || { echo "names no row"; return 1; }
	patch -s -f -p1 -d "$work/tree" < "$patch" > "$work/$1.log" 2>&1 || { echo "does not apply"; return 1; }
	build_as "$1" || { echo "does not build"; ret=1; }
	patch -s -f -R -p1 -d "$work/tree" < "$patch"
	return "$ret"
}

make_tree() {
	mkdir -p "$work/tree/selftests" "$work/tree/.vm"
	cp -a "$top/Kbuild" "$top/module" "$work/tree/"
	cp -a "$top/selftests/vm" "$work/tree/selftests/"
	ln -s "$top/.vm/kernels" "$work/tree/.vm/kernels"
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

make_tree
build_as plain || { sed 's/^/# /' "$work/plain.log"; echo "Bail out! the module does not build"; exit 1; }
tries=()
declare -A problem
for name in "${mutants[@]}"; do
	row=$(row_of "$name")
	if problem[$name]=$(make_mutant "$name"); then
		tries+=(plain "${row%% *}" "$name" "${row%% *}")
	fi
done
(cd "$top" && selftests/vm/run --kernel "$kernel" --timeout 200 -- bash -c "$trial" trial "$work" "${tries[@]}") \
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
		printf '# %s: %s\n' "$name" "${problem[$name]}"
		[[ -e $work/$name.ko ]] || sed 's/^/#   /' "$work/$name.log"
		grep "^$name: " "$work/out" | grep -v "^$name: ok " | sed "s/^/# /"
	fi
	printf '%s %d %s fails: %s\n' "$result" $((++number)) "$name" "$row"
done
((failed == 0 && status == 0))
