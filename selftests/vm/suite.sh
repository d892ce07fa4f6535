# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Kernels of other suites of Debian than the machine's (table `suites`): their lists, headers, compilers and images, in .vm/NAME.
# The mirror is the machine's own.

# A mirror may be that of one day, whose lists have a date: they are signed all the same.
ANY_AGE=(-o Acquire::Check-Valid-Until=false)

# suite_field NAME NUMBER: of its line in the table; from that one on with NUMBER-.
suite_field() { sed -n "/^$1[[:blank:]]/s/[[:blank:]]\+/ /gp" "$VM_DIR/suites" | cut -d' ' -f"$2"; }

suite_names() { sed -n 's/^\([a-z-]\+\)[[:blank:]].*/\1/p' "$VM_DIR/suites"; }

is_suite() { [[ $1 && $(suite_field "$1" 1) ]]; }

is_root() { [[ $(suite_field "$1" 2) == root ]]; }

# suite_dir NAME: what the packages of headers are unpacked to.
suite_dir() { echo "$CACHE/$1/root"; }

# suite_is_here NAME: it need not be made any more.
suite_is_here() {
	if is_root "$1"; then
		[[ -e $CACHE/$1/root ]]
	else
		[[ -e $CACHE/$1/status ]]
	fi
}

# suites_for SERIES: the names of those in which it is looked for.
suites_for() {
	local name when

	when=$(when_of "$1")
	for name in $(suite_names); do
		[[ $(suite_field "$name" 3) != "$when" ]] || echo "$name"
	done
}

# when_of SERIES: older or newer than all that this machine's packages have, or neither.
when_of() {
	local -a known

	mapfile -t known < <(apt-cache pkgnames linux-image- | sed -n 's/^linux-image-\([0-9]*\.[0-9]*\).*/\1/p' | sort -Vu)
	[[ $1 =~ ^[0-9]+\.[0-9]+$ && ${known[0]-} && " ${known[*]} " != *" $1 "* ]] || return
	mapfile -t known < <(printf '%s\n' "$1" "${known[@]}" | sort -V)
	if [[ ${known[0]} == "$1" ]]; then
		echo older
	elif [[ ${known[-1]} == "$1" ]]; then
		echo newer
	fi
}

# suite_apt NAME TOOL ARG...: apt's programs of this machine, on the lists of that suite.
suite_apt() {
	local dir=$CACHE/$1 tool=$2
	local -a options
	options=(-o APT::Sandbox::User="$(id -un)")

	if is_root "$1"; then
		options+=(-o Dir="$dir/root" -o Dir::State::status="$dir/root/var/lib/dpkg/status")
	else
		options+=(-o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/nowhere
			-o Dir::State::lists="$dir/lists" -o Dir::Cache="$dir/cache" -o Dir::State::status="$dir/status")
	fi
	shift 2
	"$tool" "${options[@]}" "$@"
}

suite_has() { suite_is_here "$1" && suite_apt "$1" apt-cache show "linux-image-$2" > /dev/null 2>&1; }

# suite_of RELEASE: the name of the one that it is fetched from; fails if the machine's packages have it.
suite_of() {
	local name

	! is_packaged "$1" || return 1
	for name in $(suite_names); do
		suite_has "$name" "$1" && { echo "$name"; return; }
	done
	return 1
}

# root_of HEADERS: the root in which they are installed; fails if they are used from outside.
root_of() {
	local name=${1#"$CACHE/"}

	name=${name%%/*}
	[[ $1 == "$CACHE"/* ]] && is_root "$name" && suite_dir "$name"
}

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

# debian_mirror [LABEL]: where this machine's apt has Debian from, or what Debian calls so.
debian_mirror() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Label: ${1:-Debian}" | head -n 1 | grep .
}

# suite_sources NAME: lines for its sources.list. Updates for security are left out where the machine has none either.
suite_sources() {
	local suite mirror

	for suite in $(suite_field "$1" 4-); do
		if [[ $suite == *-security ]]; then
			mirror=$(debian_mirror Debian-Security) || continue
		else
			mirror=$(debian_mirror) || { say "no mirror of Debian among the sources of apt"; return 1; }
		fi
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
	done
}

# suite_make NAME: have its lists, and its root if it has one.
suite_make() {
	if suite_is_here "$1"; then
		return 0
	elif is_root "$1"; then
		suite_make_root "$1"
	else
		suite_make_lists "$1"
	fi
}

# suite_quietly NAME COMMAND...: what it says is shown if it fails.
suite_quietly() {
	local log=$CACHE/$1/log
	shift

	"$@" < /dev/null > "$log" 2>&1 || { tail -n 20 "$log" >&2; return 1; }
}

# suite_make_root NAME: with root's rights alone.
suite_make_root() (
	name=$1
	root=$CACHE/$name/root
	((EUID == 0)) || { say "Debian's $name is not here; run: sudo selftests/vm/setup check SERIES, as 7.2 or 6.12-$name"; exit 1; }
	sources=$(suite_sources "$name") && mirror=$(debian_mirror) || exit 1
	if ! command -v debootstrap > /dev/null; then
		apt-get -qq install -y --no-install-recommends debootstrap < /dev/null > "$CACHE/apt.log" 2>&1 || exit 1
	fi
	step "debootstrap $name"
	mkdir -p "$CACHE/$name" && rm -rf "$root.new" || exit 1
	suite_quietly "$name" debootstrap --variant=minbase --include=make,gcc,perl,kmod,sparse \
		"$name" "$root.new" "$mirror" || exit 1
	echo "$sources" > "$root.new/etc/apt/sources.list" &&
		suite_quietly "$name" root_run "$root.new" /mnt apt-get -qq "${ANY_AGE[@]}" update && mv "$root.new" "$root"
)

suite_make_lists() (
	name=$1
	dir=$CACHE/$name
	step "read the package lists of $name"
	rm -rf "$dir" && mkdir -p "$dir"/{lists,cache/archives}/partial && cd "$dir" || exit 1
	suite_sources "$name" > sources.list || exit 1
	: > status.new
	suite_quietly "$name" suite_apt "$name" apt-get -qq "${ANY_AGE[@]}" -o Dir::State::status="$dir/status.new" update &&
		mv status.new status
)

# suite_release NAME SERIES FLAVOUR: as kernel_release.
suite_release() {
	suite_apt "$1" apt-cache show "linux-image-$3" 2>/dev/null |
		sed -n '/^Depends:/s/.*[ ,]linux-image-\([0-9][^ ,]*\).*/\1/p' | sort -Vr | first_of_series "$2"
}

# suite_headers NAME RELEASE: print the directory to build modules in.
suite_headers() {
	local dir

	dir=$(suite_dir "$1")/usr/src/linux-headers-$2
	if [[ -e $dir/Makefile ]]; then
		:
	elif is_root "$1"; then
		locked "suite-$1" suite_install "$1" "linux-headers-$2" || return 1
	else
		locked "suite-$1" suite_unpack_headers "$1" "$2" || return 1
	fi
	echo "$dir"
}

# suite_install NAME PACKAGE...: in its root; the compiler comes with the headers.
suite_install() {
	local name=$1
	shift

	((EUID == 0)) || { say "missing in .vm/$name: $*; run: sudo selftests/vm/setup check SERIES"; return 1; }
	step "install $* in .vm/$name"
	DEBIAN_FRONTEND=noninteractive suite_quietly "$name" root_run "$(suite_dir "$name")" /mnt \
		apt-get -qq install -y --no-install-recommends "$@"
}

suite_unpack_headers() (
	name=$1 release=$2
	root=$(suite_dir "$name")
	sources=$root/usr/src
	[[ ! -e $sources/linux-headers-$release/Makefile ]] || exit 0
	step "fetch linux-headers-$release"
	tmp=$(mktemp -d "$CACHE/$name/.headers.XXXXXX") && cd "$tmp" || exit 1
	trap 'rm -rf "$tmp"' EXIT
	suite_apt "$name" apt-get -qq download "linux-headers-$release" >&2 || exit 1
	mapfile -t others < <(dpkg-deb -f ./*.deb Depends | grep -oE 'linux-(headers-[^ ,]*-common(-rt)?|kbuild-[^ ,]*)')
	suite_apt "$name" apt-get -qq download "${others[@]}" >&2 || exit 1
	for package in ./*.deb; do
		dpkg-deb -x "$package" "$root" || exit 1
	done
	# They name each other by where they would be installed.
	makefile=$sources/linux-headers-$release/Makefile
	sed "s|^include /usr/src/|include $sources/|" "$makefile" > "$makefile.new" && mv "$makefile.new" "$makefile"
)

# suite_download NAME RELEASE: the packages of that kernel into the directory where we are.
suite_download() {
	local -a packages

	# The image alone in 6.12; in 7.2 it is apart from its modules.
	mapfile -t packages < <(suite_apt "$1" apt-cache pkgnames linux- | grep -xE "linux-(base|binary|image|modules)-${2//+/\\+}")
	suite_apt "$1" apt-get -qq download "${packages[@]}" >&2
}
