# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154	# of lib.sh and claims.sh
#
# Addresses and devices.

claim loopback_rows 2
# Story, "The first client": two ways to a row 127.0.0.1 with another address as its foreign end.
loopback_rows() {
	serve_on -s 127.0.0.1:82
	start server "quicknet -b 192.168.1.10:40009 -t 127.0.0.1:82 -w 600"
	wait_until "the host's own client" has_rows 1 server 127.0.0.1:82 192.168.1.10:40009 ESTABLISHED
	ktap_is "127.0.0.1 and the host's other address, tuplewatch's row" \
		"$(column server connections state local=127.0.0.1:82 foreign=192.168.1.10:40009)" ESTABLISHED
	inside server sysctl -qw net.ipv4.conf.v0.route_localnet=1
	inside server nft 'add table ip n; add chain ip n p { type nat hook prerouting priority -100; }; add rule ip n p tcp dport 81 dnat to 127.0.0.1:82'
	start client "quicknet -b 192.168.1.13:40001 -t 192.168.1.10:81 -w 600"
	wait_until "a client by DNAT" has_rows 1 server 127.0.0.1:82 192.168.1.13:40001 ESTABLISHED
	ktap_is "127.0.0.1 and another host's address, by DNAT, tuplewatch's row" \
		"$(column server connections asked local=127.0.0.1:82 foreign=192.168.1.13:40001)" 192.168.1.10:81
	inside server nft delete table ip n
	inside server sysctl -qw net.ipv4.conf.v0.route_localnet=0
}

claim twins 5
# Story, "Five elements": on two devices, the same five twice.
twins() {
	local dev host
	local -a accepted=()

	for dev in v0 v1; do
		host=client
		[[ $dev == v0 ]] || host=twin
		serve_on -r -d "$dev" -s 0.0.0.0:83
		start "$host" "quicknet -b 192.168.1.13:40083 -t 192.168.1.10:83 -p $dev -w 600"
		accepted+=("$TPW_TMP/server.$((lab_started - 1)):$dev")
	done
	wait_until "two rows that are the same" has_rows 2 server 192.168.1.10:83 192.168.1.13:40083 ESTABLISHED
	for dev in "${accepted[@]}"; do
		wait_until "its bytes" printed "${dev%:*}" "read 2 bytes"
		ktap_is "a twin on ${dev##*:}, what its server reads" \
			"$(sed -n "s/.* read 2 bytes '\(..\)'.*/\1/p" "${dev%:*}")" "${dev##*:}"
		ktap_is "a twin on ${dev##*:}, its device in connections" "$(column server connections dev \
			"cookie=$(sed -n 's/.* accept .*cookie=\([0-9a-f]*\) .*/\1/p' "${dev%:*}")")" "${dev##*:}"
	done
	ktap_is "twins, as the reader shows them" \
		"$(inside server tuplewatch connections -H dport = :40083 | awk '{ print $2 }' | sort | xargs)" \
		"192.168.1.10%v0:83 192.168.1.10%v1:83"
}

claim rp_filter 1
# INSTRUCTOR.md, lab 5: rp_filter looks at the source, not at the device that has the destination.
rp_filter() {
	inside server sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.v0.rp_filter=1 net.ipv4.conf.v2.rp_filter=1
	ip -n side route add 192.168.1.10 via 10.0.0.1
	serve_on -s 192.168.1.10:84
	inside side quicknet -q -b 10.0.0.2:40084 -w 0 -t 192.168.1.10:84
	ktap_is "rp_filter=1, a neighbour at v2 asks for v0's address: device of its SYN, what it matched" \
		"$(column server log dev foreign=10.0.0.2:40084 flags=S) $(column server log match foreign=10.0.0.2:40084 flags=S)" \
		"v2 listener"
	inside server sysctl -qw net.ipv4.conf.all.rp_filter=0
}

