# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Results as KTAP: the plan first, then one line a result, the totals last. Exit 0, 1 or 4 (skipped).

KSFT_SKIP=4

ktap_planned=0
ktap_passed=0
ktap_failed=0
ktap_skipped=0

ktap_plan() {
	ktap_planned=$1
	echo "KTAP version 1"
	echo "1..$1"
}

ktap_diag() {
	local line

	while IFS= read -r line; do
		echo "# $line"
	done <<< "$*"
}

ktap_result() {
	echo "$1 $((ktap_passed + ktap_failed + ktap_skipped)) $2"
}

ktap_pass() { ((++ktap_passed)); ktap_result ok "$1"; }
ktap_fail() { ((++ktap_failed)); ktap_result "not ok" "$1"; }
ktap_skip() { ((++ktap_skipped)); ktap_result ok "$1 # SKIP $2"; }

# ktap_is NAME GOT WANT [WHAT-GOT WHAT-WANTED]: two values that must be the same; both are printed.
ktap_is() {
	local sign='=' result=ktap_pass

	[[ $2 == "$3" ]] || sign='!=' result=ktap_fail
	"$result" "$1: ${4:+$4 }$2 $sign ${5:+$5 }$3"
}

# ktap_within NAME GOT LEAST MOST WHAT: a number and its bounds.
ktap_within() {
	local result=ktap_fail

	(($2 < $3 || $2 > $4)) || result=ktap_pass
	"$result" "$1: $5 $2, from $3 to $4"
}

# ktap_test NAME COMMAND...: passed if the command succeeds; its output is told if it does not.
ktap_test() {
	local name=$1 output
	shift

	if output=$("$@" 2>&1); then
		ktap_pass "$name"
	else
		[[ -z $output ]] || ktap_diag "$output"
		ktap_fail "$name"
	fi
}

# ktap_skip_all REASON: nothing here can be tested on this kernel.
ktap_skip_all() {
	((ktap_planned)) || { echo "KTAP version 1"; echo "1..0 # SKIP $*"; }
	exit "$KSFT_SKIP"
}

ktap_bail() {
	((ktap_planned)) || echo "KTAP version 1"
	echo "Bail out! $*"
	exit 1
}

# The end of a test program: a plan that was not fulfilled is a failure as well.
ktap_finish() {
	echo "# Totals: pass:$ktap_passed fail:$ktap_failed xfail:0 xpass:0 skip:$ktap_skipped error:0"
	((ktap_failed == 0 && ktap_passed + ktap_skipped == ktap_planned)) || exit 1
	((ktap_passed)) || exit "$KSFT_SKIP"
	exit 0
}
