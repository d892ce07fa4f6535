#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The orders that the module relies on, as litmus tests of the kernel's memory model: what may be on any processor, not
# only on this one. Each litmus/*.litmus says after `Result:` what herd7 has to answer: Never, or Sometimes for what is
# known to be possible. Needs herd7, of herdtools7, 7.52 or later, and tools/memory-model of a kernel tree, which Debian
# has in linux-source-*; TPW_MEMORY_MODEL names that directory.

dir=$(cd "$(dirname "$0")" && pwd)
. "$dir/../lib/ktap.sh"
model=${TPW_MEMORY_MODEL-}

command -v herd7 > /dev/null || ktap_skip_all "no herd7 here"
[[ -e $model/linux-kernel.cfg ]] || ktap_skip_all "TPW_MEMORY_MODEL names no tools/memory-model of a kernel tree"

# What herd7 has seen: Never, Sometimes or Always.
observe() { (cd "$model" && herd7 -conf linux-kernel.cfg "$1") 2>&1 | sed -n 's/^Observation [^ ]* \([A-Z][a-z]*\).*/\1/p'; }

tests=("$dir"/litmus/*.litmus)
ktap_plan "${#tests[@]}"
for file in "${tests[@]}"; do
	name=${file##*/}
	ktap_is "${name%.litmus}" "$(observe "$file")" "$(sed -n 's/^ \* Result: //p' "$file")"
done
ktap_finish
