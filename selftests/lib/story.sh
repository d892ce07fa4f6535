# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Arrays are filled through their names.
# shellcheck disable=SC2034
#
# The story: two clients talk to a server that serves one at a time, a third knocks at the wrong port.
#
#	client [v0 192.168.1.13] -------- [v0 192.168.1.10] server
#
# For users of tpw.sh. After story_set_up and story_play, seven segments have come to the server.

STORY_SEGMENTS=7

# Set by netns_add.
server='' server_pid='' client='' client_pid=''
story_pids=()

story_set_up() {
	netns_add server
	netns_add client
	ip link add v0 netns "$server" type veth peer name v0 netns "$client" || ktap_bail "no veth"
	story_address "$server" 192.168.1.10/24
	story_address "$client" 192.168.1.13/24
	at_exit story_end
}

story_address() {
	ip -n "$1" -batch - <<-EOF || ktap_bail "no address on v0"
	link set v0 addrgenmode none
	address add $2 dev v0
	link set v0 up
	EOF
}

story_end() {
	local pid

	for pid in "${story_pids[@]}"; do
		end_process "$pid"
	done
	story_pids=()
}

# story_run NETNS COMMAND: a shell command there, in the background. The demo prints it.
story_run() {
	story_told "$1" "$2 &"
	# A process group of its own, as a pipeline's members end together.
	ip netns exec "${!1}" setsid bash -c "trap 'trap - TERM; kill 0' TERM; $2 & wait" >> "$TPW_TMP/$1.out" 2>&1 &
	story_pids+=($!)
}

story_told() { :; }

# count_sockets PID STATE: TCP sockets in this state, a number of the kernel's.
count_sockets() {
	local -a lines row
	local line count=0

	mapfile -t lines < "/proc/$1/net/tcp"
	for line in "${lines[@]:1}"; do
		read -ra row <<< "$line"
		[[ ${row[3]} != "$2" ]] || ((++count))
	done
	((count == $3))
}

has_come() {
	local -A now=()
	local insegs

	read_snmp now "$server_pid"
	total insegs now Tcp.InSegs
	((insegs == $1))
}

# Returns when every segment has come that will.
story_play() {
	story_run server "nc -l -k -p 500"
	wait_for 10 count_sockets "$server_pid" 0A 1 || ktap_bail "nc does not listen"
	story_run client "(echo hello; sleep 60) | nc -q 0 -p 54240 192.168.1.10 500"
	wait_for 10 has_come 3 || ktap_bail "the first client does not get through"
	story_run client "(echo hello; sleep 60) | nc -q 0 -p 26813 192.168.1.10 500"
	wait_for 10 has_come 6 || ktap_bail "the second client does not get through"
	story_told client "nc -v -p 56990 192.168.1.10 501"
	inside "$client" timeout 10 nc -v -p 56990 192.168.1.10 501 >> "$TPW_TMP/client.out" 2>&1
	grep -q refused "$TPW_TMP/client.out" || ktap_bail "port 501 was not refused"
	wait_for 10 has_come "$STORY_SEGMENTS" || ktap_bail "nothing came to port 501"
	settle "$server_pid"
}
