#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tuplewatch save, --from and --by: what is read from saved files is what the module showed; nothing waits and nothing
# is pinned meanwhile. And programs that walk through the module's files come to an end.

. "$(dirname "$0")/reader.sh"

CLIENTS=24
REFUSED=5
# What a program that hangs may take
LIMIT=30

# Set by netns_add.
# shellcheck disable=SC2034
a='' a_pid=''
# Filled through their names.
# shellcheck disable=SC2034
declare -A now
seen=0

set_up() {
	tpw_load
	netns_add a
	start_peer server "$a_pid" listen 127.0.0.1 7070 members=2
	start_peer client "$a_pid" connect 127.0.0.1 7070 $CLIENTS hold=1
	wait_for 10 count_accepted server $CLIENTS || ktap_bail "not all connections were accepted"
	in_netns "$a_pid" "$TPW_TESTS/basic/traffic" refused 127.0.0.1 7071 $REFUSED || ktap_bail "no traffic"
	settle "$a_pid"
	snapshot now "$a_pid"
	total seen now 'seen.*'
	netns=$(stat -Lc %i "/proc/$a_pid/ns/net")
	dir=$TPW_TMP/dir
	tar=$TPW_TMP/file.tar
}

# from SAVED COMMAND...: what the reader prints
from() { "$READER" --from "$@" 2>&1; }

# What save takes: all files but the two that only a running kernel has, the page, and what explains them
wanted_files() {
	(
		cd "/proc/$a_pid/net/tuplewatch" && find . -type f -printf '%P\n' | grep -vx 'log_pipe\|explain'
		printf '%s\n' tuplewatch saved sysctls
	) | sort
}

# noted NAME: the value in the file "saved"
noted() { awk -v name="$1" '$1 == name { print $2 }' "$dir/saved"; }

test_save() {
	local began=$EPOCHREALTIME said began_ns backend

	backend=$(< "$TPW_PARAMETERS/backend")
	said=$(reader "$a_pid" save "$dir")
	ktap_is "save, what it says" "${said%% of *}" "$dir: $(grep -c . <(wanted_files | grep -vx 'saved\|sysctls')) files"
	ktap_test "save FILE.tar" reader "$a_pid" save "$tar"
	same "saved files" "$(cd "$dir" && find . -type f ! -name nft -printf '%P\n' | sort)" "$(wanted_files)"
	same "files in the archive" "$(tar -tf "$tar" | grep -vx 'nft\|.*/' | sort)" "$(wanted_files)"
	ktap_is "for their owner only" "$(stat -c %a "$dir" "$dir/log" "$tar" | line)" 700,600,600
	ktap_is "nothing left beside them" "$(find "$TPW_TMP" -maxdepth 1 \( -name 'dir.*' -o -name 'file.tar.*' \))" ""
	ktap_is "namespace" "$(sed -n '1s/.* netns=\([0-9]*\).*/\1/p' "$dir/saved")" "$netns"
	began_ns=$(sed -n '1s/.* now_ns=\([0-9]*\) .* wall_offset_ns=\([0-9]*\)$/\1 \2/p' "$dir/saved" |
		awk '{ printf "%d", ($1 + $2) / 1e9 }')
	ktap_within "the clock on the wall" "$began_ns" "$((${began%.*} - 1))" "$((${began%.*} + 60))" s
	ktap_is "kernel, module, backend" "$(noted kernel) $(noted module) $(noted parameter:backend)" \
		"$(uname -r) $(< /sys/module/tuplewatch/version) ${backend:--}"
	ktap_is "a sysctl" "$(sed -n 's/^net.core.somaxconn = //p' "$dir/sysctls")" \
		"$(in_netns "$a_pid" cat /proc/sys/net/core/somaxconn)"
	echo mine > "$TPW_TMP/mine.tar"
	ktap_is "what is there is not overwritten" "$(reader "$a_pid" save "$TPW_TMP/mine.tar" 2>&1; cat "$TPW_TMP/mine.tar")" \
		"tuplewatch: $TPW_TMP/mine.tar: is there already, and is not overwritten"$'\n'mine
}

# The numbers that the module showed, and shows still: nothing has come since.
test_from() {
	local command saved

	for saved in "$dir" "$tar"; do
		for command in connections listeners log refused counters hooks; do
			same "$command from ${saved##*/}, as the module has it" \
				"$(from "$saved" "$command" -jH | rows_of "$command")" \
				"$(reader "$a_pid" "$command" -jH | rows_of "$command")"
		done
	done
	ktap_is "rows of the log" "$(from "$tar" log -H -O | wc -l)" "$seen" "" seen
	ktap_is "follow, of what ends" "$(from "$tar" follow)" \
		"tuplewatch: $tar/log_pipe: No such file or directory; what is saved ends: see log"
}

# What the clock does not change
rows_of() {
	case $1 in
	connections) jq -c '[.cookie, .segments, .early_demux, .accepted_ns, .pid, .listener_cookie]' | sort ;;
	listeners) jq -c '[.cookie, .segments, .children, .pid, .share]' | sort ;;
	hooks) jq -c '[.hook, .state]' ;;
	refused) jq -c '[.local_port, .count, .last_ns]' ;;
	*) cat ;;
	esac
}

test_ages() {
	local before after live

	before=$(from "$tar" refused; from "$dir" who "127.0.0.1:7070")
	live=$(reader "$a_pid" refused)
	tpw_pause 2.5
	after=$(from "$tar" refused; from "$dir" who "127.0.0.1:7070")
	same "ages are those of when it was saved" "$after" "$before"
	ktap_is "and those of the module go on" "$([[ $(reader "$a_pid" refused) != "$live" ]] && echo yes)" yes
}

# page_rows FILE: those that a page has
page_rows() { sed -n '/ id="data">$/,/^<\/script>/p' "$1" | grep '^{'; }

# Of the running kernel, with a question, and of files that somebody has copied
test_report() {
	local page=$TPW_TMP/live.html question="tcp 127.0.0.1:9 127.0.0.1:7070"

	# shellcheck disable=SC2086	# words
	ktap_is "report, what it says" "$(reader "$a_pid" report -o "$page" $question)" "$page: $seen segments, $(
		reader "$a_pid" connections -aH -O | wc -l) connections, $(reader "$a_pid" listeners -aH -O | wc -l) listeners; open it in a browser"
	same "report, its segments" "$(page_rows "$page" | jq -c 'select(has("seq"))')" "$(from "$tar" log -jH | jq -c .)"
	# shellcheck disable=SC2086
	same "report, the answer" "$(page_rows "$page" | jq -c 'select(.row == "result") | [.cookie, .fate]')" \
		"$(reader "$a_pid" explain -jH $question | jq -c 'select(.row == "result") | [.cookie, .fate]')"
	ktap_is "report --from, of what was saved" "$(from "$tar" report | grep -c '^{"time"')" "$seen" "" seen
}

# sum_of KEY: over lines of JSON
sum_of() { jq -s "map(.$1 // 0) | add"; }

test_by() {
	ktap_is "connections --by state" "$(reader "$a_pid" connections --by state -jH state established | jq -c .)" \
		"{\"state\":\"ESTABLISHED\",\"rows\":$((2 * CLIENTS)),\"segments\":$(
			reader "$a_pid" connections -jH state established | sum_of segments)}"
	ktap_is "connections --by port, the server's" \
		"$(reader "$a_pid" connections --by port -jH | jq -c 'select(.port == 7070) | .rows')" $CLIENTS
	same "connections --by pid, as accepted" \
		"$(reader "$a_pid" connections --by pid -jH sport = :7070 | jq -r '"\(.rows) \(.pid)"' | sort)" \
		"$(words server accepted pid | uniq -c | awk '{ print $1, $2 }' | sort)"
	ktap_is "log --by via, all segments" "$(reader "$a_pid" log --by via -jH | sum_of rows)" "$seen" "" seen
	ktap_is "log --by outcome, those refused" \
		"$(reader "$a_pid" log --by outcome -jH | jq 'select(.outcome == "refused") | .rows')" $REFUSED
	ktap_is "log --by port from the archive" \
		"$(from "$tar" log --by port -jH | jq 'select(.port == 7071) | .rows')" $REFUSED
	start_follow counted "$a_pid" --by outcome -j -c 3 outcome = refused
	in_netns "$a_pid" "$TPW_TESTS/basic/traffic" refused 127.0.0.1 7071 $REFUSED
	wait "$follow_pid"
	ktap_is "follow -c 3 --by outcome" "$(< "$TPW_TMP/counted")" '{"outcome":"refused","rows":3}'
}

# ends COMMAND...: before the limit, and its exit status
ends() {
	timeout -k 1 $LIMIT "$@" > "$TPW_TMP/walk" 2>&1
	echo "$?"
}

refcnt_is() { (($(< /sys/module/tuplewatch/refcnt) == $1)); }

# A reader in the background, whose refcnt says whether it pins the module.
pins() {
	local status

	"$@" > "$TPW_TMP/pipe" 2>&1 &
	at_exit kill_quietly $!
	wait_for 10 refcnt_is 1
	status=$?
	end_process $!
	return "$status"
}

open_without_links() {
	perl -MFcntl -e 'sysopen(my $file, $ARGV[0], O_RDONLY | O_NOFOLLOW) or die; print while <$file>; print "the end\n";
		open(my $count, "<", "/sys/module/tuplewatch/refcnt"); print "refcnt ", <$count>;' "$1"
}

test_walks() {
	local files=/proc/$a_pid/net/tuplewatch pipe

	pipe=$files/log_pipe
	ktap_is "cp -r ends" "$(ends cp -r "$files" "$TPW_TMP/copy")" 0
	same "cp -r, all files" "$(cd "$TPW_TMP/copy" && find . -type f -printf '%P\n' | sort)" \
		"$(cd "$files" && find . -type f -printf '%P\n' | sort)"
	same "cp -r, log_pipe: its two lines" "$(sed 's/ log_pipe / log /' "$TPW_TMP/copy/log_pipe")" \
		"$(head -n 2 "$TPW_TMP/copy/log")"
	ktap_is "the copy is read" "$(from "$TPW_TMP/copy" log -H -O | wc -l)" "$(from "$files" log -H -O | wc -l)"
	ktap_is "and made a page of" "$(from "$TPW_TMP/copy" report | grep -c '^{"time"')" "$(from "$TPW_TMP/copy" log -H -O | wc -l)"
	ktap_is "cp -r of the initial namespace, with all/" "$(ends cp -r /proc/net/tuplewatch/. "$TPW_TMP/copy_of_all")" 0
	ktap_is "grep -r ends" "$(ends grep -r no-such-word "$files")" 1
	ktap_is "grep -r has nothing to say" "$(< "$TPW_TMP/walk")" ""
	ktap_is "opened with O_NOFOLLOW: two lines, the end, nothing pinned" \
		"$(timeout $LIMIT bash -c "$(declare -f open_without_links); open_without_links $pipe" | sed 1,2d | line)" "the end,refcnt 0"
	ktap_is "cat waits" "$(timeout 2 cat "$pipe" > "$TPW_TMP/pipe"; echo "$? $(wc -l < "$TPW_TMP/pipe")")" "124 2"
	ktap_test "and pins the module" pins cat "$pipe"
	ktap_test "afterwards nothing does" wait_for 10 refcnt_is 0
}

require_tools ip jq traffic nsenter tar perl timeout
tpw_prepare
ktap_plan 50
set_up
test_save
test_from
test_ages
test_report
test_by
test_walks
ktap_finish
