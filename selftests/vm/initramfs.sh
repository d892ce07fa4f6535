# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The initramfs: busybox, our init, and the modules without which the guest cannot reach its root.
# Which further modules those need, and in which order, is modprobe's to say.

INITRAMFS_WANTS=(virtio_pci virtio_console overlay)
declare -A INITRAMFS_SHARES=([9p]="9pnet_virtio 9p" [virtiofs]="virtiofs")

# initramfs_make RELEASE: have .vm/kernels/RELEASE/initramfs.
initramfs_make() {
	local out=$KERNEL_DIR/$1/initramfs

	[[ -e $out && $out -nt $VM_DIR/init && $out -nt $VM_DIR/initramfs.sh && $out -nt $VM_DIR/virtiofs.sh ]] || locked initramfs initramfs_pack "$1"
}

initramfs_pack() (
	release=$1
	dir=$KERNEL_DIR/$release

	tmp=$(mktemp -d "$dir/.initramfs.XXXXXX") && cd "$tmp" || exit 1
	trap 'rm -rf "$tmp"' EXIT
	mkdir bin modules dev proc sys share host upper root &&
		cp "$(initramfs_busybox "$release")" bin/busybox &&
		ln -s busybox bin/sh &&
		install -m 755 "$VM_DIR/init" init || exit 1

	shares_of "$release" > modules/shares
	: > modules/order
	initramfs_modules "$release" > modules/list || exit 1
	while read -r module; do
		name=${module##*/}
		name=${name%%.ko*}.ko
		initramfs_uncompressed "$module" > "modules/$name" || exit 1
		echo "$name" >> modules/order
	done < modules/list

	# Packed beside and renamed: another guest may be reading the old one.
	set -o pipefail
	find . | busybox cpio -o -H newc -R 0:0 > "$dir/initramfs.new" 2>/dev/null &&
		mv "$dir/initramfs.new" "$dir/initramfs"
)

initramfs_busybox() {
	if is_foreign "$1"; then
		echo "$(foreign_root "$(foreign_of "$1")")/bin/busybox"
	else
		command -v busybox
	fi
}

# initramfs_modules RELEASE: print the files to insert, in order.
initramfs_modules() {
	local want list=
	local -a shares

	read -ra shares <<< "${INITRAMFS_SHARES[$(shares_of "$1")]}"
	for want in "${INITRAMFS_WANTS[@]}" "${shares[@]}"; do
		if ! list+=$(modprobe -D -S "$1" -d "$KERNEL_DIR/$1" "$want")$'\n'; then
			say "kernel $1 has no $want, without which a guest cannot reach its root"
			return 1
		fi
	done
	awk '$1 == "insmod" && !seen[$2]++ { print $2 }' <<< "$list"
}

initramfs_uncompressed() {
	case $1 in
	*.xz)  xz -dc "$1" ;;
	*.zst) zstd -dcq "$1" ;;
	*)     cat "$1" ;;
	esac
}
