# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Finds, fetches and unpacks Debian's kernels. A kernel is named by its release (what uname -r says) and is
# never installed: it lives in .vm/kernels/RELEASE.

KERNEL_DIR=$CACHE/kernels
. "$VM_DIR/sid.sh"
. "$VM_DIR/bullseye.sh"
. "$VM_DIR/arm64.sh"
. "$VM_DIR/qemu.sh"

# is_ours RELEASE: selftests/debug/kernel builds it, no package has it.
is_ours() { [[ $1 == *-@(debug|kcsan) ]]; }

# What series stand for. A long run has TPW_RELEASES name a directory of its own, so that each stands for the same kernel
# from its beginning to its end, although package lists change.
RELEASES=${TPW_RELEASES:-$CACHE/releases}

# split_series SERIES FLAVOUR: set series, flavour, and answer, the file with what it stands for.
split_series() {
	series=$1 flavour=$2
	if [[ $series == *-@(rt|cloud) ]]; then
		flavour=${series##*-}-$flavour
		series=${series%-*}
	elif [[ $series =~ ^[0-9]+\.[0-9]+-arm64$ ]]; then
		flavour=${flavour/%amd64/arm64}
		series=${series%-*}
	fi
	answer=$RELEASES/$series-$flavour
}

# kernel_release SERIES FLAVOUR: print the release that Debian's meta-package for that series stands for;
# SERIES may be a full release, or 6.12-rt for the flavour rt-amd64, or 6.12-arm64. Without package lists, the
# newest one unpacked earlier.
kernel_release() {
	local series flavour answer

	split_series "$1" "$2"
	if [[ $series == *-* ]]; then
		echo "$series"
	elif [[ -s $answer ]] && [[ ${TPW_RELEASES-} || $answer -nt /var/lib/apt/lists ]]; then
		cat "$answer"
	elif release_packaged "$series" "$flavour" > "$CACHE/release.$BASHPID"; then
		mkdir -p "${answer%/*}"
		mv "$CACHE/release.$BASHPID" "$answer"
		cat "$answer"
	else
		rm -f "$CACHE/release.$BASHPID"
		release_elsewhere "$series" "$flavour"
	fi
}

# forget_releases SERIES...: the package lists are new.
forget_releases() {
	local name series flavour answer

	for name; do
		split_series "$name" amd64
		rm -f "$answer"
	done
}

# Debian 11 has what is older. Debian unstable may have gone on to the next series, while its last kernel is still here. sid_can_wait: no root is
# made for it yet, as the package lists of this machine may only be too old.
release_elsewhere() {
	if ! is_arm64 "-$2" && bullseye_is_for "$1" && locked bullseye bullseye_make; then
		bullseye_release "$1" "$2" && return
	fi
	if ! is_arm64 "-$2" && sid_is_for "$1" && [[ ! ${sid_can_wait-} || -e $SID_ROOT ]] && locked sid sid_make; then
		sid_release "$1" "$2" && return
	fi
	release_unpacked "$1" "$2"
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
	image=root/boot/vmlinuz-$release
	[[ -e $image ]] || image=$modules/vmlinuz
	[[ -e $modules/config ]] || cp "root/boot/config-$release" "$modules/config" || exit 1
	depmod -b "$tmp/root" "$release" &&
		kernel_decompress "$image" > root/vmlinux &&
		rm -rf "$dir" &&
		mv root "$dir"
)

# kernel_download RELEASE: its packages into the directory where we are. The sandbox user of apt may not write
# here; the checksums of packages are verified all the same.
kernel_download() {
	if ! is_packaged "$1" && sid_has "$1"; then
		sid_download "$1"
	elif ! is_packaged "$1" && bullseye_has "$1"; then
		bullseye_download "$1"
	else
		apt_for "$1" apt-get -qq -o APT::Sandbox::User="$(id -un)" download "linux-image-$1" >&2
	fi
}

# kernel_decompress IMAGE: print the kernel in it. QEMU starts the ELF kernel in a bzImage directly (PVH), which
# saves an emulated machine the firmware and seconds of decompression. arm64's is not compressed, or all of it is.
kernel_decompress() {
	local image=$1 setup offset length tool

	case $(od -An -tx1 -j0 -N2 "$image" | tr -d ' '):$(od -An -tx1 -j56 -N4 "$image" | tr -d ' ') in
	1f8b:*)     gzip -dc "$image"; return ;;
	*:41524d64) cat "$image"; return ;;
	esac
	setup=$(od -An -tu1 -j497 -N1 "$image")
	read -r offset length < <(od -An -tu4 -j584 -N8 "$image")
	((offset += ((setup ? setup : 4) + 1) * 512))
	case $(od -An -tx1 -j"$offset" -N4 "$image" | tr -d ' ') in
	fd377a58) tool=xz ;;
	28b52ffd) tool=zstd ;;
	1f8b*)    tool=gzip ;;
	*)        say "$image: unknown compression"; return 1 ;;
	esac
	# The last four bytes are the unpacked size, not part of the stream.
	tail -c +"$((offset + 1))" "$image" | head -c "$((length - 4))" | "$tool" -dc
}

# kernel_headers RELEASE: print the directory to build modules in, installing it where we may: headers hold
# absolute paths, so those of packages cannot live in .vm, unless they do in a root of their own.
kernel_headers() {
	local dir=/usr/src/linux-headers-$1

	! is_arm64 "$1" || { arm64_headers "$1"; return; }
	! bullseye_has "$1" || is_packaged "$1" || { bullseye_headers "$1"; return; }
	! is_ours "$1" || dir=$KERNEL_DIR/$1/build
	if [[ ! -e $dir/Makefile ]] && sid_has "$1" && ! is_packaged "$1"; then
		sid_headers "$1" || return 1
		dir=$SID_ROOT$dir
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
