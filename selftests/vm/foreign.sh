# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Other architectures: their packages, without a change to apt; headers to cross-compile with; and, since the guest's root
# cannot be the host's, a root of unpacked packages, with the tree and the cross-compiled tests where they are on the host.
# All in .vm/ARCH, but headers of another suite, which are where its others are.
#
# shellcheck disable=SC2034	# for machine.sh

# As the kernel, the compiler and QEMU call them; whose packages they are, if not the machine's own release.
declare -A FOREIGN_KERNEL=([arm64]=arm64 [riscv64]=riscv)
declare -A FOREIGN_TRIPLET=([arm64]=aarch64-linux-gnu [riscv64]=riscv64-linux-gnu)
declare -A FOREIGN_QEMU=([arm64]=qemu-system-aarch64 [riscv64]=qemu-system-riscv64)
declare -A FOREIGN_MACHINE=([arm64]="-machine virt -cpu cortex-a57" [riscv64]="-machine virt -cpu rv64")
declare -A FOREIGN_CONSOLE=([arm64]=ttyAMA0 [riscv64]=ttyS0)
declare -A FOREIGN_SUITE=([riscv64]=trixie)
# Of this machine: QEMU, what it starts with, and what compiles the tests.
declare -A FOREIGN_NEEDS=([arm64]="qemu-system-arm" [riscv64]="qemu-system-misc opensbi")

# What runs in the guest: the shell's tools, and those of the tests that need no more than the kernel.
FOREIGN_PACKAGES=(base-files base-passwd bash bc bsdutils coreutils dash diffutils ethtool findutils grep hostname
	busybox-static iperf3 iproute2 iptables jq kmod libc-bin mawk mount net-tools netcat-openbsd nftables procps psmisc
	python3 sed tcpdump util-linux)

# What a student's machine has for the labs besides.
FOREIGN_LAB_PACKAGES=(bsdextrautils conntrack lsof make ncurses-base)

# foreign_of RELEASE_OR_FLAVOUR: print its architecture; fails if that is this machine's.
foreign_of() { [[ ${FOREIGN_KERNEL[${1##*-}]-} ]] && echo "${1##*-}"; }

is_foreign() { foreign_of "$1" > /dev/null; }

foreign_root() { echo "$CACHE/$1/root"; }

# apt_for RELEASE_OR_FLAVOUR TOOL ARG...: apt's programs, for packages of the architecture that this is of.
apt_for() {
	local what=$1 tool=$2 arch
	shift 2

	arch=$(foreign_of "$what") || { "$tool" "$@"; return; }
	[[ -e $CACHE/$arch/status ]] || locked "$arch-lists" foreign_update "$arch" || return 1
	foreign_apt "$arch" "$tool" -o Dir::State::status="$CACHE/$arch/status" "$@"
}

foreign_apt() {
	local arch=$1 dir=$CACHE/$1 tool=$2
	local -a options=()
	shift 2

	[[ ! -e $dir/sources.list ]] ||
		options=(-o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/nowhere)
	"$tool" -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Dir::State::lists="$dir/lists" \
		-o Dir::Cache="$dir/cache" "${options[@]}" "$@"
}

foreign_update() {
	local arch=$1 dir=$CACHE/$1

	[[ ! -e $dir/status ]] || return 0
	step "apt-get update for $arch"
	mkdir -p "$dir"/{lists,cache/archives}/partial
	: > "$dir/status.new"
	[[ ! ${FOREIGN_SUITE[$arch]-} ]] || suite_sources "${FOREIGN_SUITE[$arch]}" > "$dir/sources.list" || return 1
	foreign_apt "$arch" apt-get -qq -o Dir::State::status="$dir/status.new" update > "$dir/log" 2>&1 ||
		say "      some package lists could not be read, see .vm/$arch/log"
	find "$dir/lists" -name '*_Packages*' | grep -q . || return 1
	mv "$dir/status.new" "$dir/status"
}

# foreign_headers RELEASE: print the directory to build modules in. The programs that kbuild runs are this machine's.
foreign_headers() {
	local arch dir root headers
	local -a at

	arch=$(foreign_of "$1")
	dir=$CACHE/$arch root=$CACHE/$arch/headers
	[[ ! ${FOREIGN_SUITE[$arch]-} ]] || root=$(suite_dir "${FOREIGN_SUITE[$arch]}")
	headers=$root/usr/src/linux-headers-$1
	if [[ ! -e $headers/Makefile ]]; then
		step "fetch linux-headers-$1"
		mkdir -p "$dir/debs"
		(cd "$dir/debs" && apt_for "$1" apt-get -qq -o APT::Sandbox::User="$(id -un)" \
			download "linux-headers-$1" >&2) || return 1
		at=("$dir/debs/linux-headers-$1"_*.deb)
		foreign_need_headers "$arch" "${at[0]}" && dpkg-deb -x "${at[0]}" "$root" || return 1
	fi
	echo "$headers"
}

# foreign_need_headers ARCH PACKAGE: have what they ask for: in the root of their suite, or on this machine.
foreign_need_headers() {
	local suite=${FOREIGN_SUITE[$1]-} root=$CACHE/$1/headers
	local -a ours

	mapfile -t ours < <(dpkg-deb -f "$2" Depends | grep -oE 'linux-(headers-[^ ,]*-common|kbuild-[^ ,]*)|gcc-[0-9]+' |
		sed "s/^gcc-.*/&-${FOREIGN_TRIPLET[$1]}/")
	if [[ $suite ]]; then
		locked "suite-$suite" suite_make "$suite" && locked "suite-$suite" suite_install "$suite" "${ours[@]}"
	else
		mkdir -p "$root/usr/lib"
		foreign_need "${ours[@]}" && ln -sfn -t "$root/usr/lib" /usr/lib/linux-kbuild-*
	fi
}

# foreign_need PACKAGE...: have those of this machine's own packages.
foreign_need() {
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

# foreign_download ARCH PACKAGE...: have those, and what they ask for, in the cache.
foreign_download() {
	local arch=$1 dir=$CACHE/$1
	shift

	apt_for "$arch" apt-get -qq -y -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 --no-install-recommends \
		--download-only install "$@" > "$dir/log" 2>&1 || { tail -n 20 "$dir/log" >&2; return 1; }
}

# foreign_make_root ARCH: have the root. What packages do when they are installed is not done, but for a few links.
foreign_make_root() (
	arch=$1 dir=$CACHE/$1
	root=$(foreign_root "$1")
	[[ ! -e $root ]] || exit 0
	step "unpack a root for $arch"
	foreign_download "$arch" "${FOREIGN_PACKAGES[@]}" || exit 1
	rm -rf "$root.new"
	mkdir -p "$root.new"
	# With this come links where other packages have directories, or none.
	for package in "$dir"/cache/archives/base-files_*.deb "$dir"/cache/archives/*.deb; do
		dpkg-deb -x "$package" "$root.new" || exit 1
	done
	cd "$root.new" || exit 1
	mkdir -p dev proc sys run tmp root
	cp usr/share/base-passwd/passwd.master etc/passwd && cp usr/share/base-passwd/group.master etc/group || exit 1
	[[ -e bin/sh ]] || ln -s dash bin/sh
	ln -sf mawk usr/bin/awk
	ln -sf nc.openbsd bin/nc
	for name in iptables ip6tables iptables-restore ip6tables-restore iptables-save ip6tables-save; do
		ln -sf xtables-nft-multi "usr/sbin/$name"
	done
	mv "$root.new" "$root"
)

# foreign_make_tests ARCH: have the tests in .vm/ARCH/tree, their programs cross-compiled.
foreign_make_tests() {
	local triplet=${FOREIGN_TRIPLET[$1]} tree=$CACHE/$1/tree file
	local -a programs

	foreign_need "gcc-$triplet" "libc6-dev-$1-cross" || return 1
	read -ra programs < <(sed -n 's/^TEST_GEN_FILES := //p' "$TOP/selftests/Makefile")
	mkdir -p "$tree/selftests"
	# A source that is gone here must go there.
	(cd "$tree/selftests" && find . -name '*.[ch]') | while read -r file; do
		[[ -e $TOP/selftests/$file ]] || rm "$tree/selftests/$file"
	done
	tar -C "$TOP/selftests" "${programs[@]/#/--exclude=./}" -c . | tar -C "$tree/selftests" -x &&
		make -s -C "$tree/selftests" CC="$triplet-gcc" > "$CACHE/$1/log" 2>&1 && return
	tail -n 20 "$CACHE/$1/log" >&2
	return 1
}

# foreign_make_labs ARCH: have what the labs need in the root, and a cross-compiled reader in .vm/ARCH/tree/userspace.
foreign_make_labs() {
	local root tree=$CACHE/$1/tree package

	root=$(foreign_root "$1")
	if [[ ! -e $root/root/labs ]]; then
		step "unpack what labs need for $1"
		foreign_download "$1" "${FOREIGN_PACKAGES[@]}" "${FOREIGN_LAB_PACKAGES[@]}" || return 1
		for package in "$CACHE/$1"/cache/archives/*.deb; do
			dpkg-deb -x "$package" "$root" || return 1
		done
		touch "$root/root/labs"
	fi
	# Whom tcpdump becomes, as its package would have made him.
	if ! grep -q '^tcpdump:' "$root/etc/passwd"; then
		echo "tcpdump:x:109:109::/nonexistent:/usr/sbin/nologin" >> "$root/etc/passwd"
		echo "tcpdump:x:109:" >> "$root/etc/group"
	fi
	mkdir -p "$tree" && tar -C "$TOP" --exclude=userspace/.build --exclude=userspace/tuplewatch -c module/uapi userspace |
		tar -C "$tree" -x || return 1
	make -s -C "$tree/userspace" CC="${FOREIGN_TRIPLET[$1]}-gcc" NCURSES=no LIBBPF=no > "$CACHE/$1/log" 2>&1 && return
	tail -n 20 "$CACHE/$1/log" >&2
	return 1
}

# foreign_prepare RELEASE: all that a guest needs besides its kernel.
foreign_prepare() {
	local arch
	local -a needs

	arch=$(foreign_of "$1")
	read -ra needs <<< "${FOREIGN_NEEDS[$arch]}"
	locked "$arch-need" foreign_need "${needs[@]}" && locked "$arch-root" foreign_make_root "$arch" &&
		locked "$arch-tests" foreign_make_tests "$arch"
}

# foreign_enter ARCH: set the array `enter` to what starts a command that sees that root as a guest will: the tree where it
# is, its tests the cross-compiled.
foreign_enter() {
	local kernels root
	local -a at

	root=$(foreign_root "$1")
	kernels=$(realpath "$KERNEL_DIR")
	at=("$TOP" "$TOP/selftests" "$kernels")
	mkdir -p "${at[@]/#/$root}"
	enter=(unshare --mount)
	((EUID == 0)) || enter+=(--map-root-user)
	# shellcheck disable=SC2016
	enter+=(bash -c '
		root=$1 top=$2 tests=$3 kernels=$4
		shift 4
		mount --bind "$top" "$root$top" && mount --bind "$tests" "$root$top/selftests" || exit 1
		[[ $kernels == "$top"/* ]] || mount --bind "$kernels" "$root$kernels" || exit 1
		exec "$@"
	' foreign "$root" "$TOP" "$CACHE/$1/tree/selftests" "$kernels")
}
