#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A call on a file that never returns, since its caller's memory is a file of a file system of his own that never
# answers; then the namespace of that file ends. Whoever would wait for the call, as what ends namespaces did, waits for
# ever, and everybody who makes or ends a namespace, or loads a module that wants to hear of them, waits behind it.
# STALL_FILES=: of these only. The kernel's own /proc/net/tcp is the measure of what may happen.
#
# What hangs cannot be killed and keeps its output open: nothing here has ours.

. "$(dirname "$0")/common.sh"

PATIENCE=$((6 * ${TPW_PATIENCE:-1}))
FUSE_CONTROL=/sys/fs/fuse/connections
read -ra files <<< "${STALL_FILES:-$FILES tuplewatch}"

# ---- the attacker

# As udev makes it.
make_fuse_device() {
	modprobe -q fuse
	[[ -e $FUSE_CONTROL ]] || return 1
	[[ -e /dev/fuse ]] || mknod -m 600 /dev/fuse c 10 229 || return 1
	at_exit chmod "$(stat -c %a /dev/fuse)" /dev/fuse
	chmod 666 /dev/fuse
	grep -q " $FUSE_CONTROL fusectl " /proc/mounts && return
	mount -t fusectl fusectl "$FUSE_CONTROL" && at_exit umount "$FUSE_CONTROL"
}

# abort_fuse: every connection is aborted: all calls that stand still fail, and all that waits goes on.
abort_fuse() {
	local file

	for file in "$FUSE_CONTROL"/*/abort; do
		[[ ! -e $file ]] || echo 1 > "$file"
	done
}

# let_go PID: an attacker ends as soon as his calls do.
let_go() {
	kill -KILL "$1" 2>/dev/null
	abort_fuse
	wait "$1" 2>/dev/null
	return 0
}

# calls_on DIRECTORY FILE...: each of these calls as an argument, in `calls`.
calls_on() {
	local directory=$1 file
	shift

	calls=()
	for file; do
		if [[ $file == tuplewatch ]]; then
			calls+=("read:/proc/tuplewatch")
			continue
		fi
		calls+=("read:$directory/$file")
		[[ $file != @(explain|filter) ]] || calls+=("write:$directory/$file")
	done
}

# stall LABEL OPTION...: as nobody, with the calls.
stall() {
	local label=$1 said
	shift

	begin_attack "$label" -u stall "$@" "${calls[@]}"
	stall_pid=$attack_pid
	at_exit let_go "$stall_pid"
	value said stalled "$(< "$TPW_TMP/$label")"
	ktap_is "$label: calls that stand still" "$said" "${#calls[@]}" "" "of"
}

# ---- the others

# ends COMMAND...: within the patience; its status, or 137.
ends() { timeout -s KILL "$PATIENCE" "$@"; } < /dev/null > "$TPW_TMP/said" 2>&1

# others_go_on LABEL: nobody notices anything. Names differ, as one may be left of the last time.
others_go_on() {
	local name=tpw-$$-$EPOCHREALTIME
	local -a status=()

	ends ip netns add "$name"; status+=($?)
	ends unshare -n true; status+=($?)
	ends modprobe dummy; status+=($?)
	ends rmmod dummy; status+=($?)
	ends ip netns delete "$name"; status+=($?)
	ends unshare -n true; status+=($?)
	ktap_is "$1: netns add, unshare, modprobe dummy, rmmod dummy, netns delete, unshare" \
		"${status[*]}" "0 0 0 0 0 0" status
}

can_make_namespaces() { ktap_test "$1: netns add, unshare" make_namespaces; }

make_namespaces() {
	local name=tpw-$$-$EPOCHREALTIME

	ends ip netns add "$name" && ends unshare -n true && ends ip netns delete "$name"
}

is_counted() { grep -q " $1\$" /proc/net/tuplewatch/all/counters; }

is_uncounted() { ! is_counted "$1"; }

# others_end LABEL: a namespace that is made now is gone soon after its process.
others_end() {
	local pid inode

	unshare -n sleep infinity < /dev/null > /dev/null 2>&1 &
	pid=$!
	at_exit end_attack "$pid"
	wait_for "$PATIENCE" has_own_network "$pid" || { ktap_fail "$1: no namespace"; return; }
	inode=$(stat -Lc %i "/proc/$pid/ns/net")
	wait_for "$PATIENCE" is_counted "$inode" || { ktap_fail "$1: not counted"; return; }
	end_attack "$pid"
	ktap_test "$1: a namespace of another one ends" wait_for "$PATIENCE" is_uncounted "$inode"
}

has_own_network() { ! [[ /proc/$1/ns/net -ef /proc/self/ns/net ]]; }

# rmmod_returns LABEL: it may say that the module is in use, but not stand still.
rmmod_returns() {
	local status

	ends rmmod tuplewatch
	status=$?
	if ((status != 0)) && grep -q "in use" "$TPW_TMP/said"; then
		status="in use"
	fi
	if [[ $status == "in use" || $status == 0 ]]; then
		ktap_pass "$1: rmmod returns: $status"
	else
		ktap_fail "$1: rmmod returns: status $status"
	fi
	can_make_namespaces "$1, after rmmod"
}

removes() { ! tpw_is_loaded || ends rmmod tuplewatch; }

# is_over: nothing is left of his namespaces, or of the module.
is_over() { ! tpw_is_loaded || namespaces_are "$namespaces"; } 2>/dev/null

# ends_well LABEL PID: the attacker is ended, and his file system for him.
ends_well() {
	let_go "$2"
	ktap_test "$1: his namespaces end with him" wait_for 60 is_over
	ktap_test "$1: rmmod" wait_for 10 removes
}

# ---- the three

control() {
	calls=(read:/proc/net/tcp)
	stall control own
	others_go_on "tcp of a namespace"
	others_end "tcp of a namespace"
	ends_well "tcp of a namespace" "$stall_pid"
}

own_files() {
	tpw_load
	calls_on /proc/net/tuplewatch "${files[@]}"
	stall own own
	others_go_on "files of a namespace"
	others_end "files of a namespace"
	rmmod_returns "files of a namespace"
	ends_well "files of a namespace" "$stall_pid"
}

# What everybody may open of the machine's own.
host_files() {
	local file
	local -a open_to_all=()

	for file in "${files[@]}"; do
		[[ $file == log* ]] || open_to_all+=("$file")
	done
	tpw_load
	calls_on /proc/net/tuplewatch "${open_to_all[@]}"
	for file in "${!calls[@]}"; do
		[[ ${calls[file]} != write:*/filter ]] || unset "calls[$file]"
	done
	stall host host
	others_go_on "files of the host"
	rmmod_returns "files of the host"
	ends_well "files of the host" "$stall_pid"
}

namespaces=''
begin timeout modprobe mknod stat mount
make_fuse_device || ktap_skip_all "no FUSE in this kernel"
at_exit abort_fuse
ktap_plan 18
tpw_load
count_namespaces namespaces
control
own_files
host_files
ktap_finish
