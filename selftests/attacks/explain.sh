#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Questions of nobody run where nobody may, and not without end: the CPU that he names does nothing for him, he gets so
# many answers and then EAGAIN, and root's questions are answered meanwhile.

. "$(dirname "$0")/common.sh"

SOCKETS=2000
PORT=5300
FLOOD_MS=2000
ROUNDS=3
JIFFIES=25			# of two hundred, that the other CPU may do more by chance
QUESTIONS=20			# of root's
PER_SECOND=500			# answers that are more than anybody needs

# No search at all: so many can be asked on any machine.
QUICK="udp 127.0.0.1:1 224.0.0.1:5300"
QUESTION="udp 127.0.0.1:1 127.0.0.1:$PORT"

# busy VARIABLE CPU: jiffies in which it did anything.
busy() {
	local -a line

	# user, nice, system, idle, iowait, irq, softirq
	while read -ra line; do
		[[ ${line[0]} != "cpu$2" ]] ||
			printf -v "$1" %d $((line[1] + line[2] + line[3] + line[6] + line[7]))
	done < /proc/stat
}

# flood WORD...: nobody asks on CPU 0 as fast as he can; sets grown to the jiffies that CPU 1 was busy, said to what
# came of it.
flood() {
	local before after

	busy before 1
	said=$(taskset -c 0 "$ATTACKS" "$@")
	busy after 1
	grown=$((after - before))
	ktap_diag "$said, cpu 1 busy for $grown jiffies"
}

# least VARIABLE WORD...: of some rounds, since a machine has other things to do as well.
least() {
	local name=$1 round
	shift

	printf -v "$name" 1000000
	for ((round = 0; round < ROUNDS; round++)); do
		flood "$@"
		((grown >= ${!name})) || printf -v "$name" %d "$grown"
	done
}

other_cpu() {
	local own other

	if (($(nproc) < 2)); then
		ktap_skip "CPU 1 is busy for nobody" "one CPU"
		return
	fi
	least own -u explain $FLOOD_MS "$QUESTION cpu 0"
	least other -u explain $FLOOD_MS "$QUESTION cpu 1"
	ktap_within "jiffies of CPU 1 while nobody on CPU 0 asks about CPU 1" "$other" 0 $((own + JIFFIES)) \
		"about CPU 0: $own, about CPU 1:"
}

bounded() {
	local answered again refused

	flood -u explain $FLOOD_MS "$QUICK"
	value answered answered "$said"
	value again again "$said"
	value refused refused "$said"
	ktap_within "questions of nobody in $FLOOD_MS ms that were answered" "$answered" 1 \
		$((PER_SECOND * FLOOD_MS / 1000)) "of $((answered + again + refused))"
	ktap_within "that ended with EAGAIN" "$again" 1 1000000000 questions
	ktap_is "that ended with another error" "$refused" 0
}

# Root's questions, while nobody asks from each CPU.
in_time() {
	local cpu answered again slowest_ms
	local -a pids=()

	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		taskset -c "$cpu" "$ATTACKS" -u explain 60000 "$QUESTION" > /dev/null &
		pids+=($!)
	done
	said=$("$ATTACKS" explain 60000 "$QUESTION" $QUESTIONS)
	ktap_diag "root: $said"
	value answered answered "$said"
	value again again "$said"
	value slowest_ms slowest_ms "$said"
	ktap_is "root's questions meanwhile that were answered, that ended with EAGAIN" "$answered $again" "$QUESTIONS 0"
	ktap_within "the slowest of them" "$slowest_ms" 0 $((1000 * ${TPW_PATIENCE:-1})) ms
	for cpu in "${pids[@]}"; do
		end_process "$cpu"
	done
}

begin taskset nproc
ktap_plan 6
tpw_load
# As long as there is little to search, so that there are many questions in that time.
bounded
begin_attack group -u group $PORT $SOCKETS
other_cpu
in_time
ktap_finish
