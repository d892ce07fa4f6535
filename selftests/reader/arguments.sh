#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the hooks take the arguments of functions for is what this kernel's own types say: tuplewatch doctor with them, with
# one function changed, and with none; and so says make, of the kernel that it builds for. Of what these types do not
# tell, and 5.10's are not of all functions, doctor says so.

. "$(dirname "$0")/reader.sh"

doctor() {
	"$READER" doctor -j > "$TPW_TMP/doctor"
}

# finding STATE: the texts of such findings
finding() { jq -r "select(.check == \"arguments\" and .state == \"$1\") | .text" "$TPW_TMP/doctor"; }

# build_with TYPES: what make says before it builds for a kernel that has these, and how that ends.
build_with() {
	cp "$1" "$TPW_TMP/vmlinux"
	"$TPW_TESTS/../userspace/packaging/check-arguments" "$TPW_TMP" > "$TPW_TMP/build"
	echo "$? $(grep -c . "$TPW_TMP/build")"
}

# test_build RIGHT WRONG
test_build() {
	ktap_is "make, of this kernel" "$(build_with "$1")" "0 0"
	ktap_is "make, of one changed, its status" "$(build_with "$2" | cut -d ' ' -f 1)" 1
	ktap_is "make, of one changed" "$(tr -s ' \n' ' ' < "$TPW_TMP/build" | grep -oF "$differs")" "$differs"
}

# hooked: the functions that have a hook, but for the module's own.
hooked() { awk 'NR > 2 && $4 != "tracepoint" && $2 !~ /^tpw_/ { print $2 }' /proc/net/tuplewatch/hooks | sort; }

# is_as_told TYPES
is_as_told() {
	local first untold nr

	nr=$(hooked | wc -l)
	mapfile -t untold < <(hooked | comm -23 - <("${0%/*}/btf.py" "$1" | sort))
	if ((${#untold[@]} == 0)); then
		ktap_is "this kernel" "$(finding ok)" "all $nr functions take what the hooks expect"
		return
	fi
	first=$(finding note | sed -n 's/.* //p')
	[[ " ${untold[*]} " == *" $first "* ]] || first="one of ${untold[*]}"
	ktap_is "this kernel" "$(finding note)" "$((nr - ${#untold[@]})) of $nr functions take what the hooks expect;$(
		) the kernel's types do not tell of ${#untold[@]}, the first is $first"
}

test_types() {
	local root=$TPW_TMP/root types=/sys/kernel/btf/vmlinux
	local differs="tcp_check_req: argument 1 is struct sk_buff *, and the hook takes it for struct sock *"

	doctor
	is_as_told "$types"
	mkdir -p "$root/sys/kernel/btf"
	"${0%/*}/btf.py" "$types" "$root$types" tcp_check_req
	TUPLEWATCH_ROOT=$root doctor
	ktap_is "one changed" "$(finding fail)" "$differs"
	test_build "$types" "$root$types"
	: > "$root$types"
	TUPLEWATCH_ROOT=$root doctor
	ktap_is "types that are none" "$(finding note)" \
		"$types cannot be read: whether functions take what the hooks expect is not known"
	rm "$root$types"
	TUPLEWATCH_ROOT=$root doctor
	ktap_is "no types" "$(finding note)" \
		"$types is not there: whether functions take what the hooks expect is not known"
}

require_tools jq python3
[[ -e /sys/kernel/btf/vmlinux ]] || ktap_skip_all "this kernel has no BTF"
tpw_prepare
ktap_plan 7
tpw_load_with log_records=8192
test_types
ktap_finish
