# SPDX-License-Identifier: GPL-2.0
"""How quicknet and serve name sockets and their ends."""
import socket
import struct

SO_REUSEPORT, SO_BINDTODEVICE, SO_COOKIE = 15, 25, 57


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
