# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How a guest reaches the host's directories: by 9p, which QEMU has in itself; by virtiofs, with a daemon each, where the guest's
# kernel has no 9p, as those for clouds.

VIRTIOFSD=(/usr/libexec/virtiofsd /usr/lib/qemu/virtiofsd)

# has_module RELEASE MODULE
has_module() { modprobe -D -S "$1" -d "$KERNEL_DIR/$1" "$2" > /dev/null 2>&1; }

# shares_of RELEASE: print 9p or virtiofs.
shares_of() {
	if has_module "$1" 9pnet_virtio; then
		echo 9p
	else
		echo virtiofs
	fi
}

# virtiofs_daemon: print where it is. It comes with QEMU 7.2, and in a package of its own with later ones.
virtiofs_daemon() {
	local file

	for file in "${VIRTIOFSD[@]}"; do
		[[ ! -x $file ]] || { echo "$file"; return; }
	done
	say "no virtiofsd here, which a guest without 9p needs; run: sudo apt-get install virtiofsd"
	return 1
}

# virtiofs_enter EXCHANGE_DIR: set the array `enter` to what starts QEMU with both daemons. They end with it, as they are its
# children. That of the host's root sees all read-only, and a /run of its own, where it wants to write.
virtiofs_enter() {
	local daemon

	((EUID == 0)) || { say "a guest without 9p needs root's rights here"; return 1; }
	daemon=$(virtiofs_daemon) || return 1
	mkdir -p "$1.fs"
	# shellcheck disable=SC2016,SC2034	# for machine.sh
	enter=(bash -c '
		daemon=$1 exchange=$2
		shift 2
		serve() {
			exec setpriv --pdeathsig TERM "$daemon" --socket-path="$exchange.fs/$1" -o source="$2" -o cache="$3" -o sandbox=chroot
		}
		export -f serve
		export daemon exchange
		setpriv --pdeathsig TERM unshare --mount bash -c "
			mount -t tmpfs run /run && mount --bind \$exchange.fs \$exchange.fs && mount -o remount,ro,bind / && serve host / always
		" > "$exchange.host" 2>&1 &
		serve share "$exchange" none > "$exchange.share" 2>&1 &
		for ((tries = 0; tries < 100; tries++)); do
			[[ ! -S $exchange.fs/host || ! -S $exchange.fs/share ]] || exec "$@"
			sleep 0.1
		done
		cat "$exchange.host" "$exchange.share" >&2
		exit 1
	' virtiofs "$daemon" "$1")
}

# virtiofs_devices EXCHANGE_DIR: add them to the array `machine`. The daemons want to see the guest's memory.
# shellcheck disable=SC2054,SC2154	# the commas are QEMU's; mem is of run
virtiofs_devices() {
	local tag

	machine+=(-object "memory-backend-memfd,id=mem,size=${mem}M,share=on" -numa "node,memdev=mem")
	for tag in host share; do
		machine+=(-chardev "socket,id=$tag,path=$1.fs/$tag" -device "vhost-user-fs-pci,chardev=$tag,tag=$tag")
	done
}
