# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Bugs planted in a copy of the module, which is then built.

# copy_module FROM TREE: what is needed to build it, with the kernels that FROM has in its cache; what FROM has
# compiled is not compiled again.
copy_module() {
	export TPW_OBJECTS=$1
	mkdir -p "$2/selftests" "$2/.vm" &&
		cp -a "$1/Kbuild" "$1/module" "$2/" &&
		cp -a "$1/selftests/vm" "$2/selftests/" &&
		ln -s "$1/.vm/kernels" "$2/.vm/kernels"
}

# build_in TREE KERNEL: prints the module's path. The runner's own build works on the tree that it stands in.
build_in() {
	local output

	if ! output=$(cd "$1" && MAKEFLAGS=-j$(nproc) selftests/vm/build --kernel "$2" 2>&1); then
		echo "$output" >&2
		return 1
	fi
	tail -n 1 <<< "$output"
}

# plant PATCH TREE: only where the patch's own lines are, word for word.
plant() { patch -s -f -F 0 -p1 -d "$2" < "$1"; }

# unplant PATCH TREE FROM: the files as they are in the tree FROM, and newer than what was made of the others.
unplant() {
	local file

	sed -n 's|^+++ b/||p' "$1" | while read -r file; do
		cp "$3/$file" "$2/$file"
	done
}

# build_planted PATCH TREE FROM KERNEL MODULE: as the file MODULE; prints why not, if not.
build_planted() {
	local built

	if ! plant "$1" "$2" 2>&1; then
		echo "does not apply"
	elif ! built=$(build_in "$2" "$4" 2>&1); then
		echo "$built"
		echo "does not build"
	else
		cp "$built" "$5"
	fi
	unplant "$1" "$2" "$3"
	[[ -e $5 ]]
}
