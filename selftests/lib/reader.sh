# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The results are for who reads this file.
# shellcheck disable=SC2034
#
# Readers of the log, by the program logcount: what they read and what they were told they lost.

said() { grep -qs "$2" "$TPW_TMP/$1"; }

# start_reader NAME OPTION...: its process is in reader_pid.
start_reader() {
	local name=$1
	shift

	: > "$TPW_TMP/$name"
	"$TPW_TESTS/basic/logcount" "$@" > "$TPW_TMP/$name" 2>&1 &
	reader_pid=$!
	wait_for 10 said "$name" '^open$' || ktap_bail "logcount does not start"
}

# reader_says NAME KEY: from its last line.
reader_says() {
	local line

	read -r line < <(tail -n 1 "$TPW_TMP/$1")
	[[ " $line " =~ \ $2=([0-9]+)\  ]] || { echo "nothing"; return; }
	echo "${BASH_REMATCH[1]}"
}

check_reader() {
	local label=$1 name=$2 logged=$3 rows lost gaps

	rows=$(reader_says "$name" rows)
	lost=$(reader_says "$name" lost)
	gaps=$(reader_says "$name" gaps)
	ktap_is "$label" "$rows+$lost=$((rows + lost))" "$rows+$lost=$logged" "rows+lost" "logged"
	ktap_within "$label, gaps between rows" "$gaps" 0 "$lost" "numbers missing"
	ktap_is "$label, rows out of order" "$(reader_says "$name" disorder)" 0
}
