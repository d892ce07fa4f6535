# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Debian 11, for kernels older than all that this machine's packages have: its lists, headers and images, unpacked in
# .vm/bullseye. The mirror is the machine's own, and so is the compiler.

BULLSEYE=$CACHE/bullseye
BULLSEYE_SUITES=(bullseye)

# bullseye_apt TOOL ARG...: apt's programs of this machine, on those lists.
bullseye_apt() {
	local tool=$1
	shift
	"$tool" -o Dir::Etc::SourceList="$BULLSEYE/sources.list" -o Dir::Etc::SourceParts=/nowhere \
		-o Dir::State::lists="$BULLSEYE/lists" -o Dir::Cache="$BULLSEYE/cache" \
		-o Dir::State::status="$BULLSEYE/status" -o APT::Sandbox::User="$(id -un)" "$@"
}

# bullseye_is_for SERIES: it is older than all that this machine's packages have.
bullseye_is_for() {
	local oldest

	oldest=$(apt-cache pkgnames linux-image- | sed -n 's/^linux-image-\([0-9]*\.[0-9]*\).*/\1/p' | sort -V | head -n 1)
	[[ $1 =~ ^[0-9]+\.[0-9]+$ && $oldest && $1 != "$oldest" ]] &&
		[[ $(printf '%s\n' "$1" "$oldest" | sort -V | head -n 1) == "$1" ]]
}

bullseye_has() { [[ -e $BULLSEYE/status ]] && bullseye_apt apt-cache show "linux-image-$1" > /dev/null 2>&1; }

# bullseye_make: have its lists.
bullseye_make() (
	[[ ! -e $BULLSEYE/status ]] || exit 0
	mirror=$(sid_mirror) || { say "no mirror of Debian among the sources of apt"; exit 1; }
	step "read the package lists of ${BULLSEYE_SUITES[*]}"
	rm -rf "$BULLSEYE" && mkdir -p "$BULLSEYE"/{lists,cache/archives}/partial && cd "$BULLSEYE" || exit 1
	printf "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror %s main\n" \
		"${BULLSEYE_SUITES[@]}" > sources.list
	: > status.new
	if ! bullseye_apt apt-get -qq -o Dir::State::status="$BULLSEYE/status.new" update > log 2>&1; then
		tail -n 20 log >&2
		exit 1
	fi
	mv status.new status
)

# bullseye_release SERIES FLAVOUR: as kernel_release.
bullseye_release() {
	bullseye_apt apt-cache show "linux-image-$2" 2>/dev/null |
		sed -n 's/^Depends: linux-image-\([^ ,]*\).*/\1/p' | sort -Vr | first_of_series "$1"
}

# bullseye_headers RELEASE: print the directory to build modules in.
bullseye_headers() {
	locked bullseye bullseye_unpack_headers "$1" && echo "$BULLSEYE/root/usr/src/linux-headers-$1"
}

bullseye_unpack_headers() (
	release=$1
	sources=$BULLSEYE/root/usr/src
	[[ ! -e $sources/linux-headers-$release/Makefile ]] || exit 0
	step "fetch linux-headers-$release"
	tmp=$(mktemp -d "$BULLSEYE/.headers.XXXXXX") && cd "$tmp" || exit 1
	trap 'rm -rf "$tmp"' EXIT
	bullseye_apt apt-get -qq download "linux-headers-$release" >&2 || exit 1
	mapfile -t others < <(dpkg-deb -f ./*.deb Depends | grep -oE 'linux-(headers-[^ ,]*-common(-rt)?|kbuild-[^ ,]*)')
	bullseye_apt apt-get -qq download "${others[@]}" >&2 || exit 1
	for package in ./*.deb; do
		dpkg-deb -x "$package" "$BULLSEYE/root" || exit 1
	done
	# They name each other by where they would be installed.
	makefile=$sources/linux-headers-$release/Makefile
	sed "s|^include /usr/src/|include $sources/|" "$makefile" > "$makefile.new" && mv "$makefile.new" "$makefile"
)

# bullseye_download RELEASE: the package of that kernel into the directory where we are.
bullseye_download() { bullseye_apt apt-get -qq download "linux-image-$1" >&2; }
