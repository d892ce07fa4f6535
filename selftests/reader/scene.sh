# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Scenes of the README, with real sockets; each begins with two empty namespaces.
#
#	client [v0 192.168.1.13] -------- [v0 192.168.1.10] server
#
# For users of reader.sh.

# Set by netns_add.
client='' client_pid='' server='' server_pid=''

# scene_set_up: both namespaces, anew; what sat in the old ones is ended
scene_set_up() {
	scene_end
	netns_add server
	netns_add client
	ip link add v0 netns "$server" type veth peer name v0 netns "$client" || ktap_bail "no veth"
	scene_address "$server" 192.168.1.10/24
	scene_address "$client" 192.168.1.13/24
}

scene_address() {
	ip -n "$1" -batch - <<-EOF || ktap_bail "no address on v0"
	link set v0 addrgenmode none
	address add $2 dev v0
	link set v0 up
	EOF
}

scene_end() {
	local pid

	for pid in "${scene_pids[@]}"; do
		end_process "$pid"
	done
	scene_pids=()
	[[ ! $server ]] || netns_delete "$server"
	[[ ! $client ]] || netns_delete "$client"
}
scene_pids=()

# scene_peer NAME PROGRAM NETNS-PID WORD...: peer as a program of that name
scene_peer() {
	local name=$1 program=$2 pid=$3
	shift 3

	ln -sf "$READER_DIR/peer" "$TPW_TMP/$program"
	start_peer_as "$TPW_TMP/$program" "$name" "$pid" "$@"
	scene_pids+=("$peer_pid")
}

# Two workers on port 8080; the client from port 54240 gets the second. Which one that is, is decided by a hash
# that each namespace has of its own.
scene_who() {
	until scene_set_up
		scene_peer workers app "$server_pid" listen 0.0.0.0 8080 members=2
		scene_peer client curl "$client_pid" connect 192.168.1.10 8080 1 hold=1 turns=3 from=54240
		wait_for 10 count_accepted workers 1 || ktap_bail "nobody accepts"
		[[ $(words workers accepted pid) == $(words workers listener member pid | sed -n 's/^2 //p') ]]
	do
		:
	done
}

# The places in the table of listeners where a search for one of these addresses looks.
buckets() {
	local address

	for address; do
		reader "$server_pid" explain -jH tcp 192.168.1.13:1 "$address:5432" dev v0
	done | jq -r 'select(.row == "step" and (.name | tostring | startswith("listener"))) | .bucket' | sort -u
}

# A service that listens for its own host only. In one namespace of a few hundred it stands where other addresses
# are looked for as well, and is shown as passed over: not in one of these.
scene_refused() {
	until scene_set_up
		scene_peer database postgres "$server_pid" listen 127.0.0.1 5432
		(($(buckets 127.0.0.1 192.168.1.10 | wc -l) == 3))
	do
		:
	done
	in_netns "$client_pid" timeout 10 nc -p 56990 192.168.1.10 5432 < /dev/null > /dev/null 2>&1
	settle "$server_pid"
}

# Two workers, a server that serves one client at a time, and a port where nobody listens.
scene_graph() {
	scene_set_up
	scene_peer workers app "$server_pid" listen 0.0.0.0 8080 members=2 only=2
	scene_peer client curl "$client_pid" connect 192.168.1.10 8080 3 hold=1 from=54240
	in_netns "$server_pid" nc -l -k -p 500 > /dev/null 2>&1 &
	scene_pids+=($!)
	wait_for 10 is_listening 500 || ktap_bail "nc does not listen"
	scene_peer waiting curl "$client_pid" connect 192.168.1.10 500 2 hold=1 turns=0 from=26813
	in_netns "$client_pid" timeout 10 nc -p 56990 192.168.1.10 501 < /dev/null > /dev/null 2>&1
	settle "$server_pid"
}

is_listening() { grep -q "$(printf ':%04X 0*:0000 0A' "$1")" "/proc/$server_pid/net/tcp"; }

# Four workers, of which a BPF program that was written for three chooses.
scene_starving() {
	scene_set_up
	scene_peer workers app "$server_pid" listen 0.0.0.0 8443 members=4 only=3
	scene_peer client curl "$client_pid" connect 192.168.1.10 8443 60 hold=1 from=42000
	wait_for 10 count_accepted workers 60 || ktap_bail "not all connections were accepted"
	settle "$server_pid"
}
