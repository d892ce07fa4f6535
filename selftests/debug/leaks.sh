#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The last test of a debug guest: without the module, kmemleak finds nothing that is left of it, and the other
# detectors are still on: lockdep ends at its first report, or when its tables are full.

. "$(dirname "$0")/../lib/tpw.sh"

kmemleak=/sys/kernel/debug/kmemleak
# kmemleak spares what is younger than that, in seconds.
YOUNG=6

# fact FILE NAME: a number of a file with lines like "name:  1 [max: 2]".
fact() { sed -n "s/^ *$2: *\([0-9]*\).*/\1/p" "$1"; }

scan() { echo scan > "$kmemleak" || ktap_bail "kmemleak has switched itself off"; }

require_root
[[ -w $kmemleak ]] || ktap_skip_all "no kmemleak in this kernel"
ktap_plan 4
ktap_test "rmmod" tpw_rmmod
# What an RCU callback frees is no leak; what stays is found by the second look.
scan
tpw_pause "$YOUNG"
scan
unreferenced=$(< "$kmemleak")
[[ -z $unreferenced ]] || ktap_diag "$unreferenced"
ktap_is "unreferenced objects" "$(grep -c '^unreferenced' <<< "$unreferenced")" 0
ktap_is "lockdep, debug_locks" "$(fact /proc/lockdep_stats debug_locks)" 1
ktap_within "lockdep, chains" "$(fact /proc/lockdep_stats 'dependency chains')" 1 \
	$(((1 << 17) * 9 / 10)) "of its table of 131072"
ktap_finish
