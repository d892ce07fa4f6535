# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A lab on this machine itself, in the place of a guest: HERE=1. The module is loaded while the lab lasts, and the names
# of its network namespaces are seen by nobody else.

# native_lacks LAB: tools that it needs and that are not here.
native_lacks() {
	local tool

	for tool in ip ss netstat python3 nc nsenter setsid script col iconv; do
		command -v "$tool" > /dev/null || echo "$tool"
	done
	for tool in lsof nft conntrack tcpdump tshark taskset watch sysctl; do
		! grep -qw "$tool" "$1/run.sh" || command -v "$tool" > /dev/null || echo "$tool"
	done
}

# native_prepare LAB: TPW_KO is a module that was built before.
native_prepare() {
	local -a missing

	((EUID == 0)) || { say "HERE=1 loads the module, which is root's: sudo make ..."; exit 1; }
	mapfile -t missing < <(native_lacks "$1")
	((${#missing[@]} == 0)) || {
		say "This lab needs, and does not find: ${missing[*]}"
		say "(Packages, where they are not called so: iproute2, net-tools, netcat-openbsd,"
		say "bsdextrautils, nftables, procps.)"
		exit 1
	}
	if [[ ! ${TPW_KO-} ]]; then
		step "build the module for $(uname -r)"
		make -s -C "$TOP" modules || exit 1
	fi
	step "build the reader"
	make -s -C "$TOP/userspace" || exit 1
}

# native_run COMMAND...: with names of network namespaces of its own.
native_run() {
	mkdir -p /run/netns || return
	# shellcheck disable=SC2016	# for that shell to expand
	unshare --mount sh -c 'mount -t tmpfs -o mode=755 netns /run/netns && exec "$@"' sh "$@"
}

# native_guest OPTION... -- COMMAND...: in the place of selftests/vm/run; of its options only --keep means something.
native_guest() {
	local status

	while [[ $1 != -- ]]; do
		[[ $1 != --keep ]] || { local -x TPW_KEEP=$2; shift; }
		shift
	done
	shift
	native_run "$@"
	status=$?
	# What root has written belongs to who asked.
	# shellcheck disable=SC2154	# of lab_find
	[[ ! ${SUDO_UID-} ]] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$lab/answers.txt" "$TPW_KEEP"
	return "$status"
}
