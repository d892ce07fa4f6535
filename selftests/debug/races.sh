#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The last test of a guest that looks for data races: it has looked, and does so still. What it found is in the
# kernel's log, where scan-dmesg reads it.

. "$(dirname "$0")/../lib/tpw.sh"

kcsan=/sys/kernel/debug/kcsan

# fact NAME
fact() { sed -n "s/^$1: //p" "$kcsan"; }

require_root
[[ -r $kcsan ]] || ktap_skip_all "no KCSAN in this kernel"
ktap_plan 3
ktap_test "rmmod" tpw_rmmod
ktap_is "KCSAN, enabled" "$(fact enabled)" 1
ktap_within "KCSAN, accesses watched" "$(fact setup_watchpoints)" 1000 "$((1 << 62))" ""
ktap_diag "races found, the kernel's own among them: $(fact data_races)"
ktap_finish
