# SPDX-License-Identifier: GPL-2.0
"""How quicknet and serve name sockets and their ends."""
import ctypes
import socket
import struct

SO_REUSEPORT, SO_BINDTODEVICE, SO_ATTACH_REUSEPORT_CBPF, SO_COOKIE = 15, 25, 51, 57


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
