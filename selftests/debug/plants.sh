#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: plants.sh RELEASE: would this kernel, that of `kernel debug` or `kernel kcsan`, notice? Each plants/*.patch
# puts a bug into the module and says after `Report:` what the kernel's log must have then, and after `Kernel:` which
# of the two, if not debug. Each gets a guest of its own, since a detector that has found something may look no further.

dir=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$dir/../.." && pwd)
release=${1:?release of the debug kernel}
work=$(mktemp -d "${TMPDIR:-/tmp}/tuplewatch-plants.XXXXXX")
trap 'rm -rf "$work"' EXIT

kernel_of() { sed -n 's/^Kernel: //p' "$dir/plants/$1.patch" | grep . || echo debug; }

report_of() { sed -n 's/^Report: //p' "$dir/plants/$1.patch"; }

# The tree with the bug, which takes the kernels from the cache of the real one.
make_tree() {
	mkdir -p "$work/tree/selftests" "$work/tree/.vm"
	cp -a "$top/Kbuild" "$top/module" "$work/tree/"
	cp -a "$top/selftests/vm" "$work/tree/selftests/"
	ln -s "$top/.vm/kernels" "$work/tree/.vm/kernels"
}

# build_planted NAME: as $work/NAME.ko.
build_planted() {
	local patch=$dir/plants/$1.patch ret=0

	[[ $(report_of "$1") ]] || { echo "names no report"; return 1; }
	patch -s -f -p1 -d "$work/tree" < "$patch" > "$work/$1.log" 2>&1 || { echo "does not apply"; return 1; }
	(cd "$work/tree" && selftests/vm/build --kernel "$release") > "$work/$1.log" 2>&1 || ret=1
	((ret == 0)) && cp "$(tail -n 1 "$work/$1.log")" "$work/$1.ko"
	patch -s -f -R -p1 -d "$work/tree" < "$patch"
	((ret == 0)) || { echo "does not build"; cat "$work/$1.log"; return 1; }
}

# is_found NAME: the guest's end does not matter, what its log says does.
is_found() {
	build_planted "$1" || return 1
	# shellcheck disable=SC2016
	(cd "$top" && selftests/vm/run --kernel "$release" --mem 2048 --timeout 900 --no-scan --dmesg "$work/$1.dmesg" -- \
		bash -c 'TPW_KO=$1 TIMES=8; export TPW_KO TIMES; selftests/debug/exercise.sh; selftests/debug/leaks.sh' \
		planted "$work/$1.ko") > "$work/$1.out" 2>&1
	grep -aqE -- "$(report_of "$1")" "$work/$1.dmesg" && return
	echo "no report \"$(report_of "$1")\""
	"$top/selftests/vm/scan-dmesg" "$work/$1.dmesg" | head -n 40
	cat "$work/$1.out"
	return 1
}

plants=()
for patch in "$dir"/plants/*.patch; do
	patch=${patch##*/}
	[[ $(kernel_of "${patch%.patch}") != "${release##*-}" ]] || plants+=("${patch%.patch}")
done
printf 'KTAP version 1\n1..%d\n' "${#plants[@]}"
make_tree
number=0 failed=0
for name in "${plants[@]}"; do
	result=ok
	if ! problem=$(is_found "$name"); then
		result='not ok'
		((++failed))
		printf '# %s\n' "${problem//$'\n'/$'\n# '}"
	fi
	printf '%s %d %s: %s\n' "$result" $((++number)) "$name" "$(report_of "$name")"
done
((failed == 0))
