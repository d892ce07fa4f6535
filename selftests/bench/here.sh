#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench-here: what it computes out of what perf says, and that it leaves the module as it was. A perf of our own
# counts what we say: 1000 cycles a segment, and 50 more where the module watches.

# shellcheck source=../lib/tpw.sh
. "$(dirname "$0")/../lib/tpw.sh"

here=("$TPW_TESTS/bench/here.py" --pairs 6 --turns 500 --loads rr)

# says WORDS COMMAND...: fails, and says the words.
says() {
	local words=$1 output
	shift

	output=$("$@" 2>&1) && { echo "it worked"; return 1; }
	echo "$output"
	[[ $output == *"$words"* ]]
}

# shellcheck disable=SC2016
fake_perf='#!/bin/bash
file=$5
shift 8
output=$("$@") || exit
read -r _ segments <<< "$output"
on=$(grep -c "[1Y]" '"$TPW_PARAMETERS"'/enabled)
printf "# started\n\n%d,,cycles:k,1,100.00,,\n%d,,instructions:k,1,100.00,,\n" \
	$(((1000 + 50 * on) * ${segments:-1})) "${segments:-1}" > "$file"
echo "$output"'

# cycles FILE LOAD: off, the difference, its interval.
cycles() { awk -v load="$2" '$1 == load { print $2, $3, $4 }' "$1"; }

require_root
require_tools bench/load
work=$TPW_TMP
printf '%s\n' "$fake_perf" > "$work/perf"
chmod +x "$work/perf"

ktap_plan 9
tpw_prepare
tpw_load
ktap_test "a module that is loaded is left alone" says "tuplewatch is loaded" "${here[@]}"
tpw_rmmod
ktap_test "names the word that is no number" says "PAIRS=5x" "${here[@]}" --pairs 5x
ktap_test "names the number that is too small" says "PAIRS=5: wants a number from 6" "${here[@]}" --pairs 5
ktap_test "names the load that there is not" says "no rrr" "${here[@]}" --loads "rr rrr"
PATH=$work:$PATH "${here[@]}" > "$work/with"
ktap_is "measures: exit status" $? 0
ktap_is "rr: cycles off, added, interval" "$(cycles "$work/with" rr)" "1000 +50 [+50,+50]"
ktap_is "lines of more than 80 columns" "$(awk 'length > 80 && !/CPU/' "$work/with" | wc -l)" 0
printf '#!/bin/sh\nexit 1\n' > "$work/perf"
PATH=$work:$PATH "${here[@]}" --loads udp > "$work/without"
ktap_is "where perf has no cycles: loads with a time" "$(awk '$1 == "udp" && $2 > 0 && NF == 5' "$work/without" | wc -l)" 1
ktap_is "modules left" "$(grep -c '^tuplewatch ' /proc/modules)" 0
ktap_finish
