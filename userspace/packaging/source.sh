# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What deb, rpm and arch share: the version, and the source as a package is made of it. Sourced at the top of the tree.

unset MAKEFLAGS MFLAGS MAKELEVEL

die() { printf 'make %s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# source_version: that of dkms.conf, which the module and the reader must have too.
source_version() {
	local version

	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
	[[ $version =~ ^[0-9][A-Za-z0-9.+~]*$ ]] || die "dkms.conf has no version that a package can have: '$version'"
	grep -q "^#define TPW_VERSION[[:blank:]]*\"$version\"$" module/uapi/tuplewatch.h ||
		die "dkms.conf has version $version, module/uapi/tuplewatch.h another"
	echo "$version"
}

# source_when: of the last change, so that the same tree makes the same packages. What is not committed counts as of now.
source_when() {
	if [[ ${SOURCE_DATE_EPOCH-} ]]; then
		echo "$SOURCE_DATE_EPOCH"
	elif git diff --quiet HEAD 2> /dev/null; then
		git log -1 --format=%ct
	else
		date +%s
	fi
}

# source_copy DIR: all that packages are made of, into that new directory. What was built here is not of the source.
source_copy() {
	mkdir "$1"
	tar -c --exclude=.build --exclude='*.o' --exclude='.*.cmd' --exclude='.*.d' --exclude=userspace/tuplewatch \
		README.md LICENSE Kbuild Makefile dkms.conf module userspace | tar -x -C "$1"
}

# source_pack DIR: print the name of an archive of that directory, beside it, which is the same whenever it is made.
source_pack() {
	tar -c -C "${1%/*}" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(source_when)" "${1##*/}" |
		gzip -n > "$1.tar.gz"
	echo "$1.tar.gz"
}

# logged FILE WHAT COMMAND...: what it says goes there; its end is shown if it fails.
logged() {
	local log=$1 what=$2
	shift 2

	"$@" > "$log" 2>&1 && return
	tail -n 40 "$log" >&2
	die "$what failed, see above"
}
