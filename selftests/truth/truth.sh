#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The truth table: what the log says of each segment of known exchanges. Arguments go to the program
# (-v, -x EXCHANGE). Inserts TPW_KO with backend=TPW_BACKEND if the module is not there, and then removes
# it again.

dir=$(cd "$(dirname "$0")" && pwd)
ko=${TPW_KO:-$dir/../../tuplewatch.ko}
table=$dir/truth.table

skip() { printf 'KTAP version 1\n1..0 # SKIP %s\n' "$1"; exit 4; }
bail() { printf 'KTAP version 1\nBail out! %s\n' "$1"; exit 1; }

((EUID == 0)) || skip "needs root"
[[ -x $dir/truth ]] || bail "not built: make -C ${dir#"$PWD"/}"

if [[ ! -e /proc/tuplewatch ]]; then
	[[ -e $ko ]] || skip "no module: neither inserted nor at ${ko#"$PWD"/}"
	insmod "$ko" ${TPW_BACKEND:+backend="$TPW_BACKEND"} || bail "insmod failed"
	trap 'rmmod tuplewatch' EXIT
fi
if [[ ${TPW_BACKEND-} ]] && ! grep -qsw "backend=$TPW_BACKEND" /proc/net/tuplewatch/hooks; then
	bail "the module is there, but not with backend=$TPW_BACKEND"
fi

"$dir/truth" "$@" "$table"
