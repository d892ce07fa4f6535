# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The machine: QEMU's command line, and whether KVM can be used for it.

# shellcheck disable=SC2054  # the commas are QEMU's
# machine_command RELEASE EXCHANGE_DIR: set the array `machine` to QEMU's command line, by the options
# cpus, threads, avx, mem, icount, append, mode and accel.
machine_command() {
	local release=$1 exchange=$2 cpu=max cmdline program
	local -a enter=()

	# QEMU 7.2's emulated cmpxchg16b corrupts flags when an interrupt arrives in between: a guest with two
	# CPUs would crash for no fault of ours.
	[[ $accel == kvm ]] && cpu=host
	((cpus >= 2)) && [[ $accel == tcg ]] && cpu+=,-cx16
	# What is fast in a CPU and slow in an emulated one: strings copied by the byte, and wide registers to be saved each
	# time that the kernel changes from one process to another. To start a program takes a third less without.
	[[ $accel != tcg ]] || cpu+=,-erms,-fsrm
	[[ $accel != tcg || $avx == yes ]] || cpu+=,-xsave,-avx,-avx2,-f16c,-fma,-vaes,-mpx,-pku

	cmdline="console=ttyS0 loglevel=5 panic=-1 oops=panic reboot=t nokaslr mitigations=off"
	cmdline+=" tsc=reliable no_timer_check random.trust_cpu=on log_buf_len=4M cryptomgr.notests rdinit=/init"
	# Early demux of UDP looks at the first socket in a slot alone, and a guest's memory is worth few hundred slots: in
	# one boot of some hundred, both ends of a test would share one.
	[[ $accel == icount ]] || cmdline+=" uhash_entries=8192"

	! is_foreign "$release" || { machine_foreign "$release" "$exchange"; return; }
	! is_ours "$release" || cmdline+=" $(machine_help_debug | xargs)"

	program=$(machine_qemu qemu-system-x86_64) || return 1
	[[ $(shares_of "$release") != virtiofs ]] || virtiofs_enter "$exchange" || return 1
	machine=(
		"${enter[@]}" "$program" -nodefaults -no-user-config -no-reboot -display none
		-machine "pc,usb=off,vmport=off" -cpu "$cpu" -smp "$cpus" -m "$mem"
		-kernel "$KERNEL_DIR/$release/vmlinux" -initrd "$KERNEL_DIR/$release/initramfs"
		-append "$cmdline $append"
	)
	machine_devices "$release" / "$exchange"
	case $accel in
	kvm)    machine+=(-accel kvm) ;;
	icount) machine+=(-accel tcg,thread=single -icount "shift=0,sleep=off") ;;
	# One host thread for all CPUs: with a thread each, QEMU 7.2 loses the race when the kernel patches its
	# own code (ftrace, kprobes, static keys), and the guest dies of a stale int3 within seconds. A newer one, which
	# --threads asks for, has not been seen to (see qemu.sh).
	*)      machine+=(-accel "tcg,thread=$threads,tb-size=512") ;;
	esac
}

# machine_qemu PROGRAM: print which one to start. Instructions are counted by the machine's own, as in README's numbers.
machine_qemu() {
	if [[ $accel != tcg ]]; then
		echo "$1"
	elif [[ $threads == multi ]]; then
		qemu_for_threads "$1"
	else
		qemu_at_hand "$1"
	fi
}

# machine_foreign RELEASE EXCHANGE_DIR: the same for another architecture, whose root is one of its own.
# shellcheck disable=SC2054
machine_foreign() {
	local release=$1 exchange=$2 program arch
	local -a enter type

	arch=$(foreign_of "$release")
	program=$(machine_qemu "${FOREIGN_QEMU[$arch]}") || return 1
	read -ra type <<< "${FOREIGN_MACHINE[$arch]}"
	foreign_enter "$arch"
	machine=(
		"${enter[@]}" "$program" -nodefaults -no-user-config -no-reboot -display none
		"${type[@]}" -smp "$cpus" -m "$mem"
		-kernel "$KERNEL_DIR/$release/vmlinux" -initrd "$KERNEL_DIR/$release/initramfs"
		-append "console=${FOREIGN_CONSOLE[$arch]} loglevel=5 panic=-1 oops=panic log_buf_len=4M cryptomgr.notests rdinit=/init uhash_entries=8192 $append"
		-accel "tcg,thread=$threads,tb-size=512"
	)
	[[ $accel != icount ]] || machine+=(-icount "shift=0,sleep=off")
	machine_devices "$release" "$(foreign_root "$arch")" "$exchange"
}

# machine_devices RELEASE ROOT_DIR EXCHANGE_DIR: add what reaches the host.
machine_devices() {
	local root=$2 exchange=$3

	machine+=(-chardev "file,id=log,path=$exchange.console" -serial chardev:log -device virtio-serial-pci)
	if [[ $(shares_of "$1") == virtiofs ]]; then
		virtiofs_devices "$exchange"
	else
		machine_nine "$root" "$exchange"
	fi
	if [[ $mode == shell ]]; then
		machine+=(-chardev "stdio,id=out,signal=off" -device virtconsole,chardev=out)
	else
		machine+=(-chardev "file,id=out,path=$exchange.out" -device virtserialport,chardev=out,nr=1)
	fi
}

# machine_nine ROOT_DIR EXCHANGE_DIR: both by 9p.
# shellcheck disable=SC2054
machine_nine() {
	local root=$1 exchange=$2

	machine+=(
		-fsdev "local,id=host,path=$root,security_model=none,multidevs=remap,readonly=on"
		-device virtio-9p-pci,fsdev=host,mount_tag=host
		-fsdev "local,id=share,path=$exchange,security_model=none"
		-device virtio-9p-pci,fsdev=share,mount_tag=share
	)
}

# machine_help_debug: print what a kernel needs in which all takes ten times longer: a clock that it does not measure
# while it is being starved, and no interpreter to route interrupts that nobody uses (virtio has MSI).
machine_help_debug() {
	echo "acpi=noirq"
	awk '/^cpu MHz/ { printf "tsc_early_khz=%d\n", $4 * 1000; exit }' /proc/cpuinfo
}

# machine_accel RELEASE: print kvm or tcg. Where /dev/kvm exists it may still hang every guest, so a guest
# has to have booted with it; the answer is kept as long as the host's kernel stays the same.
machine_accel() {
	local answer

	answer=$CACHE/accel-$(uname -r)
	if is_foreign "$1" || [[ ! -r /dev/kvm || ! -w /dev/kvm ]]; then
		echo tcg
		return
	fi
	[[ -s $answer ]] || locked kvm machine_probe "$1" "$answer"
	cat "$answer"
}

machine_probe() (
	answer=$2
	[[ ! -s $answer ]] || exit 0
	cpus=1 threads=single avx=yes mem=256 append='' mode=command accel=kvm
	probe=$(mktemp -d)
	trap 'rm -rf "$probe" "$probe".*' EXIT
	: > "$probe/probe"
	machine_command "$1" "$probe"
	# In a group, so that the shell's own word on a QEMU that aborts goes nowhere too.
	{ timeout -s KILL 10 "${machine[@]}" < /dev/null; } > /dev/null 2>&1
	if [[ -e $probe/booted ]]; then
		echo kvm > "$answer"
	else
		echo tcg > "$answer"
	fi
	step "probe KVM: using $(cat "$answer")"
)
