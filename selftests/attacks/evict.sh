#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whoever fills the tables and the log has only his own rows forgotten: nobody, with sockets, connections and datagrams
# by the thousand, on the host and in namespaces of his, against the rows of root and of another one's container. And
# who comes after him has his share all the same.

. "$(dirname "$0")/common.sh"

CONNECTIONS=$(long_or_short 20000 1500)
SOCKETS=1100			# more than the table of listeners has room for
DATAGRAMS=9000			# more than the log has room for
NAMESPACES=50
PORT=8100
DIR=/proc/net/tuplewatch

# rows FILE: of root's server, all that does not change by itself; closed ones too.
rows() {
	awk -v file="$1" -v port="$PORT" '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && !/^#/ {
			n = split($at["local"], part, ":"); lport = part[n]
			n = file == "connections" ? split($at["foreign"], part, ":") : 0; fport = n ? part[n] : 0
			if ((lport < port || lport > port + 9) && (fport < port || fport > port + 9))
				next
			# A connection in TIME_WAIT ends by itself; how long one has waited grows.
			if (file == "connections" && $at["accepted_ns"] == "-") $at["waited_ns"] = "-"
			print
		}' "$DIR/$1" | sort
}

# known FILE: how many of root's rows have segments.
known() {
	local column

	column=$(awk 'NR == 2 { for (i = 1; i <= NF; i++) if ($i == "segments") print i }' "$DIR/$1")
	rows "$1" | awk -v column="$column" '$column + 0 > 0' | wc -l
}

# remember: how root's rows are before an attack.
remember() {
	rows listeners > "$TPW_TMP/listeners"
	rows connections > "$TPW_TMP/connections"
}

# lost FILE: how many of root's rows are not as they were, and of how many.
lost() {
	local gone all

	gone=$(comm -23 "$TPW_TMP/$1" <(rows "$1") | wc -l)
	all=$(wc -l < "$TPW_TMP/$1")
	echo "$gone of $all"
}

# nothing_lost LABEL LISTENERS CONNECTIONS: root has as many rows, and all of them are as they were.
nothing_lost() {
	ktap_is "$1: root's listeners that changed" "$(lost listeners)" "0 of $2"
	ktap_is "$1: root's connections that changed" "$(lost connections)" "0 of $3"
}

# ---- sockets that do nothing, of one table for all

row_of() {
	awk -v local="0.0.0.0:$1" '
		NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 2 && $at["local"] == local && $at["state"] == "LISTEN" {
			print $at["segments"], $at["syns"], $at["children"], $at["pid"], $at["comm"], $at["cgroup"]
		}' "$DIR/listeners"
}

# hold KIND PORT LABEL: root has a listener with connections, and nobody all those sockets.
hold() {
	local server_pid before

	begin_attack "server-$1" serve "$2" 1 5 0
	server_pid=$attack_pid
	before=$(row_of "$2")
	before="5 5 5 $server_pid attacks ${before##* }"
	begin_attack "hold-$1" -u hold "$1" "$SOCKETS"
	ktap_is "$SOCKETS $3: segments, syns, children, pid, comm, cgroup of root's listener" "$(row_of "$2")" "$before"
	end_attack "$attack_pid"
	end_attack "$server_pid"
}

# Root's listener and its connections come when all places are taken, and root has none that could give way.
late() {
	local cgroup

	tpw_load
	begin_attack hold-late -u hold tcp "$SOCKETS"
	ktap_within "rows of nobody's listeners" "$(grep -c "^tcp .* LISTEN " "$DIR/listeners")" "$SOCKETS" 2000 rows
	begin_attack server-late serve 8084 1 5 0
	read -r _ _ _ _ _ cgroup < <(row_of 8084)
	ktap_is "$SOCKETS TCP listeners of nobody, a listener of root after them" "$(row_of 8084)" \
		"5 5 5 $attack_pid attacks $cgroup"
	end_attack "$attack_pid"
}

sockets() {
	tpw_load
	hold udp 8081 "bound UDP sockets of nobody"
	hold fed 8082 "that got a datagram each"
	hold tcp 8083 "TCP listeners of nobody"
}

# ---- the log

# logged PID: rows that its namespace has in the log.
logged() { grep -c '^[0-9]' "/proc/$1/net/tuplewatch/log"; }

# Each CPU has a ring of its own, and he can go to each.
on_each_cpu() {
	local cpu

	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		taskset -c "$cpu" "$ATTACKS" "$@"
	done
}

# The host's log has what the test wants to find again, and not the attacker's connections.
log() {
	netns_add a
	echo proto=udp > "$DIR/filter"
	attacks datagrams 50 > /dev/null
	ip netns exec "$a" "$ATTACKS" datagrams 50 > /dev/null
	ktap_is "$DATAGRAMS datagrams of nobody on each CPU, in containers" \
		"$(on_each_cpu -u -c datagrams $DATAGRAMS | grep -c "^sent=$DATAGRAMS\$")" "$(nproc)"
	rows_of_log "after them"
}

rows_of_log() {
	ktap_is "$1: rows in the log of the host, of another container" "$(logged self) $(logged "$a_pid")" "50 50"
}

# ---- connections, with small tables

# Of each of five connections both ends are open, and of three both have been closed; the nine further listeners have
# had one each.
LISTENERS=10
OPEN=5
CLOSED=3
ROWS=$((2 * (OPEN + CLOSED + LISTENERS - 1)))

connections() {
	local label="$CONNECTIONS connections of nobody"

	begin_attack server serve $PORT $LISTENERS $OPEN $CLOSED
	server_pid=$attack_pid
	remember
	ktap_is "$label, on the host" "$(attacks -u connections "$CONNECTIONS")" "made=$CONNECTIONS"
	nothing_lost "$label, on the host" $LISTENERS $ROWS
	ktap_is "$label, in a container" "$(attacks -u -c connections "$CONNECTIONS")" "made=$CONNECTIONS"
	nothing_lost "$label, in a container" $LISTENERS $ROWS
	begin_attack hold-100 -u hold tcp 100
	nothing_lost "100 listeners of nobody" $LISTENERS $ROWS
	end_attack "$attack_pid"
}

# ---- many namespaces

many() {
	begin_attack many -u many $NAMESPACES 30
	nothing_lost "$NAMESPACES containers of nobody" $LISTENERS $ROWS
	rows_of_log "$NAMESPACES containers of nobody"
	end_attack "$attack_pid"
	end_attack "$server_pid"
}

# ---- small tables that are full of what lives

late_connections() {
	tpw_load_with max_connections=256 max_listeners=64
	begin_attack hog -u serve 8200 1 300 0
	ktap_is "rows that are taken, with 600 ends of nobody's connections" \
		"$(sed -n '1s/.* held=\([0-9]*\).*/\1/p' "$DIR/connections")" 256
	begin_attack server-late serve $PORT $LISTENERS $OPEN $CLOSED
	# The kernel's sockets have rows anyhow; what they were given is in ours.
	ktap_is "root's listeners, and its connections, that are known after them" \
		"$(known listeners) $(known connections)" "$LISTENERS $ROWS"
	end_attack "$attack_pid"
}

# Set by netns_add.
a='' a_pid=''
begin comm sort wc nproc taskset
ktap_plan 20
sockets
late
tpw_load_with max_connections=256 max_listeners=64
log
connections
many
late_connections
ktap_finish
