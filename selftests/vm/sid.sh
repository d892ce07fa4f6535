# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Debian unstable, for kernels newer than all that this machine's packages have: a root made by debootstrap in
# .vm/sid, with their headers and the compiler that those ask for. The mirror is the machine's own.

SID_ROOT=$CACHE/sid/root

# sid_apt TOOL ARG...: apt's programs of this machine, on the lists of that root.
sid_apt() {
	local tool=$1
	shift
	"$tool" -o Dir="$SID_ROOT" -o Dir::State::status="$SID_ROOT/var/lib/dpkg/status" "$@"
}

sid_has() { [[ -e $SID_ROOT ]] && sid_apt apt-cache show "linux-image-$1" > /dev/null 2>&1; }

# root_run ROOT DIR COMMAND...: in that root, with /proc, which objtool wants, and DIR at /mnt.
root_run() {
	local root=$1 dir=$2
	local -a who=()
	shift 2

	((EUID == 0)) || who=(--map-root-user)
	# shellcheck disable=SC2016
	unshare "${who[@]}" --mount bash -c '
		root=$1 dir=$2
		shift 2
		mount --rbind /proc "$root/proc" && mount --bind "$dir" "$root/mnt" || exit 1
		exec chroot "$root" env PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"
	' root "$root" "$dir" "$@"
}

sid_run() { root_run "$SID_ROOT" "$@"; }

sid_mirror() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1 | grep .
}

# sid_is_for SERIES: it is newer than all that this machine's packages have.
sid_is_for() {
	local newest

	newest=$(apt-cache pkgnames linux-image- | sed -n 's/^linux-image-\([0-9]*\.[0-9]*\).*/\1/p' | sort -V | tail -n 1)
	[[ $1 =~ ^[0-9]+\.[0-9]+$ && $1 != "$newest" ]] &&
		[[ $(printf '%s\n' "$1" "$newest" | sort -V | tail -n 1) == "$1" ]]
}

# sid_make: have that root. With root's rights alone.
sid_make() (
	[[ ! -e $SID_ROOT ]] || exit 0
	((EUID == 0)) || { say "Debian unstable is not here; run: sudo selftests/vm/setup check 7.2"; exit 1; }
	mirror=$(sid_mirror) || { say "no mirror of Debian among the sources of apt"; exit 1; }
	if ! command -v debootstrap > /dev/null; then
		apt-get -qq install -y --no-install-recommends debootstrap < /dev/null > "$CACHE/apt.log" 2>&1 || exit 1
	fi
	step "debootstrap sid"
	mkdir -p "$CACHE/sid"
	rm -rf "$SID_ROOT.new"
	if ! debootstrap --variant=minbase --include=make,gcc,perl,kmod,sparse sid "$SID_ROOT.new" "$mirror" \
		> "$CACHE/sid/log" 2>&1; then
		tail -n 20 "$CACHE/sid/log" >&2
		exit 1
	fi
	mv "$SID_ROOT.new" "$SID_ROOT"
)

# sid_release SERIES FLAVOUR: as kernel_release.
sid_release() {
	sid_apt apt-cache show --no-all-versions "linux-image-$2" 2>/dev/null |
		sed -n '/^Depends:/s/.*[ ,]linux-image-\([0-9][^ ,]*\).*/\1/p' | first_of_series "$1"
}

# sid_headers RELEASE: have them installed in that root; their compiler comes with them.
sid_headers() {
	[[ ! -e $SID_ROOT/usr/src/linux-headers-$1/Makefile ]] || return 0
	((EUID == 0)) || { say "missing: headers of $1; run: sudo selftests/vm/build --kernel $1"; return 1; }
	step "install linux-headers-$1 in .vm/sid"
	if ! DEBIAN_FRONTEND=noninteractive sid_run /mnt apt-get -qq install -y --no-install-recommends \
		"linux-headers-$1" < /dev/null > "$CACHE/sid/log" 2>&1; then
		tail -n 20 "$CACHE/sid/log" >&2
		return 1
	fi
}

# sid_download RELEASE: the packages of that kernel into the directory where we are.
sid_download() {
	local -a packages

	# The image alone in 6.12; in 7.2 it is apart from its modules.
	mapfile -t packages < <(sid_apt apt-cache pkgnames linux- | grep -xE "linux-(base|binary|image|modules)-${1//+/\\+}")
	sid_apt apt-get -qq -o APT::Sandbox::User="$(id -un)" download "${packages[@]}" >&2
}
