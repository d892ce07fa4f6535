#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The lock-free parts of the module, compiled for user space and run by real threads: as the compiler likes them, and
# under ThreadSanitizer. Then the same with bugs: each plants/*.patch breaks the module in one place, says after `Run:`
# which part must find that and after `Report:` what it says then. Needs no guest and no root.
# TPW_LONG=1: millions of rounds, for half an hour. Arguments: only these parts and bugs.

dir=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$dir/../.." && pwd)
. "$top/selftests/lib/ktap.sh"
. "$top/selftests/lib/patch.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/tuplewatch-threads.XXXXXX")
trap 'rm -rf "$work"' EXIT
threads=$work/tree/selftests/threads
times=${TPW_LONG:+50}
times=${times:-1}
limit=$((300 * times))

# Part, rounds in either build, and one of how many accesses holds its thread up, 0 for none.
list_parts() {
	cat << 'END'
ring 100000 20000 100
rows 200000 20000 50
endpoints 300000 50000 200
segment 200000 30000 100
filter 200000 30000 100
look 300000 30000 0
wake 1000 500 0
arrivals 3000 1000 0
END
}

# Where addresses are too random for it ThreadSanitizer does not start.
unrandom=(setarch "$(uname -m)" -R)
"${unrandom[@]}" true 2> /dev/null || unrandom=()

# run BUILD PART ROUNDS HOLDUPS
run() {
	local program=$threads/.build/threads

	[[ $1 != tsan ]] || program+=-tsan
	TSAN_OPTIONS="halt_on_error=1 suppressions=$threads/known" timeout "$limit" "${unrandom[@]}" "$program" "${@:2}"
}

# test_part NAME BUILD PART ROUNDS HOLDUPS: its numbers are part of the result.
test_part() {
	local output

	if output=$(run "${@:2}" 2>&1); then
		ktap_pass "$1: $output"
	else
		ktap_diag "$output"
		ktap_fail "$1"
	fi
}

test_parts() {
	local part plain tsan holdups

	while read -r part plain tsan holdups; do
		is_wanted "$part" || continue
		test_part "$part" plain "$part" $((plain * times)) "$holdups"
		test_part "$part, ThreadSanitizer" tsan "$part" $((tsan * times)) "$holdups"
	done < <(list_parts)
}

said_in() { sed -n "s/^$2: //p" "$dir/plants/$1.patch"; }

# find_planted NAME: prints what was said of it. The program's end does not matter. Threads may miss each other for
# a whole run, on a machine with other work most of all.
find_planted() {
	local -a how
	local -i tries=0

	read -ra how < <(said_in "$1" Run)
	make_planted "$1" "${how[0]}" || return 1
	while ((++tries <= 20)); do
		run "${how[@]}" > "$work/out" 2>&1
		grep -m 1 -oE -- "$(said_in "$1" Report)" "$work/out" && return
	done
	echo "no report \"$(said_in "$1" Report)\" in 20 runs"
	cat "$work/out"
	return 1
}

# make_planted NAME BUILD: the source has no bug any more then, the program does.
make_planted() {
	local patch=$dir/plants/$1.patch target=.build/threads ret=0

	[[ $2 != tsan ]] || target+=-tsan
	if ! plant "$patch" "$work/tree"; then
		echo "does not apply"
		ret=1
	elif ! make -s -j"$(nproc)" -C "$threads" "$target"; then
		echo "does not build"
		ret=1
	fi
	unplant "$patch" "$work/tree" "$top"
	return "$ret"
}

test_plants() {
	local name output

	for name in "${plants[@]}"; do
		if [[ $(said_in "$name" Run) == *" look "* ]] && (($(nproc) < 2)); then
			ktap_skip "$name" "takes two cores to be found"
		elif output=$(find_planted "$name" 2>&1); then
			ktap_pass "$name is found: $output"
		else
			ktap_diag "$output"
			ktap_fail "$name is found"
		fi
	done
}

wanted=("$@")

is_wanted() {
	local word

	((${#wanted[@]})) || return 0
	for word in "${wanted[@]}"; do
		[[ $1 != "$word" ]] || return 0
	done
	return 1
}

parts_nr=0
while read -r part _; do
	! is_wanted "$part" || ((++parts_nr))
done < <(list_parts)
plants=()
for patch in "$dir"/plants/*.patch; do
	patch=${patch##*/}
	! is_wanted "${patch%.patch}" || plants+=("${patch%.patch}")
done
ktap_plan $((1 + 2 * parts_nr + ${#plants[@]}))

mkdir -p "$work/tree/selftests"
cp -a "$top/module" "$work/tree/"
cp -a "$dir" "$work/tree/selftests/"
rm -rf "$threads/.build"
ktap_test "builds" make -s -j"$(nproc)" -C "$threads"
((ktap_passed)) || ktap_bail "it does not build"
test_parts
test_plants
ktap_finish
