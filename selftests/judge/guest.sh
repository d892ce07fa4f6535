#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a guest: each of the kernel's own tests named runs with tuplewatch loaded, and must pass; for each of
# its sockets that received something tuplewatch must have named the same one.
#	guest.sh DIRECTORY-OF-THE-TESTS WITNESS.SO TEST...

dir=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../lib/tpw.sh
. "$dir/../lib/tpw.sh"

tests=$1 witness=$2
shift 2
require_tools ip python3 nstat
ktap_plan $((2 * $# + 1))
tpw_prepare
tpw_load_with log_records=262144
ip link set lo up
cat /proc/net/tuplewatch/all/log_pipe > "$TPW_TMP/log" &
at_exit end_process $!
cd "$tests" || ktap_bail "no $tests"
mkdir "$TPW_TMP/seen"

for name; do
	: > "$TPW_TMP/seen/$name"
	start=$SECONDS
	LD_PRELOAD=$witness TPW_WITNESS=$TPW_TMP/seen/$name timeout 200 "./$name" > "$TPW_TMP/out" 2>&1
	status=$?
	((status == 0)) || ktap_diag "$(tail -n 30 "$TPW_TMP/out")"
	ktap_is "$name, tuplewatch loaded, $((SECONDS - start)) s: status" "$status" 0
done

# The log is in order of time: when the last datagram stands in it, so does all that came before.
has_last() { grep -q ' 127\.0\.0\.1:54321 ' "$TPW_TMP/log"; }
echo > /dev/udp/127.0.0.1/54321
wait_for 60 has_last || ktap_bail "the log does not end"

alike=0 all=0
while read -r name good total parts; do
	if [[ $name == '#' ]]; then
		ktap_diag "$good $total $parts"
		continue
	fi
	((alike += good, all += total))
	ktap_is "$name: same cookie${parts:+ ($parts)}" "$good" "$total" named received
done < <(python3 "$dir/compare.py" "$TPW_TMP/log" "${@/#/$TPW_TMP/seen/}" || echo "compare.py 0 1")
ktap_within "agreement over all: $alike of $all" "$((all ? 100 * alike / all : 0))" 100 100 percent
ktap_finish
