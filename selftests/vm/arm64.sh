# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# arm64: its packages, by apt's own sources and without a change to apt; headers to cross-compile with; and, since
# the guest's root cannot be the host's, a root of unpacked packages, with the tree and the cross-compiled tests
# where they are on the host. All in .vm/arm64.

ARM64_DIR=$CACHE/arm64
ARM64_ROOT=$ARM64_DIR/root
ARM64_CC=aarch64-linux-gnu-gcc

# What runs in the guest: the shell's tools, and those of the tests that need no more than the kernel.
ARM64_PACKAGES=(base-files base-passwd bash bc bsdutils coreutils dash diffutils ethtool findutils grep hostname
	busybox-static iperf3 iproute2 iptables jq kmod libc-bin mawk mount net-tools netcat-openbsd nftables procps psmisc
	python3 sed tcpdump util-linux)

is_arm64() { [[ $1 == *-arm64 ]]; }

# apt_for RELEASE_OR_FLAVOUR TOOL ARG...: apt's programs, for packages of the architecture that this is of.
apt_for() {
	local what=$1 tool=$2
	shift 2

	is_arm64 "-$what" || { "$tool" "$@"; return; }
	arm64_lists || return 1
	"$tool" -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State::lists="$ARM64_DIR/lists" \
		-o Dir::Cache="$ARM64_DIR/cache" -o Dir::State::status="$ARM64_DIR/status" "$@"
}

arm64_lists() {
	[[ -e $ARM64_DIR/status ]] || locked arm64-lists arm64_update
}

arm64_update() {
	[[ ! -e $ARM64_DIR/status ]] || return 0
	step "apt-get update for arm64"
	mkdir -p "$ARM64_DIR"/{lists,cache/archives}/partial
	: > "$ARM64_DIR/status.new"
	apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State::lists="$ARM64_DIR/lists" \
		-o Dir::Cache="$ARM64_DIR/cache" -o Dir::State::status="$ARM64_DIR/status.new" update \
		> "$ARM64_DIR/log" 2>&1 || say "      some package lists could not be read, see .vm/arm64/log"
	find "$ARM64_DIR/lists" -name '*_Packages*' | grep -q . || return 1
	mv "$ARM64_DIR/status.new" "$ARM64_DIR/status"
}

# arm64_headers RELEASE: print the directory to build modules in. The programs that kbuild runs are this machine's.
arm64_headers() {
	local dir=$ARM64_DIR/headers/usr/src/linux-headers-$1
	local -a ours

	if [[ ! -e $dir/Makefile ]]; then
		step "fetch linux-headers-$1"
		mkdir -p "$ARM64_DIR/headers/usr/lib" "$ARM64_DIR/debs"
		(cd "$ARM64_DIR/debs" && apt_for "$1" apt-get -qq -o APT::Sandbox::User="$(id -un)" \
			download "linux-headers-$1" >&2) || return 1
		mapfile -t ours < <(dpkg-deb -f "$ARM64_DIR/debs/linux-headers-$1"_*.deb Depends |
			grep -oE 'linux-(headers-[^ ,]*-common|kbuild-[^ ,]*)|gcc-[0-9]+' | sed 's/^gcc-.*/&-aarch64-linux-gnu/')
		arm64_need "${ours[@]}" || return 1
		ln -sfn -t "$ARM64_DIR/headers/usr/lib" /usr/lib/linux-kbuild-*
		dpkg-deb -x "$ARM64_DIR/debs/linux-headers-$1"_*.deb "$ARM64_DIR/headers" || return 1
	fi
	echo "$dir"
}

# arm64_need PACKAGE...: have those of this machine's own packages.
arm64_need() {
	local package
	local -a missing=()

	for package; do
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
	done
	((${#missing[@]})) || return 0
	((EUID == 0)) || { say "missing: ${missing[*]}; run: sudo apt-get install ${missing[*]}"; return 1; }
	step "install ${missing[*]}"
	DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" \
		< /dev/null > "$CACHE/apt.log" 2>&1 || { tail -n 20 "$CACHE/apt.log" >&2; return 1; }
}

# arm64_make_root: have the root. What packages do when they are installed is not done, but for a few links.
arm64_make_root() (
	[[ ! -e $ARM64_ROOT ]] || exit 0
	step "unpack a root for arm64"
	apt_for arm64 apt-get -qq -y -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 --no-install-recommends \
		--download-only install "${ARM64_PACKAGES[@]}" > "$ARM64_DIR/log" 2>&1 ||
		{ tail -n 20 "$ARM64_DIR/log" >&2; exit 1; }
	rm -rf "$ARM64_ROOT.new"
	mkdir -p "$ARM64_ROOT.new"
	for package in "$ARM64_DIR"/cache/archives/*.deb; do
		dpkg-deb -x "$package" "$ARM64_ROOT.new" || exit 1
	done
	cd "$ARM64_ROOT.new" || exit 1
	mkdir -p dev proc sys run tmp root
	cp usr/share/base-passwd/passwd.master etc/passwd && cp usr/share/base-passwd/group.master etc/group || exit 1
	[[ -e bin/sh ]] || ln -s dash bin/sh
	ln -sf mawk usr/bin/awk
	ln -sf nc.openbsd bin/nc
	for name in iptables ip6tables iptables-restore ip6tables-restore iptables-save ip6tables-save; do
		ln -sf xtables-nft-multi "usr/sbin/$name"
	done
	mv "$ARM64_ROOT.new" "$ARM64_ROOT"
)

# arm64_make_tests: have the tests in .vm/arm64/tree, their programs cross-compiled.
arm64_make_tests() {
	local tree=$ARM64_DIR/tree file
	local -a programs

	arm64_need gcc-aarch64-linux-gnu libc6-dev-arm64-cross || return 1
	read -ra programs < <(sed -n 's/^TEST_GEN_FILES := //p' "$TOP/selftests/Makefile")
	mkdir -p "$tree/selftests"
	# A source that is gone here must go there.
	(cd "$tree/selftests" && find . -name '*.[ch]') | while read -r file; do
		[[ -e $TOP/selftests/$file ]] || rm "$tree/selftests/$file"
	done
	tar -C "$TOP/selftests" "${programs[@]/#/--exclude=./}" -c . | tar -C "$tree/selftests" -x &&
		make -s -C "$tree/selftests" CC="$ARM64_CC" > "$ARM64_DIR/log" 2>&1 && return
	tail -n 20 "$ARM64_DIR/log" >&2
	return 1
}

# arm64_prepare: all that a guest needs besides its kernel.
arm64_prepare() {
	locked arm64-need arm64_need qemu-system-arm && locked arm64-root arm64_make_root && locked arm64-tests arm64_make_tests
}

# arm64_enter: set the array `enter` to what starts a command that sees that root as a guest will: the tree where it
# is, its tests the cross-compiled.
arm64_enter() {
	local kernels
	local -a at

	kernels=$(realpath "$KERNEL_DIR")
	at=("$TOP" "$TOP/selftests" "$kernels")
	mkdir -p "${at[@]/#/$ARM64_ROOT}"
	enter=(unshare --mount)
	((EUID == 0)) || enter+=(--map-root-user)
	# shellcheck disable=SC2016
	enter+=(bash -c '
		root=$1 top=$2 tests=$3 kernels=$4
		shift 4
		mount --bind "$top" "$root$top" && mount --bind "$tests" "$root$top/selftests" || exit 1
		[[ $kernels == "$top"/* ]] || mount --bind "$kernels" "$root$kernels" || exit 1
		exec "$@"
	' arm64 "$ARM64_ROOT" "$TOP" "$ARM64_DIR/tree/selftests" "$kernels")
}
