#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What `tuplewatch listeners --audit` says of listeners, against what segments do: from this host and from
# another one, to each address, from each CPU and many ports. Who is said to get nothing gets nothing, and
# all others get something.
#
#	client [v0 192.168.1.13] -------- [v0 192.168.1.10] server

dir=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../lib/tpw.sh
. "$dir/../lib/tpw.sh"

reader=$TPW_TESTS/../userspace/tuplewatch
# Set by netns_add.
client='' server=''

# Name, socket, and which of them it stands behind, if it can get nothing.
sockets=(
	"alone|127.0.0.1:501|"
	"bound to lo, before one that is not|0.0.0.0%lo:502,r|2"
	"not bound to a device, after one that is|0.0.0.0:502,r|"
	"not bound to a device, before one that is|0.0.0.0:503,r|"
	"bound to lo, after one that is not|0.0.0.0%lo:503,r|"
	"any, beside an exact one|0.0.0.0:504,r|"
	"exact|127.0.0.1:504,r|"
	"member for CPU 0|0.0.0.0:505,r,c0|"
	"member for CPU 1|0.0.0.0:505,r,c1|"
	"member for no CPU, while all have one|0.0.0.0:505,r|7 8"
	"IPv4, beside IPv6|0.0.0.0:507,r|"
	"dual-stack, behind IPv4, has IPv6|[::]:507,r|"
	"IPv6 only|[::]:508,6|"
	"bound to v0, beside lo|0.0.0.0%v0:509|"
	"bound to lo, beside v0|0.0.0.0%lo:509|"
	"udp, first of two|udp/0.0.0.0:510,a|16"
	"udp, second of two|udp/0.0.0.0:510,a|"
	"udp, bound to lo: more points|udp/0.0.0.0%lo:511,a|"
	"udp, to no device|udp/0.0.0.0:511,a|"
)
# Without that, the hash chooses among all.
kernel_is_since 6.1 || sockets[9]=${sockets[9]%|*}"|"
# Who of a group gets how much is up to its hash, and to its program.
members=8
groups=("udp/0.0.0.0:512,r,b1" "udp/0.0.0.0:512,r")
for ((i = 0; i < members; i++)); do
	groups+=("[::]:506,r")
done
# From each CPU to each address; from the client to one of each family, from the server to two.
count=4
cpus=$(nproc)
per_family=$((3 * count * cpus))

add_ends() {
	local end

	ip link add v0 netns "$server" type veth peer name v0 netns "$client" || ktap_bail "no veth"
	for end in "$server 10" "$client 13"; do
		ip -n "${end% *}" -batch - <<-END || ktap_bail "no address on v0"
		address add 192.168.1.${end#* }/24 dev v0
		address add fd77::${end#* }/64 dev v0 nodad
		link set v0 up
		END
	done
	netns_settle "$server" "$client"
}

# endpoints ADDRESS...: each port of the sockets, at these addresses.
endpoints() {
	local word proto port address

	for word in "${words[@]}"; do
		proto='' port=${word##*:}
		[[ $word != udp/* ]] || proto=udp/
		for address; do
			echo "$proto$address:${port%%,*}"
		done
	done | sort -u
}

audit() { inside "$server" "$reader" listeners --audit "$@"; }

# field FIELD: of each listener, behind its cookie.
field() { jq -r "select(.cookie) | \"\(.cookie)|\(.\"$1\")\"" "$TPW_TMP/audit"; }

# Of all that are bound to this port: what jq makes of the list.
port() { jq -rs "[.[] | select(.audit == \"listener\" and .local_port == $1)] | $2" "$TPW_TMP/audit"; }

is_all_in() { audit -j > "$TPW_TMP/audit" && [[ $(port 512 'map(.hits) | add') == "$per_family" ]]; }

require_tools ip python3 jq
[[ -x $reader ]] || ktap_bail "no $reader: run make"
ktap_plan $((${#sockets[@]} + 16))
tpw_prepare
tpw_load
netns_add server
netns_add client
add_ends
words=("${groups[@]}")
for socket in "${sockets[@]}"; do
	IFS='|' read -r _ word _ <<< "$socket"
	words+=("$word")
done
ip netns exec "$server" python3 "$dir/listen.py" "${words[@]}" > "$TPW_TMP/cookies" &
at_exit end_process $!
wait_for 20 grep -qs ready "$TPW_TMP/cookies" || ktap_bail "no listeners"
mapfile -t -s "${#groups[@]}" cookies < "$TPW_TMP/cookies"

# Who can get something is said before anything was sent.
audit -j > "$TPW_TMP/audit" || ktap_bail "no audit"
ktap_is "before: all hits, all shares that are a number" \
	"$(jq -s '[.[] | select(.audit == "listener") | .hits, (.share | values)] | add' "$TPW_TMP/audit")" 0
declare -A can_get=() behind=() hits=()
while IFS='|' read -r cookie value; do can_get[$cookie]=$value; done < <(field can_get)
while IFS='|' read -r cookie value; do behind[$cookie]=$value; done < <(field behind)
mapfile -t from_client < <(endpoints 192.168.1.10 '[fd77::10]')
mapfile -t from_server < <(endpoints 127.0.0.1 '[::1]' 192.168.1.10 '[fd77::10]')
inside "$client" python3 "$dir/send.py" "$count" "${from_client[@]}"
inside "$server" python3 "$dir/send.py" "$count" "${from_server[@]}"
wait_for 10 is_all_in || ktap_diag "not all datagrams came"
while IFS='|' read -r cookie value; do hits[$cookie]=$value; done < <(field hits)

for i in "${!sockets[@]}"; do
	IFS='|' read -r name word by <<< "${sockets[i]}"
	cookie=${cookies[i]}
	got=${hits[$cookie]}
	result=ktap_fail said=${can_get[$cookie]}
	if [[ $by ]]; then
		for other in $by; do
			[[ $said != false || $got != 0 || ${behind[$cookie]} != "socket ${cookies[other]}, "* ]] ||
				result=ktap_pass
		done
		said+=", behind ${behind[$cookie]%%,*}"
	elif [[ $said == true && ${behind[$cookie]} == null ]] && ((got)); then
		result=ktap_pass
	fi
	"$result" "$name, $word, socket $cookie: can get something: $said; has got $got"
done

ktap_is "group of $members: members" "$(port 506 'map(.members) | unique[]')" "$members"
all=$(port 506 'map(.hits) | add')
ktap_is "group of $members: hits" "$all" $((2 * per_family)) "" "sent:"
ktap_is "group of $members: share of each" "$(port 506 'map(.share) | sort | join(" ")')" \
	"$(port 506 "map(100 * .hits / $all + 0.5 | floor) | sort | join(\" \")")"
ktap_is "group of $members: expected" "$(port 506 'map(.expected) | unique[]')" $(((200 + members) / (2 * members)))
ktap_is "group of $members: chosen by" "$(port 506 'map(.chooser) | unique[]')" hash
ktap_is "group of CPUs: hits" "$(port 505 'map(.hits) | add')" "$per_family" "" "sent:"
ktap_is "group of CPUs: expected, chosen by" "$(port 505 'map("\(.expected), \(.chooser)") | unique[]')" "null, CPU, hash"
ktap_is "group of a program: hits" "$(port 512 'map(.hits) | sort | join(" and ")')" "0 and $per_family"
ktap_is "group of a program: expected, chosen by" "$(port 512 'map("\(.expected), \(.chooser)") | unique[]')" "null, cbpf"

# For people: groups, who gets nothing, the longest buckets.
audit > "$TPW_TMP/text"
ktap_is "members, as a table" "$(grep -cE '^(tcp|tcp6|udp) +[^ ]+ +[0-9]+ (hash|cbpf|CPU, hash) ' "$TPW_TMP/text")" \
	$((3 + ${#groups[@]}))
ktap_is "who gets nothing" "$(grep '^LISTENERS' "$TPW_TMP/text")" \
	"LISTENERS THAT CAN GET NOTHING: $(printf '%s\n' "${sockets[@]}" | grep -vc '|$') of ${#words[@]}"
ktap_within "width" "$(wc -L < "$TPW_TMP/text")" 60 100 "characters"

# The sockets of all buckets are all sockets; other members of a bucket than the group are there by chance.
ktap_is "listeners in all buckets" "$(jq -s '[.[] | select(.table == "listener") | .sockets] | add' "$TPW_TMP/audit")" \
	"$(printf '%s\n' "${words[@]}" | grep -vc ^udp)"
longest=$(grep -m1 'table, bucket' "$TPW_TMP/text" | tr -dc '0-9 ' | xargs)
ktap_is "the longest bucket, sockets in it" "${longest% *}" "$(inside "$server" "$reader" explain -j tcp '[::1]:1' '[::1]:506' |
	jq -r 'select(.row == "step" and .name == "listener-any") | "\(.bucket) \(.sockets)"')" "" "explain:"
ktap_is "buckets, the longest first" "$(jq -s '[.[] | select(.audit == "bucket") | -.sockets] | . == sort' "$TPW_TMP/audit")" true
ktap_finish
