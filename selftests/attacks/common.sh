# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the attacks share: the attacker is nobody, whom the machine gives nothing but what everybody has, and who may
# make namespaces in which he is root. TPW_LONG=1: all numbers in full.

. "$(dirname "${BASH_SOURCE[0]}")/../lib/tpw.sh"

ATTACKS=$TPW_TESTS/attacks/attacks
# For those who source this.
# shellcheck disable=SC2034
FILES="counters listeners connections refused taken log log_pipe filter hooks explain"
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

attacks() { "$ATTACKS" "$@"; }

is_ready() { grep -qs '^ready$' "$TPW_TMP/$1"; }

# begin_attack NAME ARGUMENT...: in the background; it has done what it does at once, and stays. Its process is
# in attack_pid.
begin_attack() {
	local name=$1
	shift

	"$ATTACKS" "$@" > "$TPW_TMP/$name" 2>&1 &
	attack_pid=$!
	at_exit end_attack "$attack_pid"
	# He may be slow: a minute is more than any of them takes.
	wait_for 60 is_ready "$name" || ktap_bail "attacks $*: $(< "$TPW_TMP/$name")"
}

# end_attack PID: its children end with it.
end_attack() {
	kill -KILL "$1" 2>/dev/null && wait "$1" 2>/dev/null
	return 0
}

# value VARIABLE KEY TEXT: of "... KEY=VALUE ...".
value() {
	[[ " $3 " =~ [[:space:]]$2=([^[:space:]]*)[[:space:]] ]] || { printf -v "$1" nothing; return; }
	printf -v "$1" %s "${BASH_REMATCH[1]}"
}

# users_can_make_namespaces: not where an administrator or the kernel forbids it.
users_can_make_namespaces() { "${nobody[@]}" unshare -Un true 2>/dev/null; }

# begin TOOL...: the module afresh is for the script to load.
begin() {
	require_tools ip awk setpriv unshare attacks/attacks "$@"
	tpw_prepare
	users_can_make_namespaces || ktap_skip_all "users may not make namespaces here"
	tpw_rmmod || ktap_bail "the module cannot be removed"
}
