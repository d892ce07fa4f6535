# SPDX-License-Identifier: GPL-2.0
#
# Usage: packets.py DEVICE SEED NR COPIES: packets made up at random with scapy, right and wrong, each of them once as
# it is and some times with a few bytes changed, all of them sent to one host. The same seed sends the same again.
#
# Prints "packets=N": frames.

import random
import socket
import sys

from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption
from scapy.layers.inet6 import (HBHOptUnknown, ICMPv6EchoRequest, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment,
                                IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN)
from scapy.packet import Raw

MAC = bytes((0x02, 0, 0, 0, 0x77, 1))
EVERYBODY = b"\xff" * 6
PORTS = (7001, 7001, 7002, 7003, 7003, 9, 0, 65535)
TO4 = ("10.77.0.1",) * 12 + ("10.77.0.255", "255.255.255.255", "224.0.0.1", "127.0.0.1", "10.77.0.9")
TO6 = ("fd77::1",) * 12 + ("ff02::1", "::1", "fd77::9", "::ffff:10.77.0.1")


def often(n):
    """In n - 1 of n cases."""
    return random.randrange(n) > 0


def maybe(field, bits):
    """Seldom a wrong value for a field that scapy fills in rightly otherwise."""
    return {} if often(16) else {field: random.getrandbits(bits)}


def some_bytes(most):
    return random.randbytes(random.randrange(most))


def tcp_options():
    known = [("MSS", random.getrandbits(16)), ("WScale", random.randrange(20)), ("SAckOK", b""),
             ("Timestamp", (random.getrandbits(32), random.getrandbits(32))), ("NOP", None), ("EOL", None),
             (19, random.randbytes(16)), (34, some_bytes(12)), (random.randrange(256), some_bytes(8))]
    return random.sample(known, random.randrange(4))


def tcp():
    return TCP(sport=random.getrandbits(16), dport=random.choice(PORTS), seq=random.getrandbits(32),
               ack=random.getrandbits(32), flags=random.choice((0x02, 0x10, 0x04, 0x11, random.getrandbits(8))),
               window=random.getrandbits(16), urgptr=random.getrandbits(16), options=tcp_options(),
               **maybe("dataofs", 4), **maybe("chksum", 16))


def udp():
    datagram = UDP(sport=random.getrandbits(16), dport=random.choice(PORTS), **maybe("len", 16), **maybe("chksum", 16))
    if not often(8):
        datagram.chksum = 0
    return datagram


def transport(echo):
    kind = random.randrange(20)
    if kind < 10:
        return tcp()
    if kind < 18:
        return udp()
    return echo


def ip4_option():
    return IPOption(copy_flag=random.getrandbits(1), optclass=random.getrandbits(2), option=random.getrandbits(5),
                    value=some_bytes(16), **maybe("length", 8))


def ip4():
    header = IP(src="11.%d.%d.%d" % tuple(random.randbytes(3)), dst=random.choice(TO4), id=random.getrandbits(16),
                tos=random.getrandbits(8), ttl=random.choice((64, 64, 64, 1, 0, 255)),
                options=[] if often(6) else [ip4_option()], **maybe("ihl", 4), **maybe("len", 16),
                **maybe("proto", 8), **maybe("chksum", 16))
    if not often(8):
        header.flags = random.getrandbits(3)
        header.frag = random.choice((0, 0, 1, 185, 8191))
    return header / transport(ICMP())


def extension():
    return random.choice((
        lambda: IPv6ExtHdrHopByHop(options=[PadN(optdata=some_bytes(12))]),
        lambda: IPv6ExtHdrDestOpt(options=[PadN(optdata=some_bytes(12))]),
        lambda: IPv6ExtHdrDestOpt(options=[HBHOptUnknown(otype=random.getrandbits(8), optdata=some_bytes(12),
                                                         **maybe("optlen", 8))]),
        lambda: IPv6ExtHdrRouting(type=random.choice((0, 2, 3, 4)), addresses=["fd77::1"]),
        lambda: IPv6ExtHdrFragment(offset=random.choice((0, 0, 0, 1, 8191)), m=random.getrandbits(1),
                                   id=random.getrandbits(32))))()


def ip6():
    packet = IPv6(src="2001:db8::%x" % random.getrandbits(16), dst=random.choice(TO6),
                  hlim=random.choice((64, 64, 64, 1, 0)), fl=random.getrandbits(20), **maybe("plen", 16),
                  **maybe("nh", 8))
    for _ in range(0 if often(3) else random.randrange(1, 4)):
        packet /= extension()
    return packet / transport(ICMPv6EchoRequest())


def build():
    """One packet, not always to its end."""
    packet = bytes(random.choice((ip4, ip6))() / Raw(some_bytes(200)))
    return packet if often(8) else packet[:random.randrange(1, len(packet))]


def spoil(packet):
    """A few bytes of it, most of them behind what a router would look at."""
    changed = bytearray(packet)
    for _ in range(random.randrange(1, 4)):
        least = min(20, len(changed) - 1) if often(4) else 0
        changed[random.randrange(least, min(len(changed), 100))] = random.getrandbits(8)
    return bytes(changed)


def main():
    device, seed, nr, copies = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
    sent = 0

    random.seed(seed)
    for _ in range(nr):
        packet = build()
        proto = 0x86dd if packet[0] >> 4 == 6 else 0x800
        for i in range(1 + copies):
            to = MAC if often(16) else EVERYBODY
            wire.sendto(spoil(packet) if i else packet, (device, proto, 0, 0, to))
            sent += 1
    print("packets=%d" % sent)


main()
