# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Guests that run tests, some at a time, and their results in order as one KTAP document. Who sources this sets
# jobs, guest_timeout and first_result, and calls begin_batch. TESTS: only programs with one of these words in their name.
#
# shellcheck disable=SC2034,SC2154

labels=() commands=()
# Groups of processes that a signal to us must end.
running=()
read -ra only <<< "${TESTS-}"

# wanted PROGRAM
wanted() {
	local word

	((${#only[@]})) || return 0
	for word in "${only[@]}"; do
		[[ $1 != *"$word"* ]] || return 0
	done
	return 1
}

# guests_at_a_time: one more than CPUs, since a guest waits for a third of its time; less if memory is short.
guests_at_a_time() {
	awk -v cpus="$(nproc)" '
		/^MemAvailable:/ { most = int($2 / 2097152) }
		END { most = most < cpus + 1 ? most : cpus + 1; print most < 1 ? 1 : most }' /proc/meminfo
}

end_batch() {
	((${#running[@]} == 0)) || kill -- "${running[@]}" 2>/dev/null
	rm -rf "$work"
}

# begin_batch NAME: a directory of that name for what comes, work, until we end, however that is.
begin_batch() {
	work=$(mktemp -d "${TMPDIR:-/tmp}/tuplewatch-$1.XXXXXX") || exit 1
	trap end_batch EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# plan_guest LABEL KERNEL BACKEND OPTIONS PROGRAM...; its tests do less if short is set.
plan_guest() {
	local label=$1 kernel=$2 backend=$3 options=$4
	shift 4
	labels+=("$label")
	commands+=("$(printf '%q ' env TPW_BACKEND="$backend" TPW_SHORT="${short-}" "$VM_DIR/run" --kernel "$kernel" \
		--timeout "$guest_timeout") $options $(printf '%q ' -- "$VM_DIR/guest-tests" "$@")")
}

# print_guest INDEX STATUS: its output as a subtest, and the result.
print_guest() {
	local label=${labels[$1]} why

	echo "# Subtest: $label"
	sed 's/^/  /' "$work/guest.$1"
	case $2 in
	0) echo "ok $(($1 + first_result)) $label"; return ;;
	1) why="" ;;
	"$EXIT_REPORT")   why=" # report in the kernel's log" ;;
	"$EXIT_TIMEOUT")  why=" # TIMEOUT $guest_timeout seconds" ;;
	"$EXIT_NO_GUEST") why=" # the guest crashed" ;;
	*)                why=" # exit=$2" ;;
	esac
	echo "not ok $(($1 + first_result)) $label$why"
}

tell() { tee -a "$work/all"; }

note_running() {
	running=("${!guest_of[@]}")
	running=("${running[@]/#/-}")
}

# start_guest INDEX: in a group of its own, as some start guests themselves.
start_guest() {
	step "guest: ${labels[$1]}"
	set -m
	eval "exec ${commands[$1]}" > "$work/guest.$1" 2>&1 < /dev/null &
	set +m
	guest_of[$!]=$1
	note_running
}

# Runs the guests, some at a time, and prints them in order.
run_guests() {
	local -i started=0 printed=0
	local -a status=()
	local -A guest_of=()
	local pid ended index

	while ((printed < ${#commands[@]})); do
		while ((started < ${#commands[@]} && ${#guest_of[@]} < jobs)); do
			start_guest "$((started++))"
		done
		wait -n -p pid "${!guest_of[@]}"
		ended=$?
		index=${guest_of[$pid]}
		status[index]=$ended
		unset "guest_of[$pid]"
		note_running
		while [[ ${status[printed]-} ]]; do
			print_guest "$printed" "${status[printed]}" | tell
			((++printed))
		done
	done
}
