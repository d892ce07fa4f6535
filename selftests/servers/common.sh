# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Servers as Debian has them: starting them, their clients, and the books of where they are.
#
#	a, clients 10.77.0.1, fd77::1 ---- 10.77.0.2, fd77::2, servers, b

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# shellcheck source=../reader/reader.sh
. "$HERE/../reader/reader.sh"
# shellcheck source=../lib/books.sh
. "$TPW_TESTS/lib/books.sh"

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid='' b='' b_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A before after grown
files=

# begin: the module, the namespaces, and $files, where servers keep theirs
begin() {
	tpw_prepare
	tpw_load
	files=$TPW_TMP/servers
	mkdir "$files"
	netns_add a
	netns_add b
	netns_join "$a" "$b"
}

# books_close PID: since the snapshot "before" of that namespace
books_close() {
	snapshot after "$1"
	delta grown after before
	books_tcp servers grown
	books_udp servers grown
	books_balance servers grown
	books_loss servers grown
}

at_a() { in_netns "$a_pid" "$HERE/endpoint" "$@"; }

# start NETNS-PID NAME COMMAND...: it leaves its number in $files/NAME.pid
start() {
	local pid=$1 name=$2
	shift 2

	nsenter --net="/proc/$pid/ns/net" "$@" > "$files/$name.out" 2>&1 &
	starter=$!
	wait "$starter" || ktap_bail "$name: $(< "$files/$name.out")"
	wait_for 30 test -s "$files/$name.pid" || ktap_bail "$name does not start"
	at_exit kill_quietly "$(< "$files/$name.pid")"
}

# start_client NAME WORD...: endpoint, which goes on; its process is in client_pid
start_client() {
	local name=$1
	shift

	: > "$TPW_TMP/$name"
	nsenter --net="/proc/$a_pid/ns/net" "$HERE/endpoint" "$@" > "$TPW_TMP/$name" 2>&1 &
	client_pid=$!
	at_exit kill_quietly "$client_pid"
	wait_for 30 test -s "$TPW_TMP/$name" || ktap_bail "endpoint $*: $(< "$TPW_TMP/$name")"
}

# accepted PORT: the same, as "who" tells of its listeners
accepted() {
	reader "$b_pid" who ":$1" 2> /dev/null | sed -n 's/^  accepted  [0-9]*: \([^;]*\);.*/\1/p' | tr ',' '\n' |
		awk '{ n[$3] += $1 } END { for (pid in n) print pid ":" n[pid] }' | sort -n | paste -sd,
}

have_gone() {
	local pid

	for pid; do
		is_gone "$pid" || return 1
	done
}
