# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The books of a namespace, compared with the kernel's and with themselves. Every result line has the
# numbers on both sides.
#
# Each function takes the name of an array that `delta` has filled. Hooks by kprobe may miss a call and say
# so ("missed"); by that much seen may lag behind. It is 0 as a rule, and always with ftrace.

FAMILIES="tcp4 tcp6 udp4 udp6"

# missed_openings VARIABLE ARRAY
missed_openings() { total "$1" "$2" 'open-*.missed'; }

# agree LABEL SEEN WANT MISSED WHAT: the same number, or one that lags by no more than what was missed.
agree() {
	if (($4 == 0)); then
		ktap_is "$1" "$2" "$3" seen "$5"
	else
		ktap_within "$1 ($4 missed)" "$2" $(($3 - $4)) "$3" seen
	fi
}

# books_tcp LABEL ARRAY: one verdict for each segment that the kernel counted.
books_tcp() {
	local seen insegs missed

	total seen "$2" 'seen.tcp*'
	total insegs "$2" Tcp.InSegs
	missed_openings missed "$2"
	agree "$1, TCP" "$seen" "$insegs" "$missed" InSegs
}

# books_udp LABEL ARRAY: the same for UDP of either family, whose every datagram has been read.
books_udp() {
	local seen want missed what="InDatagrams, NoPorts, InErrors, IgnoredMulti"

	missed_openings missed "$2"
	total seen "$2" seen.udp4
	total want "$2" Udp.{InDatagrams,NoPorts,InErrors,IgnoredMulti}
	agree "$1, UDP v4" "$seen" "$want" "$missed" "$what"
	total seen "$2" seen.udp6
	total want "$2" Udp6{InDatagrams,NoPorts,InErrors,IgnoredMulti}
	agree "$1, UDP v6" "$seen" "$want" "$missed" "$what"
}

# books_balance LABEL ARRAY: each verdict stands once under via, match and outcome, for each family, and
# was logged or is accounted for.
books_balance() {
	local family seen via match outcome logged text='' result=ktap_pass

	for family in $FAMILIES; do
		total seen "$2" "seen.$family"
		total via "$2" "via:*.$family"
		total match "$2" "match:*.$family"
		total outcome "$2" "outcome:*.$family"
		total logged "$2" "logged.$family" "filtered.$family" "unlogged.$family"
		text+=", $family $seen=$via=$match=$outcome=$logged"
		((via == seen && match == seen && outcome == seen && logged == seen)) || result=ktap_fail
	done
	"$result" "$1, seen=via=match=outcome=logged:${text#,}"
}

# books_loss LABEL ARRAY: what must be 0.
books_loss() {
	local missed sum key
	local -a values=()

	for key in 'unresolved.*' 'unlogged.*' unwatched taken; do
		total sum "$2" "$key"
		values+=("$sum")
	done
	total missed "$2" '*.missed'
	if ((missed == 0)); then
		ktap_is "$1, unresolved, unlogged, unwatched, taken" "${values[*]}" "0 0 0 0"
	else
		total sum "$2" 'unresolved.*' 'unlogged.*' unwatched taken
		ktap_within "$1, unresolved, unlogged, unwatched, taken ($missed missed)" \
			"$sum" 0 $((2 * missed)) "${values[*]}, sum"
	fi
}
