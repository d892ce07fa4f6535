# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Finds, fetches and unpacks Debian's kernels. A kernel is named by its release (what uname -r says) and is
# never installed: it lives in .vm/kernels/RELEASE.

KERNEL_DIR=$CACHE/kernels
. "$VM_DIR/suite.sh"
. "$VM_DIR/foreign.sh"
. "$VM_DIR/qemu.sh"

# is_ours RELEASE: selftests/debug/kernel or `configs` builds it, no package has it.
is_ours() { [[ $1 == *-@(debug|kcsan|cfg.*) ]]; }

# What series stand for. A long run has TPW_RELEASES name a directory of its own, so that each stands for the same kernel
# from its beginning to its end, although package lists change.
RELEASES=${TPW_RELEASES:-$CACHE/releases}

# split_series SERIES FLAVOUR: set series, suite, flavour, and answer, the file with what it stands for.
split_series() {
	local word own

	own=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
	series=$1 suite='' flavour=$2
	while [[ $series =~ ^[0-9]+\.[0-9]+-([a-z0-9-]+-)?([a-z0-9]+)$ ]]; do
		word=${BASH_REMATCH[2]}
		case $word in
		rt|cloud) flavour=$word-$flavour ;;
		arm64|riscv64) flavour=${flavour/%amd64/$word} ;;
		*)        is_suite "$word" || [[ $word == "$own" ]] || break
			  suite=$word ;;
		esac
		series=${series%-"$word"}
	done
	# This machine's own is what is meant without it.
	[[ $suite != "$own" ]] || suite=
	answer=$RELEASES/$series${suite:+-$suite}-$flavour
}

# is_elsewhere SERIES: of another suite than the machine's.
is_elsewhere() {
	local series suite flavour answer

	split_series "$1" amd64
	[[ $suite || $(suites_for "$series") ]]
}

# kernel_release SERIES FLAVOUR: print the release that Debian's meta-package for that series stands for;
# SERIES may be a full release, or 6.12-rt for the flavour rt-amd64, or 6.12-arm64, or 6.12-trixie for the 6.12 of that suite, or
# all of it, 6.12-trixie-cloud. Without package lists, the newest one unpacked earlier.
kernel_release() {
	local series suite flavour answer

	split_series "$1" "$2"
	if [[ $series == *-* ]]; then
		echo "$series"
	elif [[ -s $answer ]] && [[ ${TPW_RELEASES-} || $answer -nt /var/lib/apt/lists ]]; then
		cat "$answer"
	elif release_found > "$CACHE/release.$BASHPID"; then
		mkdir -p "${answer%/*}"
		mv "$CACHE/release.$BASHPID" "$answer"
		cat "$answer"
	else
		rm -f "$CACHE/release.$BASHPID"
		[[ ! $suite ]] && release_unpacked "$series" "$flavour"
	fi
}

# forget_releases SERIES...: the package lists are new.
forget_releases() {
	local name series suite flavour answer

	for name; do
		split_series "$name" amd64
		rm -f "$answer"
	done
}

# release_found: that of series, suite and flavour.
release_found() {
	if [[ $suite ]]; then
		release_of "$suite"
	else
		release_packaged "$series" "$flavour" || release_elsewhere
	fi
}

# release_elsewhere: of the suites whose time it is. That for what is newer may have gone on to the next series, so the next one is asked.
release_elsewhere() {
	local name

	for name in $(suites_for "$series"); do
		release_of "$name" && return
	done
	return 1
}

# release_of NAME: that suite's. roots_can_wait: no root is made yet, as the package lists of this machine may only be too old.
release_of() {
	! is_foreign "$flavour" || return 1
	[[ ! ${roots_can_wait-} ]] || ! is_root "$1" || suite_is_here "$1" || return 1
	locked "suite-$1" suite_make "$1" && suite_release "$1" "$series" "$flavour"
}

release_packaged() {
	apt_for "$2" apt-cache show --no-all-versions "linux-image-$1-$2" "linux-image-$2" 2>/dev/null |
		sed -n 's/^Depends: linux-image-\([^ ,]*\).*/\1/p' | first_of_series "$1"
}

is_packaged() { apt_for "$1" apt-cache show "linux-image-$1" > /dev/null 2>&1; }

release_unpacked() {
	find "$KERNEL_DIR/" -mindepth 1 -maxdepth 1 -name "*[0-9]-$2" -printf '%f\n' 2>/dev/null |
		sort -Vr | first_of_series "$1"
}

first_of_series() {
	local release

	while read -r release; do
		[[ $release == "$1"[.+-]* ]] && { echo "$release"; return; }
	done
	return 1
}

# kernel_fetch RELEASE: have .vm/kernels/RELEASE/{vmlinux,lib/modules/RELEASE}.
kernel_fetch() {
	[[ -e $KERNEL_DIR/$1/vmlinux ]] || locked kernel kernel_unpack "$1"
}

# Each command is checked by hand here and below: `set -e` is without effect under our callers' `||`.
kernel_unpack() (
	release=$1
	dir=$KERNEL_DIR/$release
	[[ ! -e $dir/vmlinux ]] || exit 0

	step "fetch kernel $release"
	mkdir -p "$KERNEL_DIR" && tmp=$(mktemp -d "$KERNEL_DIR/.unpack.XXXXXX") && cd "$tmp" || exit 1
	trap 'rm -rf "$tmp"' EXIT
	kernel_download "$release" || exit 1
	for package in ./*.deb; do
		dpkg-deb -x "$package" root || exit 1
	done
	# Debian 13 ships /usr/lib/modules only.
	[[ -d root/lib/modules ]] || ln -s usr/lib root/lib
	modules=root/lib/modules/$release
	# 7.2 has the image there too, and the configuration; the latter all must have there, as a guest's /boot is
	# that of this machine.
	for image in "root/boot/"{vmlinuz,vmlinux}"-$release" "$modules/vmlinuz"; do
		[[ ! -e $image ]] || break
	done
	[[ -e $modules/config ]] || cp "root/boot/config-$release" "$modules/config" || exit 1
	depmod -b "$tmp/root" "$release" &&
		kernel_decompress "$image" > root/vmlinux &&
		rm -rf "$dir" &&
		mv root "$dir"
)

# kernel_download RELEASE: its packages into the directory where we are. The sandbox user of apt may not write
# here; the checksums of packages are verified all the same.
kernel_download() {
	local suite

	if suite=$(suite_of "$1"); then
		suite_download "$suite" "$1"
	else
		apt_for "$1" apt-get -qq -o APT::Sandbox::User="$(id -un)" download "linux-image-$1" >&2
	fi
}

# kernel_decompress IMAGE: print the kernel in it. QEMU starts the ELF kernel in a bzImage directly (PVH), which
# saves an emulated machine the firmware and seconds of decompression. Others' are not compressed, or all of it is.
kernel_decompress() {
	local image=$1 setup offset length tool

	case $(od -An -tx1 -j0 -N2 "$image" | tr -d ' '):$(od -An -tx1 -j56 -N4 "$image" | tr -d ' ') in
	1f8b:*)     gzip -dc "$image"; return ;;
	*:41524d64|*:52534305) cat "$image"; return ;;
	esac
	setup=$(od -An -tu1 -j497 -N1 "$image")
	read -r offset length < <(od -An -tu4 -j584 -N8 "$image")
	((offset += ((setup ? setup : 4) + 1) * 512))
	case $(od -An -tx1 -j"$offset" -N4 "$image" | tr -d ' ') in
	fd377a58) tool=xz ;;
	28b52ffd) tool=zstd ;;
	1f8b*)    tool=gzip ;;
	02214c18) tool=lz4 ;;
	*)        say "$image: unknown compression"; return 1 ;;
	esac
	# The last four bytes are the unpacked size, not part of the stream.
	tail -c +"$((offset + 1))" "$image" | head -c "$((length - 4))" | "$tool" -dc
}

# kernel_headers RELEASE: print the directory to build modules in, installing it where we may: headers hold
# absolute paths, so those of packages cannot live in .vm, unless they do in a root of their own.
kernel_headers() {
	local dir=/usr/src/linux-headers-$1 suite

	! is_foreign "$1" || { foreign_headers "$1"; return; }
	! is_ours "$1" || dir=$KERNEL_DIR/$1/build
	if [[ ! -e $dir/Makefile ]] && suite=$(suite_of "$1"); then
		suite_headers "$suite" "$1"
		return
	elif [[ ! -e $dir/Makefile ]]; then
		if ((EUID != 0)); then
			say "missing: linux-headers-$1"
			say "run:     sudo apt-get install linux-headers-$1"
			return 1
		fi
		step "install linux-headers-$1"
		DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "linux-headers-$1" \
			< /dev/null > "$CACHE/apt.log" 2>&1 || { tail -n 20 "$CACHE/apt.log" >&2; return 1; }
	fi
	echo "$dir"
}
