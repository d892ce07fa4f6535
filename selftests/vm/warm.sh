# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What nearly every program opens, for the guest to have in its memory from the beginning: to open a file that is the
# host's takes a dozen messages to the host, and a program that starts opens two dozen, most of them of its locale.

# What shell scripts start again and again.
WARM_PROGRAMS=(awk basename bash bc cat chmod cmp comm cp cut date diff dirname env expr false find getconf grep head id
	ip jq kill ln ls mkdir mktemp mount mv nc nproc nsenter od paste pgrep pkill printf ps rm rmdir script sed
	seq setpriv setsid sh sleep sort ss stat sync sysctl tail tee timeout touch tr true umount uname uniq unshare wc
	xargs)
WARM_FILES=(/lib /lib64 /bin /sbin /etc/ld.so.cache /etc/passwd /etc/group /etc/nsswitch.conf /etc/localtime
	/usr/lib/locale/C.utf8 /usr/share/locale/locale.alias)
# Of the tree: what tests start, and what their scripts read.
WARM_TREE=(userspace/tuplewatch selftests/lib)

# warm_begin ROOT: set paths to what there is in it.
warm_begin() {
	local root=$1 file
	local -a programs=()

	for file in "${WARM_PROGRAMS[@]}"; do
		programs+=("$root"/usr/{bin,sbin}/"$file")
	done
	mapfile -t paths < <(
		printf '%s\n' "${programs[@]}" "${WARM_FILES[@]/#/$root}" "${WARM_TREE[@]/#/$root$TOP/}"
		printf '%s\n' "$root"/usr/lib/*/gconv/gconv-modules.cache
		ldd "${programs[@]}" 2>/dev/null | grep -o '/[^ ]*\.so[^ ]*' | sort -u | sed "s|^|$root|"
	)
}

# warm_list ROOT: print it, relative to the root: files with the links to them, and links to directories.
warm_list() {
	local root=$1 path
	local -a paths dirs links targets
	local -A seen=()
	local -i i

	warm_begin "$root/."
	while ((${#paths[@]})); do
		mapfile -t dirs < <(realpath -m -- "${paths[@]%/*}")
		links=()
		for ((i = 0; i < ${#paths[@]}; i++)); do
			path=${dirs[i]%/}/${paths[i]##*/}
			[[ ! ${seen[$path]-} && -e $path ]] || continue
			seen[$path]=yes
			printf '%s\n' "${path#"$root/"}"
			[[ ! -L $path || -d $path ]] || links+=("$path")
		done
		paths=()
		((${#links[@]})) || break
		mapfile -t targets < <(readlink -- "${links[@]}")
		for ((i = 0; i < ${#links[@]}; i++)); do
			path=${targets[i]}
			[[ $path == /* ]] && paths+=("$root/.$path") || paths+=("${links[i]%/*}/$path")
		done
	done
}

# warm_pack ROOT ARCHIVE: without what cannot be read, which is not needed.
warm_pack() { warm_list "${1%/}" | tar -C "$1" -cf "$2" --ignore-failed-read -T - 2>/dev/null; }
