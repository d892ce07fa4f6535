/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The tables in /proc: what stands in line 1, and the columns in their order, as
 * X(name, kind, meaning).
 *
 * This is the only place that says so: the module prints line 2 from it, the
 * reader takes kinds from it, and tuplewatch_proc(5) is made of it ("make man").
 * Columns are found by name; more may come, none is renamed.
 *
 * A field holds no blank.  "-" is: there is none, or it has no meaning here; "?"
 * is: not known; "hidden" is: known, but not told to this reader.
 *
 * Kinds, with their units:
 *	COUNT		decimal, how many
 *	BYTES		decimal, bytes
 *	TIME		decimal, nanoseconds of CLOCK_MONOTONIC since boot
 *	DURATION	decimal, nanoseconds
 *	SIGNED		decimal, perhaps with a minus sign
 *	PERCENT		decimal, of a hundred
 *	NUMBER		decimal that names something and counts nothing
 *	COOKIE		hexadecimal, as "ss -e" prints it
 *	ENDPOINT	10.0.0.1:80 or [::1]:80
 *	LIST		words, with commas between them
 *	MAP		words or numbers, each with ":" and a number behind it, with
 *			commas between them
 *	TEXT		a word
 */
#ifndef _UAPI_TUPLEWATCH_COLUMNS_H
#define _UAPI_TUPLEWATCH_COLUMNS_H

/* What is known but not told to this reader. */
#define TPW_HIDDEN	"hidden"

/* Line 1 of a table has some of these as name=value. */
#define TPW_FACTS(X)							\
	X("netns", NUMBER,						\
	  "the namespace that the table is about, or all")		\
	X("watching", TEXT,						\
	  "no if the hooks do not fire, else yes")			\
	X("not_watched", LIST,						\
	  "families that are not watched, each with the function that "	\
	  "cannot be hooked: udp4:udp_queue_rcv_skb; what they would have " \
	  "told is ?; not there if all are watched")			\
	X("clock", TEXT,						\
	  "the clock of all times: monotonic")				\
	X("now_ns", TIME,						\
	  "when the table was written")					\
	X("wall_offset_ns", SIGNED,					\
	  "nanoseconds to add to a time for the time of day since 1970")	\
	X("delta_ns", DURATION,						\
	  "with --delta, how long the counters were watched")		\
	X("held", COUNT,						\
	  "rows that the module remembers, of all namespaces")		\
	X("max", COUNT,							\
	  "rows that it has room for")					\
	X("evicted", COUNT,						\
	  "sockets of this namespace that were forgotten for want of room while they were there") \
	X("evicted_all", COUNT,						\
	  "the same of all namespaces")					\
	X("forgotten", COUNT,						\
	  "sockets of this namespace that were forgotten for want of room " \
	  "after they had been closed")					\
	X("forgotten_ns", TIME,						\
	  "last use of the youngest that was forgotten, 0 if there is "	\
	  "none: what was closed after that is still remembered")	\
	X("unnoted", COUNT,						\
	  "TCP connections of this namespace that were closed and had no row: " \
	  "there was no room, or they had been forgotten, or were older than " \
	  "the module and got no segment")				\
	X("shows", TEXT,						\
	  "all, or own: the reader has no CAP_NET_ADMIN over the "	\
	  "namespace, and of other users' sockets gets what /proc/net/tcp " \
	  "and /proc/net/udp have, nothing of those that are closed")	\
	X("unwatched", COUNT,						\
	  "TCP segments that the kernel counted (Tcp: InSegs) and no hook " \
	  "saw, since the hooks were armed last")			\
	X("taken", COUNT,						\
	  "packets that arrived at INPUT and that neither TCP nor UDP got: " \
	  "a firewall, IPVS or a queue took them, or a datagram came while " \
	  "the hooks did not fire. Where nobody hooks INPUT nobody can, and " \
	  "none is counted; somebody is noticed some milliseconds after he " \
	  "came, and what he took before is only in the table taken. - if "	\
	  "netfilter or enabled is 0, ? if UDP is not watched or the "	\
	  "kernel has no room for our hook")				\
	X("others", COUNT,						\
	  "of taken, those that no netfilter hook dropped: by IPVS, a " \
	  "queue or the IP layer, which is not known; - and ? as taken")	\
	X("late", COUNT,						\
	  "in all/ only: namespaces that taken and others leave out, as the "	\
	  "kernel had no room for our hook there; - and ? as taken")	\
	X("missed", COUNT,						\
	  "calls that the hooks of the backend kprobe could not see, of all namespaces") \
	X("backend", TEXT,						\
	  "ftrace or kprobe")						\
	X("armed", COUNT,						\
	  "hooks that are armed")					\
	X("total", COUNT,						\
	  "hooks that there are")					\
	X("canary", TEXT,						\
	  "no if a function of the module's own, called on purpose, did " \
	  "not set off its hook, else yes")				\
	X("enabled", NUMBER,						\
	  "the parameter of that name: 0 detaches the hooks")		\
	X("netfilter", NUMBER,						\
	  "the parameter of that name: 0 does not count arrivals")	\
	X("arrivals", TEXT,						\
	  "of which IP versions the arrivals are counted in this namespace: " \
	  "of both where somebody else hooks INPUT of either, or if that is " \
	  "not noticed (PREEMPT_RT, or no hook netfilter-add); of one if " \
	  "there is no room for our hook at the other's; - for none")	\
	X("selfcheck", TEXT,						\
	  "whether all hooks fired that the segments the module sent to " \
	  "itself at load should have set off")

/* Line 1 of explain, besides. */
#define TPW_EXPLAIN_FACTS(X)						\
	X("questions", COUNT,						\
	  "questions that were answered since load")			\
	X("searches_repeated", COUNT,					\
	  "searches that had to be repeated, as a bucket changed meanwhile") \
	X("disagreements", COUNT,					\
	  "answers that the kernel's own lookup did not agree with")	\
	X("asked_ns", TIME,						\
	  "when it was asked")						\
	X("proto", TEXT,						\
	  "of the question")						\
	X("foreign", ENDPOINT,						\
	  "of the question")						\
	X("local", ENDPOINT,						\
	  "of the question")						\
	X("local_is", TEXT,						\
	  "what that address is to this host: host, broadcast, multicast, or elsewhere") \
	X("dev", TEXT,							\
	  "the device it would come in on")				\
	X("dev_by", TEXT,						\
	  "why that one: given in the question, loopback, owner of the address, route back") \
	X("cpu", NUMBER,						\
	  "the CPU it would be searched on")				\
	X("cpu_by", TEXT,						\
	  "given or assumed")						\
	X("sockets_unlisted", COUNT,					\
	  "sockets that were looked at and have no row, for want of room") \
	X("error", TEXT,						\
	  "why a question was not understood")				\
	X("word", TEXT,							\
	  "the word at fault")

/* counters; netns in all/ only */
#define TPW_COUNTERS_COLUMNS(X)						\
	X("name", TEXT,							\
	  "of the counter")						\
	X("tcp4", COUNT,						\
	  "TCP over IPv4, by the packet, whatever the family of its socket") \
	X("tcp6", COUNT,						\
	  "TCP over IPv6")						\
	X("udp4", COUNT,						\
	  "UDP over IPv4")						\
	X("udp6", COUNT,						\
	  "UDP over IPv6")						\
	X("netns", NUMBER,						\
	  "the namespace; in all/ only")

/* listeners */
#define TPW_LISTENERS_COLUMNS(X)					\
	X("proto", TEXT,						\
	  "tcp, tcp6, udp or udp6, by the socket")			\
	X("local", ENDPOINT,						\
	  "what it is bound to")					\
	X("dev", TEXT,							\
	  "the device it is bound to; eth1@vrf0 under a VRF")		\
	X("flags", LIST,						\
	  "what was set on it, see socket flags")			\
	X("state", TEXT,						\
	  "LISTEN; CLOSED; - of UDP")					\
	X("queue", COUNT,						\
	  "connections that wait for accept(2); of UDP, bytes that wait") \
	X("backlog", COUNT,						\
	  "how many may wait")						\
	X("segments", COUNT,						\
	  "segments that matched the listener itself")			\
	X("syns", COUNT,						\
	  "of these, SYNs")						\
	X("dual_stack", COUNT,						\
	  "of these, IPv4 to an IPv6 socket")				\
	X("assigned", COUNT,						\
	  "of these, assigned by TPROXY or a BPF program")		\
	X("sk_lookup", COUNT,						\
	  "of these, chosen by a BPF sk_lookup program")		\
	X("requests", COUNT,						\
	  "SYNs that became a request")					\
	X("request_segments", COUNT,					\
	  "segments that matched one of its requests and did not become a connection's") \
	X("children", COUNT,						\
	  "connections that were born from it")				\
	X("inherited", COUNT,						\
	  "connections of another member of its group, which was closed " \
	  "(net.ipv4.tcp_migrate_req=1): of these, children too if they were a request then") \
	X("accepted", COUNT,						\
	  "connections that were accepted from it; ? if accept(2) is not watched") \
	X("lost", COUNT,						\
	  "connections that were reset, as it was closed before they were " \
	  "accepted; ? if some had been forgotten by then")		\
	X("migrated", COUNT,						\
	  "connections, and requests that became one, which another member " \
	  "of its group got when it was closed; ? as lost")		\
	X("overflows", COUNT,						\
	  "segments that found its accept queue full")			\
	X("multicast_copies", COUNT,					\
	  "multicast datagrams that it got besides another socket")	\
	X("cookies_sent", COUNT,					\
	  "SYN cookies that were sent")					\
	X("cookies_ok", COUNT,						\
	  "SYN cookies that came back good")				\
	X("cookies_bad", COUNT,						\
	  "SYN cookies that came back bad")				\
	X("socket_drops", COUNT,					\
	  "the kernel's own count of drops of this socket")		\
	X("group", COUNT,						\
	  "members of its reuseport group")				\
	X("chooser", TEXT,						\
	  "what chooses among them: hash, cbpf or ebpf")		\
	X("waits_us", MAP,						\
	  "how long connections waited for accept(2): 8192:3 is three of " \
	  "less than 8192 microseconds and not less than half of that")	\
	X("oldest_ns", TIME,						\
	  "since when the first in its queue waits; ? if that was before "	\
	  "the module was loaded, or has been forgotten")		\
	X("accepted_ns", TIME,						\
	  "when a connection was accepted last; ? as accepted, and so the next three") \
	X("accepted_by", MAP,						\
	  "the up to eight processes that accepted last, in the PID "	\
	  "namespace of the reader, and how many each did; hidden:3 are those " \
	  "of others together")						\
	X("accepted_by_ns", MAP,					\
	  "when each of these did last")				\
	X("accepted_by_others", COUNT,					\
	  "of accepted, by processes that had to make room in accepted_by") \
	X("closed_ns", TIME,						\
	  "when it was closed")						\
	X("cookie", COOKIE,						\
	  "of the socket")						\
	X("inode", NUMBER,						\
	  "of the socket, as in /proc/PID/fd")				\
	X("uid", NUMBER,						\
	  "its owner")							\
	X("pid", NUMBER,						\
	  "the process that called listen(2) or bind(2), in the PID "	\
	  "namespace of the reader; ? if that was before the module was " \
	  "loaded")							\
	X("comm", TEXT,							\
	  "its name then")						\
	X("cgroup", NUMBER,						\
	  "its cgroup then: the inode number of the directory")		\
	X("netns", NUMBER,						\
	  "the namespace")

/* What the reader adds to listeners with -j, and in filters. */
#define TPW_LISTENERS_READER_COLUMNS(X)					\
	X("share", PERCENT,						\
	  "percent of what the reuseport group was given: SYNs of TCP, datagrams of UDP") \
	X("expected", PERCENT,						\
	  "percent that would be fair")					\
	X("holder_pid", NUMBER,						\
	  "a process that holds the socket now: of these who accepted last, else that of " \
	  "pid, else any; gone if none does, ? if that cannot be seen")	\
	X("holder_comm", TEXT,						\
	  "its name now")

/* connections */
#define TPW_CONNECTIONS_COLUMNS(X)					\
	X("proto", TEXT,						\
	  "tcp, tcp6, udp or udp6, by the socket")			\
	X("local", ENDPOINT,						\
	  "our end")							\
	X("foreign", ENDPOINT,						\
	  "the other end")						\
	X("state", TEXT,						\
	  "of TCP, or CLOSED; connected UDP sockets are ESTABLISHED")	\
	X("role", TEXT,							\
	  "server or client")						\
	X("segments", COUNT,						\
	  "that came in for it")					\
	X("early_demux", COUNT,						\
	  "of these, found before routing")				\
	X("searched", COUNT,						\
	  "of these, found by a search")				\
	X("assigned", COUNT,						\
	  "of these, assigned by TPROXY or a BPF program; these three add up to segments") \
	X("request", COUNT,						\
	  "of these, when it still was a request")			\
	X("backlog", COUNT,						\
	  "of these, put on the backlog, as a process held the socket")	\
	X("time_wait", COUNT,						\
	  "of these, when it was in TIME_WAIT")				\
	X("listener", ENDPOINT,						\
	  "what the listener is bound to that it was born from")	\
	X("listener_cookie", COOKIE,					\
	  "cookie of that listener")					\
	X("first_ns", TIME,						\
	  "when its first segment came")				\
	X("last_ns", TIME,						\
	  "when its last segment came")					\
	X("accepted_ns", TIME,						\
	  "when it was accepted")					\
	X("waited_ns", DURATION,					\
	  "how long it waited for that, or has been waiting")		\
	X("closed_ns", TIME,						\
	  "when it was closed")						\
	X("close_reason", TEXT,						\
	  "of TCP, why it was closed, see close reason")		\
	X("pid", NUMBER,						\
	  "the process that accepted or opened it; - if nobody has yet") \
	X("comm", TEXT,							\
	  "its name then")						\
	X("cgroup", NUMBER,						\
	  "its cgroup then: the inode number of the directory")		\
	X("cookie", COOKIE,						\
	  "of the socket; a request, its connection and its TIME_WAIT share it") \
	X("owner_cookie", COOKIE,					\
	  "of MPTCP, cookie of the socket that the process has, if this is a subflow") \
	X("asked", ENDPOINT,						\
	  "what the client asked for, before NAT of this namespace made "	\
	  "it our end; - if it did not, ? if the connection is older than " \
	  "the module")							\
	X("dev", TEXT,							\
	  "the device it is bound to: its own, its listener's, or that of "	\
	  "a link-local address; two on different devices may have the "	\
	  "same ends")							\
	X("inode", NUMBER,						\
	  "of the socket, as in /proc/PID/fd; 0 as long as nobody has accepted it") \
	X("uid", NUMBER,						\
	  "its owner")							\
	X("netns", NUMBER,						\
	  "the namespace")

/* refused */
#define TPW_REFUSED_COLUMNS(X)						\
	X("proto", TEXT,						\
	  "tcp, tcp6, udp or udp6")					\
	X("local", ENDPOINT,						\
	  "what was asked for")						\
	X("count", COUNT,						\
	  "segments")							\
	X("refused", COUNT,						\
	  "of these, answered by RST or ICMP")				\
	X("syns", COUNT,						\
	  "of these, SYNs; the others belonged to connections that are gone") \
	X("last_ns", TIME,						\
	  "when the last one came")					\
	X("last_foreign", ENDPOINT,					\
	  "where it came from")						\
	X("netns", NUMBER,						\
	  "the namespace")						\
	X("nearest", TEXT,						\
	  "what is different about a socket that nearly fits now, see nearest") \
	X("nearest_local", ENDPOINT,					\
	  "what that one is bound to")					\
	X("nearest_since_ns", TIME,					\
	  "when it was first seen: if that is after last_ns, it came too late")

/* taken */
#define TPW_TAKEN_COLUMNS(X)						\
	X("proto", TEXT,						\
	  "tcp, tcp6, udp or udp6")					\
	X("local", ENDPOINT,						\
	  "what the packets were for, as they stood when they were taken") \
	X("count", COUNT,						\
	  "packets")							\
	X("syns", COUNT,						\
	  "of these, SYNs")						\
	X("by", TEXT,							\
	  "who took them, see taken by")				\
	X("reason", TEXT,						\
	  "the kernel's drop reason")					\
	X("who", LIST,							\
	  "the netfilter hooks that are there now and may have done it: " \
	  "several it was one; ? if none is left, - if it was none")	\
	X("last_ns", TIME,						\
	  "when the last one came")					\
	X("last_foreign", ENDPOINT,					\
	  "where it came from")						\
	X("netns", NUMBER,						\
	  "the namespace")

/* log, log_pipe */
#define TPW_LOG_COLUMNS(X)						\
	X("seq", NUMBER,						\
	  "number of the row, counted for each CPU and namespace")	\
	X("time_ns", TIME,						\
	  "when")							\
	X("cpu", NUMBER,						\
	  "on which CPU")						\
	X("netns", NUMBER,						\
	  "the namespace")						\
	X("dev", TEXT,							\
	  "the device it came in on; if that is in a VRF, the VRF")	\
	X("proto", TEXT,						\
	  "tcp, tcp6, udp or udp6, by the packet")			\
	X("foreign", ENDPOINT,						\
	  "where it came from")						\
	X("local", ENDPOINT,						\
	  "where it went to")						\
	X("flags", TEXT,						\
	  "the letters of tcpdump(8): S SYN, F FIN, R RST, P PUSH, U URG, . ACK") \
	X("len", BYTES,							\
	  "of payload")							\
	X("via", TEXT,							\
	  "how its socket was found, see via")				\
	X("match", TEXT,						\
	  "what kind of socket it was, see match")			\
	X("state", TEXT,						\
	  "TCP state of that socket")					\
	X("mods", LIST,							\
	  "dual: an IPv4 packet to an IPv6 socket; device: a socket that " \
	  "is bound to a device; mptcp")				\
	X("receivers", COUNT,						\
	  "of a multicast, the sockets that got it")			\
	X("member", NUMBER,						\
	  "of a reuseport group, which one was chosen; - if the group was " \
	  "asked and none was, as when its program turned the segment away") \
	X("group", COUNT,						\
	  "members of that group")					\
	X("chooser", TEXT,						\
	  "what chose among them: hash, cbpf or ebpf")			\
	X("relookup", TEXT,						\
	  "why another search was needed, see relookup")		\
	X("cookie", COOKIE,						\
	  "of the socket")						\
	X("listener_cookie", COOKIE,					\
	  "of the listener that a connection or request was born from")	\
	X("outcome", TEXT,						\
	  "what became of it, see outcome")				\
	X("reason", TEXT,						\
	  "of a drop, the kernel's name for why")			\
	X("asked", ENDPOINT,						\
	  "what the sender asked for, before NAT of this namespace changed " \
	  "it; - if it did not, ? if the connection is older than the "	\
	  "module or has been forgotten")

/* all/filter */
#define TPW_FILTERS_COLUMNS(X)						\
	X("netns", NUMBER,						\
	  "the namespace")						\
	X("rules", TEXT,						\
	  "its rules, blanks as \\040")

/* hooks */
#define TPW_HOOKS_COLUMNS(X)						\
	X("hook", TEXT,							\
	  "its name")							\
	X("target", TEXT,						\
	  "the function or tracepoint")					\
	X("need", TEXT,							\
	  "required: without it, something is not watched (needed_by), " \
	  "and if nothing is left, insmod fails; or optional")		\
	X("backend", TEXT,						\
	  "how it is hooked: ftrace, kprobe, tracepoint")		\
	X("state", TEXT,						\
	  "armed; off; silent: armed, but it did not fire at the "	\
	  "self-check; missing: the kernel has no such function; failed; " \
	  "unused: what it is for is not watched for want of another")	\
	X("hits", COUNT,						\
	  "how often it fired")						\
	X("missed", COUNT,						\
	  "how often it could not, with kprobes")			\
	X("needed_by", LIST,						\
	  "families that are not watched without it; - if it is optional")

/* explain */
#define TPW_EXPLAIN_COLUMNS(X)						\
	X("row", TEXT,							\
	  "before: what it has to pass before the lookup; arrives: what " \
	  "comes of that; step of the search; socket that was looked at in " \
	  "it; result; after: what would become of it at that socket; "	\
	  "otherwise: what is found if the result gives way; kernel: what " \
	  "the kernel's own lookup says; nearest: a socket that nearly " \
	  "fits, if nothing does; holder: a socket that has the port and " \
	  "is none of these")						\
	X("step", NUMBER,						\
	  "number of the step")						\
	X("place", NUMBER,						\
	  "place of the socket in its bucket")				\
	X("name", TEXT,							\
	  "of the step; of what it has to pass (gates); of a result, how " \
	  "it is found (via), or bind; of what comes after it (after); of " \
	  "a near one, what is different (nearest)")			\
	X("fate", TEXT,							\
	  "what it does with the segment (fates of gates); what came of " \
	  "the step or of the socket in it; of a result, the kind of "	\
	  "socket (match), or what comes of bind(); of a holder, whether " \
	  "it is in the way of a bind() to that address, with SO_REUSEADDR " \
	  "if the question was not about one; of the kernel's lookup, "	\
	  "whether it agrees")						\
	X("proto", TEXT,						\
	  "of the socket or the step")					\
	X("local", ENDPOINT,						\
	  "of the socket, or what the step searches for")		\
	X("foreign", ENDPOINT,						\
	  "of a connection")						\
	X("dev", TEXT,							\
	  "that the socket is bound to")				\
	X("flags", LIST,						\
	  "what was set on the socket, see socket flags")		\
	X("incoming_cpu", NUMBER,					\
	  "that the socket asked for")					\
	X("score", COUNT,						\
	  "that the kernel gives the socket")				\
	X("points", MAP,						\
	  "what the score is made of, see points")			\
	X("member", NUMBER,						\
	  "which member of its reuseport group is chosen")		\
	X("group", COUNT,						\
	  "members of that group")					\
	X("chooser", TEXT,						\
	  "what chooses among them: hash, cbpf or ebpf")		\
	X("chosen_cookie", COOKIE,					\
	  "cookie of the chosen member")				\
	X("progs", LIST,						\
	  "ids of BPF programs")					\
	X("bucket", NUMBER,						\
	  "of the hash table")						\
	X("sockets", COUNT,						\
	  "in that bucket")						\
	X("other_netns", COUNT,						\
	  "of these, of other namespaces")				\
	X("cpu", NUMBER,						\
	  "that the result is for")					\
	X("state", TEXT,						\
	  "of the socket")						\
	X("cookie", COOKIE,						\
	  "of the socket")						\
	X("listener_cookie", COOKIE,					\
	  "of the listener that a request or connection was born from")	\
	X("inode", NUMBER,						\
	  "of the socket, as in /proc/PID/fd")				\
	X("uid", NUMBER,						\
	  "its owner")							\
	X("pid", NUMBER,						\
	  "the process that called listen(2), bind(2), accept(2) or connect(2)") \
	X("comm", TEXT,							\
	  "its name then")						\
	X("cgroup", NUMBER,						\
	  "its cgroup then: the inode number of the directory")		\
	X("netns", NUMBER,						\
	  "the namespace")						\
	X("closed_ns", TIME,						\
	  "when a near one was closed")					\
	X("who", TEXT,							\
	  "who stands there before the lookup: table/chain of nftables, "	\
	  "with #handle of the rule that drops, rejects or translates it; "	\
	  "the table of iptables; else the function of the kernel")	\
	X("priority", SIGNED,						\
	  "of a netfilter hook: lower ones come first")

/* Line 2 of a table, with a blank before it. */
#define TPW_COLUMN_NAME(name, kind, meaning)	" " name
/* A name as an element of an array. */
#define TPW_COLUMN_STRING(name, kind, meaning)	name,

#endif /* _UAPI_TUPLEWATCH_COLUMNS_H */
