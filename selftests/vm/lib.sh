# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every script here shares: where things are, how a message looks.

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
TOP=$(cd "$VM_DIR/../.." && pwd -P)
CACHE=$TOP/.vm
mkdir -p "$CACHE"
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# A make that started us must not share its flags or its job server with those that we start.
unset MAKEFLAGS MFLAGS MAKELEVEL

# Exit codes of `run`, beyond the command's own.
# shellcheck disable=SC2034
EXIT_REPORT=99 EXIT_TIMEOUT=124 EXIT_NO_GUEST=125

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }

# step TEXT: one line for a piece of work that takes long, with the seconds since the first script began.
export STEP_START=${STEP_START:-$EPOCHSECONDS}
step() { printf '%4ds  %s\n' "$((EPOCHSECONDS - STEP_START))" "$*" >&2; }

# locked NAME COMMAND...: several guests may start at once, but only one of them may fill a cache.
locked() {
	local name=$1 fd
	shift
	mkdir -p "$CACHE/lock"
	exec {fd}>"$CACHE/lock/$name"
	flock "$fd"
	"$@" {fd}>&-
	local status=$?
	exec {fd}>&-
	return "$status"
}
