# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts here share: run one topic of the program, which inserts the module as it wants it,
# and leave the module as it was. TPW_KO, TPW_BACKEND as everywhere; TPW_LONG=1: all numbers in full.

dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib/tpw.sh
. "$dir/../lib/tpw.sh"

run_topic() {
	require_tools explain/explain ip
	tpw_prepare
	tpw_rmmod || ktap_bail "the module cannot be removed"
	TPW_KO=$tpw_ko "$dir/explain" "$1"
}
