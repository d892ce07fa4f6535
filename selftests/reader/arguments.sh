#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the hooks take the arguments of functions for is what this kernel's own types say: tuplewatch doctor with them, with
# one function changed, and with none.

. "$(dirname "$0")/reader.sh"

doctor() {
	"$READER" doctor -j > "$TPW_TMP/doctor"
}

# finding STATE: the texts of such findings
finding() { jq -r "select(.check == \"arguments\" and .state == \"$1\") | .text" "$TPW_TMP/doctor"; }

test_types() {
	local nr root=$TPW_TMP/root types=/sys/kernel/btf/vmlinux

	# All hooks on functions, but the module's own.
	nr=$(awk 'NR > 2 && $4 != "tracepoint" && $2 !~ /^tpw_/' /proc/net/tuplewatch/hooks | wc -l)
	doctor
	ktap_is "this kernel" "$(finding ok)" "all $nr functions take what the hooks expect"
	mkdir -p "$root/sys/kernel/btf"
	"${0%/*}/btf.py" "$types" "$root$types" tcp_check_req
	TUPLEWATCH_ROOT=$root doctor
	ktap_is "one changed" "$(finding fail)" \
		"tcp_check_req: argument 1 is struct sk_buff *, and the hook takes it for struct sock *"
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
ktap_plan 4
tpw_load_with log_records=8192
test_types
ktap_finish
