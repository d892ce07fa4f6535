# SPDX-License-Identifier: GPL-2.0
"""How quicknet and serve name sockets and their ends."""
import ctypes
import random
import socket
import struct

SO_REUSEPORT, SO_BINDTODEVICE, SO_INCOMING_CPU, SO_ATTACH_REUSEPORT_CBPF, SO_COOKIE = 15, 25, 49, 51, 57
SYN, ACK = 2, 16


def endpoint(text):
    """'address:port' or '[address]:port' as a pair; either may be empty."""
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port or 0)


def name(pair):
    """The same the other way round."""
    return f"[{pair[0]}]:{pair[1]}" if ":" in pair[0] else f"{pair[0]}:{pair[1]}"


def cookie(sock):
    """The kernel's number for this socket, in hex as ss -e prints it."""
    return f"{struct.unpack('Q', sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8))[0]:x}"


def always_member(sock, number):
    """Gives the socket's SO_REUSEPORT group a classic BPF program of one instruction: return number."""
    BPF_RET_K = 6
    code = ctypes.create_string_buffer(struct.pack("HBBI", BPF_RET_K, 0, 0, number))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, struct.pack("@HP", 1, ctypes.addressof(code)))


def checksum(data):
    """Of the internet protocols, over an even number of bytes."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def segment(source, target, flags):
    """A TCP header from one (address, port) to another, with random numbers, without options or data."""
    words = 5
    acked = random.getrandbits(32) if flags & ACK else 0
    header = struct.pack("!HHIIBBHHH", source[1], target[1], random.getrandbits(32), acked, words << 4, flags, 65535, 0, 0)
    pseudo = struct.pack("!4s4sBBH", socket.inet_aton(source[0]), socket.inet_aton(target[0]), 0, socket.IPPROTO_TCP,
                         len(header))
    return header[:16] + struct.pack("!H", checksum(pseudo + header)) + header[18:]
