# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A QEMU whose guests may have a host thread for each CPU, and need a quarter less of the host's time. Where the
# machine's own is too old, the one of Debian's backports is unpacked in .vm/qemu, without a change to the machine's
# packages.

QEMU_DIR=$CACHE/qemu
# With 7.2, two guests of two died within a minute of inserting the module. With 10.0, the four guests that were tried to
# their end did not, two of Debian's 6.12 and two of the kernel with KCSAN; versions in between were not tried.
QEMU_NEW_ENOUGH=10.0
QEMU_PACKAGES=(qemu-system-x86 qemu-system-arm qemu-system-common qemu-system-data seabios)

qemu_is_new_enough() {
	local version

	version=$("$1" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')
	[[ $version && $(printf '%s\n' "$version" "$QEMU_NEW_ENOUGH" | sort -V | head -n 1) == "$QEMU_NEW_ENOUGH" ]]
}

# qemu_for_threads PROGRAM: print where it is, fetching it if need be.
qemu_for_threads() {
	if qemu_is_new_enough "$1"; then
		command -v "$1"
	else
		[[ -e $QEMU_DIR/root ]] || locked qemu qemu_unpack >&2 || return 1
		echo "$QEMU_DIR/root/usr/bin/$1"
	fi
}

# qemu_at_hand PROGRAM: print the newer one if it has been fetched, else the machine's own.
qemu_at_hand() {
	if ! qemu_is_new_enough "$1" && [[ -e $QEMU_DIR/root/usr/bin/$1 ]]; then
		echo "$QEMU_DIR/root/usr/bin/$1"
	else
		echo "$1"
	fi
}

# qemu_apt TOOL ARG...: apt's programs, for the suite of backports alone and what the machine has installed.
qemu_apt() {
	local tool=$1
	shift

	"$tool" -o Dir::State::lists="$QEMU_DIR/lists" -o Dir::Cache="$QEMU_DIR/cache" \
		-o Dir::Etc::sourcelist="$QEMU_DIR/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "$@"
}

# The libraries are the machine's: a package of backports asks for no others than those of its release.
qemu_unpack() (
	[[ ! -e $QEMU_DIR/root ]] || exit 0
	step "fetch a newer QEMU"
	suite=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
	mirror=$(debian_mirror) || { say "no mirror of Debian among the sources of apt"; exit 1; }
	rm -rf "$QEMU_DIR/new"
	mkdir -p "$QEMU_DIR"/{lists,cache/archives}/partial "$QEMU_DIR/new" && cd "$QEMU_DIR/new" || exit 1
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite-backports main" \
		> "$QEMU_DIR/sources.list"
	if ! { qemu_apt apt-get -qq update && qemu_apt apt-get -qq download "${QEMU_PACKAGES[@]}"; } > "$QEMU_DIR/log" 2>&1; then
		tail -n 20 "$QEMU_DIR/log" >&2
		exit 1
	fi
	for package in ./*.deb; do
		dpkg-deb -x "$package" root || exit 1
	done
	qemu_is_new_enough root/usr/bin/qemu-system-x86_64 || { say "the QEMU of $suite-backports does not run here"; exit 1; }
	mv root "$QEMU_DIR/root"
)
