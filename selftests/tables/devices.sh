#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The column "dev" of connections against SO_BINDTODEVICE: of two connections with the same five-tuple on two
# devices, of clients, UDP, link-local addresses; of those that are closed, and of those older than the module.

. "$(dirname "$0")/../lib/tpw.sh"

# Set by netns_add.
# shellcheck disable=SC2034
s='' s_pid='' l='' l_pid='' r='' r_pid=''
output=$TPW_TMP/devices

# cable DEVICE NAMESPACE: from the server, to one that has the same addresses on each.
cable() {
	ip link add "$1" netns "$s" type veth peer name v0 netns "$2" || ktap_bail "no veth"
	ip -n "$s" -batch - <<-EOF || ktap_bail "no address on $1"
	link set $1 addrgenmode none
	address add 10.78.0.1/24 dev $1
	address add fe80::1/64 dev $1 nodad
	link set $1 up
	EOF
	ip -n "$2" -batch - <<-EOF || ktap_bail "no address of the client"
	link set v0 addrgenmode none
	address add 10.78.0.2/24 dev v0
	address add fe80::2/64 dev v0 nodad
	link set v0 up
	EOF
	netns_settle "$s" "$2"
}

has_said() { grep -qs "^$1" "$output"; }

begin() {
	coproc python3 "$TPW_TESTS/tables/devices.py" "/proc/$s_pid/ns/net" "/proc/$l_pid/ns/net" "/proc/$r_pid/ns/net" > "$output"
	wait_for 30 has_said ready || ktap_bail "no sockets"
	settle "$s_pid" "$l_pid" "$r_pid"
}

close_all() {
	echo >&"${COPROC[1]}"
	wait_for 10 has_said closed || ktap_bail "nothing is closed"
	settle "$s_pid" "$l_pid" "$r_pid"
}

end() {
	local pid=$COPROC_PID

	echo >&"${COPROC[1]}"
	wait "$pid"
}

# devices [FILE]: "NAME=DEVICE:STATE" of each socket, by its cookie, in the tables of its namespace.
devices() {
	local files=("/proc/$s_pid/net/tuplewatch/connections" "/proc/$l_pid/net/tuplewatch/connections")

	((!$#)) || files=("$1")
	awk '
		FNR == NR { if (NF == 2) name[$2] = $1; next }
		FNR == 2  { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["cookie"] in name { print name[$at["cookie"]] "=" $at["dev"] ":" $at["state"] }
	' "$output" "${files[@]}" | sort | paste -sd ' '
}

live="client=v0:ESTABLISHED link-local=v0:ESTABLISHED plain=-:ESTABLISHED twin-v0=v0:ESTABLISHED twin-v1=v1:ESTABLISHED \
udp=v1:ESTABLISHED"
# Of all namespaces, nobody looks for the device of one that is closed.
closed_all="client=?:CLOSED link-local=?:CLOSED plain=-:CLOSED twin-v0=?:CLOSED twin-v1=v1:TIME_WAIT udp=?:CLOSED"
closed="client=v0:CLOSED link-local=v0:CLOSED plain=-:CLOSED twin-v0=v0:CLOSED twin-v1=v1:TIME_WAIT udp=v1:CLOSED"

# dev of all rows of the server, for a user who may see none of them.
hidden() {
	inside "$s" setpriv --reuid=65534 --regid=65534 --clear-groups cat /proc/net/tuplewatch/connections |
		awk 'NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i } NR > 2 { print $at["dev"] }' | sort | uniq -c | xargs
}

require_root
require_tools ip python3 setpriv
tpw_prepare
netns_add s
netns_add l
netns_add r
cable v0 "$l"
cable v1 "$r"
tpw_load

ktap_plan 7
begin
ktap_is "live, devices" "$(devices)" "$live"
ktap_is "live, of all namespaces" "$(devices /proc/net/tuplewatch/all/connections)" "$live"
ktap_is "without rights" "$(hidden)" "5 hidden"
close_all
ktap_is "closed, devices" "$(devices)" "$closed"
ktap_is "closed, of all namespaces" "$(devices /proc/net/tuplewatch/all/connections)" "$closed_all"
end

begin
tpw_load
ktap_is "older than the module, devices" "$(devices)" "$live"
close_all
# Of those that nothing came in for there is no row.
ktap_is "older than the module, closed, devices of twins" \
	"$(devices | grep -o 'twin[^ ]*' | xargs)" "twin-v0=v0:CLOSED twin-v1=v1:TIME_WAIT"
end
ktap_finish
