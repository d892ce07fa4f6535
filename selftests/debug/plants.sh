#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: plants.sh RELEASE: would this kernel, that of `kernel debug` or `kernel kcsan`, notice? Each plants/*.patch
# puts a bug into the module and says after `Report:` what the kernel's log must have then, and after `Kernel:` which
# of the two, if not debug. Each gets a guest of its own, since a detector that has found something may look no further.

dir=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$dir/../.." && pwd)
. "$top/selftests/lib/patch.sh"
release=${1:?release of the debug kernel}
work=$(mktemp -d "${TMPDIR:-/tmp}/tuplewatch-plants.XXXXXX")
trap 'rm -rf "$work"' EXIT

kernel_of() { sed -n 's/^Kernel: //p' "$dir/plants/$1.patch" | grep . || echo debug; }

report_of() { sed -n 's/^Report: //p' "$dir/plants/$1.patch"; }

# is_found NAME: the guest's end does not matter, what its log says does.
is_found() {
	[[ $(report_of "$1") ]] || { echo "names no report"; return 1; }
	build_planted "$dir/plants/$1.patch" "$work/tree" "$top" "$release" "$work/$1.ko" || return 1
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
copy_module "$top" "$work/tree"
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
