/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The words of tuplewatch, as they stand in /proc, in JSON and in the manual:
 * X(ID, word, meaning).
 *
 * Readers see text, never numbers: the order of the lists may change (where code
 * relies on one, a static_assert says so), a word may be added, but none is ever
 * renamed.  The module, the reader and the tests take the lists from this one
 * place, and tuplewatch_proc(5) is made of it ("make man").
 */
#ifndef _UAPI_TUPLEWATCH_H
#define _UAPI_TUPLEWATCH_H

/* The N of "# tuplewatch N NAME ..." in line 1 of every table. */
#define TPW_FORMAT	2
#define TPW_VERSION	"2.0"

/* How the final socket was found. */
#define TPW_VIA_NAMES(X)						\
	X(EARLY_DEMUX, "early-demux",					\
	  "before routing, among the established ones; of packets that " \
	  "come as a list only the first is as a rule, the others that go " \
	  "to the same address are ehash")				\
	X(ASSIGNED, "assigned",						\
	  "TPROXY or a BPF program brought it along")			\
	X(EHASH, "ehash",						\
	  "in the table of established connections: the whole tuple fits") \
	X(LISTENER_ADDR, "listener-addr",				\
	  "in the table of listeners, by local address and port")	\
	X(LISTENER_ANY, "listener-any",					\
	  "in the table of listeners, by the wildcard and port")	\
	X(SK_LOOKUP, "sk-lookup",					\
	  "a BPF sk_lookup program chose it")				\
	X(UDP_CONNECTED, "udp-connected",				\
	  "a connected UDP socket: the whole tuple fits")		\
	X(UDP_ADDR, "udp-addr",						\
	  "a UDP socket, by local address and port")			\
	X(UDP_ANY, "udp-any",						\
	  "a UDP socket, by the wildcard and port")			\
	X(MULTICAST, "multicast",					\
	  "all that have joined")					\
	X(NONE, "none",							\
	  "searched, nothing there")					\
	X(UNSEARCHED, "unsearched",					\
	  "dropped before any search: a bad checksum, cut short")	\
	X(UNKNOWN, "?",							\
	  "dropped where no hook can tell")

/* What kind of socket it was. */
#define TPW_MATCH_NAMES(X)						\
	X(ESTABLISHED, "established",					\
	  "TCP, any state past LISTEN that is a full socket; the state stands beside it") \
	X(REQUEST, "request",						\
	  "a handshake in progress")					\
	X(TIME_WAIT, "time-wait",					\
	  "what is left of a connection")				\
	X(LISTENER, "listener",						\
	  "TCP, LISTEN")						\
	X(BOUND, "bound",						\
	  "UDP, not connected")						\
	X(CONNECTED, "connected",					\
	  "UDP, connected")						\
	X(NONE, "none",							\
	  "nothing")							\
	X(UNKNOWN, "?",							\
	  "not known")

/* What was known of the segment's fate at the match; DROPPED has a reason. */
#define TPW_OUTCOME_NAMES(X)						\
	X(HANDED, "handed",						\
	  "given to the socket, or to the connection that it made")	\
	X(BACKLOG, "backlog",						\
	  "put on the backlog, as a process held the socket")		\
	X(ANSWERED, "answered",						\
	  "a request or a TIME_WAIT dealt with it")			\
	X(RESET, "reset",						\
	  "the listener, request or TIME_WAIT that it matched answered with RST") \
	X(REFUSED, "refused",						\
	  "nothing there: RST or ICMP went back")			\
	X(IGNORED, "ignored",						\
	  "nothing there, and no answer")				\
	X(QUEUE_FULL, "queue-full",					\
	  "the accept queue of its listener was full")			\
	X(DROPPED, "dropped",						\
	  "dropped before the socket, for a reason that the kernel names") \
	X(UNKNOWN, "?",							\
	  "not known")

/* Why a segment needed more than one search. */
#define TPW_RELOOKUP_NAMES(X)						\
	X(TIME_WAIT, "time-wait",					\
	  "a SYN was for a TIME_WAIT at first, which gave way to a listener") \
	X(STOLEN, "stolen",						\
	  "another CPU had just made a connection of the request of this ACK") \
	X(MIGRATED, "migrated",						\
	  "the request of this ACK moved to another listener")

/*
 * Why a TCP connection was closed.  More than one may be true: of those that
 * stand here the first that is known to be.
 */
#define TPW_CLOSE_NAMES(X)						\
	X(LISTENER, "listener-closed",					\
	  "its listener was closed before anybody had accepted it")	\
	X(ABORTED, "aborted",						\
	  "an administrator ended it with ss -K, or a BPF program did")	\
	X(UNREACHABLE, "unreachable",					\
	  "no answer came, and ICMP said that nothing gets there; or ICMP " \
	  "was the answer to its SYN")					\
	X(TIMED_OUT, "timed-out",					\
	  "no answer came: the kernel gave up sending again, or probing "	\
	  "whether the other end is alive")				\
	X(REFUSED, "refused",						\
	  "the answer to its SYN was RST, or ICMP that says the same") \
	X(RESET_BY_US, "reset-by-us",					\
	  "RST was sent: as of close(2) with data that nobody had read, " \
	  "close(2) with SO_LINGER of 0 s, or data that came after close(2)") \
	X(RESET_BY_PEER, "reset-by-peer",				\
	  "RST came")							\
	X(CLOSED_BY_US, "closed-by-us",					\
	  "this end sent its FIN first; or close(2) came before the "	\
	  "handshake had ended")					\
	X(CLOSED_BY_PEER, "closed-by-peer",				\
	  "the other end sent its FIN first")				\
	X(CLOSED_BY_BOTH, "closed-by-both",				\
	  "each sent its FIN before that of the other one came")	\
	X(UNKNOWN, "?",							\
	  "not known: it was open before the module was loaded and its end " \
	  "was not seen, or it ended in none of these ways")

/* The columns of counters: by packet, not by socket. */
#define TPW_FAMILY_NAMES(X)						\
	X(TCP4, "tcp4",							\
	  "TCP over IPv4")						\
	X(TCP6, "tcp6",							\
	  "TCP over IPv6")						\
	X(UDP4, "udp4",							\
	  "UDP over IPv4")						\
	X(UDP6, "udp6",							\
	  "UDP over IPv6")

/* Where the kernel looks, in the order in which it does. */
#define TPW_STEP_NAMES(X)						\
	X(EARLY_DEMUX, "early-demux",					\
	  "established ones, before routing")				\
	X(ESTABLISHED, "established",					\
	  "established ones, requests and TIME_WAITs: the whole tuple has to fit") \
	X(SK_LOOKUP, "sk-lookup",					\
	  "BPF sk_lookup programs of the namespace")			\
	X(LISTENER_ADDR, "listener-addr",				\
	  "listeners by local address and port")			\
	X(LISTENER_ANY, "listener-any",					\
	  "listeners by the wildcard and port")				\
	X(UDP_ADDR, "udp-addr",						\
	  "UDP sockets by local address and port")			\
	X(UDP_ANY, "udp-any",						\
	  "UDP sockets by the wildcard and port")			\
	X(UDP_PORT, "udp-port",						\
	  "UDP sockets by port alone")					\
	X(MULTICAST, "multicast",					\
	  "UDP sockets of the port, each of which may get a copy")

/* What came of a step. */
#define TPW_STEP_STATE_NAMES(X)						\
	X(NO_MATCH, "no-match",						\
	  "nothing there fits")						\
	X(MATCH, "match",						\
	  "a socket was found")						\
	X(NOT_ATTACHED, "not-attached",					\
	  "there is no such program")					\
	X(ATTACHED, "attached",						\
	  "there is one, and it is not run to answer a question")	\
	X(NOT_REACHED, "not-reached",					\
	  "the search ended before")

/* What became of a socket that was looked at. */
#define TPW_FATE_NAMES(X)						\
	X(OTHER_PORT, "other-port",					\
	  "bound to another port")					\
	X(OTHER_ADDRESS, "other-address",				\
	  "bound to another address")					\
	X(OTHER_DEVICE, "other-device",					\
	  "bound to another device")					\
	X(OTHER_PEER, "other-peer",					\
	  "connected to somebody else")					\
	X(ONLY_IPV4, "only-ipv4",					\
	  "takes IPv4 only")						\
	X(ONLY_IPV6, "only-ipv6",					\
	  "takes IPv6 only")						\
	X(NOT_JOINED, "not-joined",					\
	  "has not joined the group on this device")			\
	X(SOURCE_FILTER, "source-filter",				\
	  "does not want the group from this source")			\
	X(COPY, "copy",							\
	  "gets a copy")						\
	X(BEST, "best",							\
	  "the best up to here")					\
	X(GROUP_STOPS, "group-stops",					\
	  "its reuseport group chose, and the walk of the bucket ended with it") \
	X(GROUP_GOES_ON, "group-goes-on",				\
	  "its reuseport group chose, and the walk went on")		\
	X(NOT_BETTER, "not-better",					\
	  "fits, and does not score more than the best before it")	\
	X(NOT_REACHED, "not-reached",					\
	  "the walk ended before it")

/* What a socket gets points for. */
#define TPW_POINT_NAMES(X)						\
	X(ANY_DEVICE, "any-device",					\
	  "bound to no device, or to this one")				\
	X(DEVICE, "device",						\
	  "bound to this device")					\
	X(IPV4, "ipv4",							\
	  "of the family of the packet, IPv4")				\
	X(IPV6, "ipv6",							\
	  "of the family of the packet, IPv6")				\
	X(PEER_ADDRESS, "peer-address",					\
	  "connected to this address")					\
	X(PEER_PORT, "peer-port",					\
	  "connected to this port")					\
	X(CPU, "cpu",							\
	  "asked for this CPU")

/* What the kernel's own lookup says of our search. */
#define TPW_AGREEMENT_NAMES(X)						\
	X(NOT_ASKED, "not-asked",					\
	  "it was not asked: it would have run a BPF program, or another CPU") \
	X(AGREES, "agrees",						\
	  "it names the same socket")					\
	X(NAMED, "named",						\
	  "it would choose among those that are named")			\
	X(DIFFERS, "differs",						\
	  "it names another socket")					\
	X(UNSETTLED, "unsettled",					\
	  "the tables changed all the while")

/* Why it is only near, the nearest first. */
#define TPW_NEAR_NAMES(X)						\
	X(NOW, "here-now",						\
	  "fits, and is there now")					\
	X(ADDRESS, "other-address",					\
	  "bound to another address")					\
	X(ONLY_IPV6, "only-ipv6",					\
	  "takes IPv6 only")						\
	X(ONLY_IPV4, "only-ipv4",					\
	  "takes IPv4 only")						\
	X(DEVICE, "other-device",					\
	  "bound to another device")					\
	X(PEER, "other-peer",						\
	  "connected to somebody else")					\
	X(CLOSED, "closed",						\
	  "was there, and is closed")					\
	X(NETNS, "other-netns",						\
	  "in another network namespace")				\
	X(PROTO, "other-proto",						\
	  "of the other protocol, TCP or UDP")

/* What a socket that has the port means for a bind() to it. */
#define TPW_HOLD_NAMES(X)						\
	X(IN_THE_WAY, "in-the-way",					\
	  "bind() fails for it")					\
	X(SHARES, "shares",						\
	  "bind() does not mind it")

/* What comes of a bind(). */
#define TPW_BIND_NAMES(X)						\
	X(SUCCEEDS, "succeeds",						\
	  "nobody is in the way")					\
	X(IN_USE, "EADDRINUSE",						\
	  "a socket is in the way")					\
	X(NOT_HERE, "EADDRNOTAVAIL",					\
	  "no address of this host")					\
	X(INVALID, "EINVAL",						\
	  "a multicast address of IPv6, or a mapped one with IPV6_V6ONLY") \
	X(UNKNOWN, "?",							\
	  "a BPF program decides, or there are too many to look at")

/* Why it is this device. */
#define TPW_DEVICE_SOURCE_NAMES(X)					\
	X(GIVEN, "given",						\
	  "the question names it")					\
	X(LOOPBACK, "loopback",						\
	  "the address is of loopback")					\
	X(OWNER, "owner",						\
	  "it has the local address")					\
	X(ROUTE, "route",						\
	  "the route back leads there")					\
	X(UNKNOWN, "?",							\
	  "not known")

/* What the local address is to this host. */
#define TPW_LOCAL_NAMES(X)						\
	X(HOST, "host",							\
	  "one of its own")						\
	X(BROADCAST, "broadcast",					\
	  "of all on a link")						\
	X(MULTICAST, "multicast",					\
	  "of a group")							\
	X(ELSEWHERE, "elsewhere",					\
	  "not here")

/* What a segment has to pass before the lookup, roughly in its order. */
#define TPW_GATE_NAMES(X)						\
	X(OUTPUT, "output",						\
	  "a netfilter hook on what this host sends itself")		\
	X(POSTROUTING, "postrouting",					\
	  "a netfilter hook on what this host sends itself")		\
	X(XDP, "xdp",							\
	  "an XDP program on the device")				\
	X(TC, "tc",							\
	  "tc filters or programs on the device")			\
	X(INGRESS, "ingress",						\
	  "a netfilter hook on the device")				\
	X(PREROUTING, "prerouting",					\
	  "a netfilter hook before routing")				\
	X(CONNTRACK, "conntrack",					\
	  "the entry of this tuple in the table of connection tracking") \
	X(ROUTE, "route",						\
	  "input routing, which validates the source too")		\
	X(INPUT, "input",						\
	  "a netfilter hook before the transport layer")		\
	X(IPSEC, "ipsec",						\
	  "inbound policies of IPsec")

/* Who took a packet before TCP or UDP got it. */
#define TPW_TAKER_NAMES(X)						\
	X(INPUT, "input",						\
	  "a netfilter hook at INPUT")					\
	X(PREROUTING, "prerouting",					\
	  "a netfilter hook at PREROUTING, or on the ingress of the device") \
	X(NETFILTER, "netfilter",					\
	  "a netfilter hook; on loopback it does not show which of these") \
	X(ROUTE, "route",						\
	  "input routing: by its source, as rp_filter wants it")	\
	X(TC, "tc",							\
	  "a tc filter or program on the device")			\
	X(XDP, "xdp",							\
	  "a generic XDP program on the device")			\
	X(IP, "ip",							\
	  "the IP layer: its header is wrong")

/* What such a thing does with the segment. */
#define TPW_GATE_FATE_NAMES(X)						\
	X(PASSES, "passes",						\
	  "lets it through")						\
	X(TRANSLATES, "translates",					\
	  "lets it through with another destination (local) or source (foreign)") \
	X(DECIDES, "decides",						\
	  "is not run to answer a question: not known")			\
	X(FORWARDS, "forwards",						\
	  "sends it on, it is not for a socket here")			\
	X(DROPS, "drops",						\
	  "throws it away")						\
	X(REJECTS, "rejects",						\
	  "throws it away and answers with an error: RST or ICMP")

/* What becomes of a segment at the socket that it has found. */
#define TPW_AFTER_NAMES(X)						\
	X(ACCEPT_QUEUE, "accept-queue",					\
	  "the accept queue is full: a SYN is dropped")			\
	X(REQUEST_QUEUE, "request-queue",				\
	  "the queue of requests is full, and SYN cookies are off: a SYN is dropped") \
	X(SYN_BACKLOG, "syn-backlog",					\
	  "requests fill 3/4 of tcp_max_syn_backlog, and SYN cookies are "	\
	  "off: a SYN is dropped, unless its sender is known")		\
	X(NO_ROUTE, "no-route",						\
	  "no route leads back, or the address is not this host's: a SYN is dropped") \
	X(SYN_COOKIE, "syn-cookie",					\
	  "a SYN is answered with a cookie, and no request is kept")	\
	X(RECEIVE_BUFFER, "receive-buffer",				\
	  "the receive buffer is full: a datagram is dropped")		\
	X(DEFER_ACCEPT, "defer-accept",					\
	  "TCP_DEFER_ACCEPT: accept() gets the connection when data comes") \
	X(TCP_MD5, "tcp-md5",						\
	  "TCP_MD5SIG: a segment of these peers has to be signed")	\
	X(TCP_AO, "tcp-ao",						\
	  "TCP_AO: a segment of these peers has to be signed")		\
	X(MIN_TTL, "min-ttl",						\
	  "IP_MINTTL or IPV6_MINHOPCOUNT: a segment from too far away is dropped") \
	X(FILTER, "filter",						\
	  "a BPF program on the socket decides")			\
	X(ENCAP, "encap",						\
	  "the datagram goes to a protocol in the kernel, as of tunnels")

/* What was set on a socket. */
#define TPW_SOCKET_FLAG_NAMES(X)					\
	X(FREEBIND, "freebind",						\
	  "IP_FREEBIND: may bind to an address that is not here")	\
	X(TRANSPARENT, "transparent",					\
	  "IP_TRANSPARENT: for TPROXY")					\
	X(NO_PORT, "no-port",						\
	  "IP_BIND_ADDRESS_NO_PORT: bound without a port")		\
	X(REUSEADDR, "reuseaddr",					\
	  "SO_REUSEADDR")						\
	X(REUSEPORT, "reuseport",					\
	  "SO_REUSEPORT")						\
	X(ONLY_IPV6, "only-ipv6",					\
	  "IPV6_V6ONLY")						\
	X(MPTCP, "mptcp",						\
	  "of MPTCP")							\
	X(KERNEL, "kernel",						\
	  "owned by the kernel")

/* What chooses the member of a reuseport group. */
#define TPW_CHOOSER_NAMES(X)						\
	X(NOBODY, "-",							\
	  "there is no group")						\
	X(HASH, "hash",							\
	  "the hash of the tuple")					\
	X(CBPF, "cbpf",							\
	  "a classic BPF program")					\
	X(EBPF, "ebpf",							\
	  "an eBPF program")

/* X(ID, word): what is wrong with a word; with blanks for hyphens, a sentence. */
#define TPW_WRONG_NAMES(X)			\
	X(NOTHING,	"-")			\
	X(PROTO,	"is-neither-tcp-nor-udp") \
	X(ADDRESS,	"is-no-address:port")	\
	X(ANY_ADDRESS,	"is-the-wildcard,-no-packet-has-it") \
	X(PORT,		"has-no-port-from-1-to-65535") \
	X(FAMILY,	"is-of-another-family-than-the-first-address") \
	X(DEVICE,	"is-no-device-here")	\
	X(NEEDS_DEVICE,	"is-link-local,-name-its-device:-dev-IF") \
	X(CPU,		"is-no-number-of-a-CPU") \
	X(OFFLINE,	"is-no-CPU-that-is-online") \
	X(OPTION,	"is-none-of-the-options-dev,-cpu") \
	X(BIND_OPTION,	"is-none-of-the-options-dev,-uid,-reuseaddr,-reuseport,-v6only") \
	X(BIND_PROTO,	"is-not-tcp") \
	X(V6ONLY,	"is-no-option-of-an-IPv4-socket") \
	X(UID,		"is-no-number-of-a-user") \
	X(TWICE,	"contradicts-what-was-said-before") \
	X(MISSING,	"needs-a-word-behind-it") \
	X(NOT_ASKED,	"an-empty-question")	\
	X(LENGTH,	"is-followed-by-too-much")

#endif /* _UAPI_TUPLEWATCH_H */
