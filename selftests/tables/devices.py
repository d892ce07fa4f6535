#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# devices.py SERVER LEFT RIGHT: sockets that are bound to a device, and some that are not, in these namespaces (files).
#
# SERVER has 10.78.0.1 and fe80::1 on v0 and on v1; LEFT is at the other end of v0, RIGHT of v1, and both have
# 10.78.0.2. "NAME cookie" is printed for each socket, then "ready"; a line on stdin ends them: twin-v0 and client by
# RST, twin-v1 by FIN from the server, the others by close().
import ctypes
import socket
import struct
import sys

SO_REUSEPORT, SO_BINDTODEVICE, SO_COOKIE = 15, 25, 57
libc = ctypes.CDLL(None)
spaces = dict(zip(("server", "left", "right"), sys.argv[1:]))


def enter(name):
    with open(spaces[name]) as there:
        if libc.setns(there.fileno(), 0):
            sys.exit("setns")


def new(where, kind=socket.SOCK_STREAM, device=None, family=socket.AF_INET):
    enter(where)
    sock = socket.socket(family, kind)
    sock.setsockopt(socket.SOL_SOCKET, SO_REUSEPORT, 1)
    if device:
        sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
    return sock


def tell(name, sock):
    print(name, f"{struct.unpack('Q', sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8))[0]:x}", flush=True)


def pair(where, port, device=None, client_device=None):
    """A listener, a client, and what the listener accepts."""
    listener = new("server", device=device)
    listener.bind(("0.0.0.0", port))
    listener.listen()
    client = new(where, device=client_device)
    client.bind(("10.78.0.2", 4000))
    client.connect(("10.78.0.1", port))
    client.sendall(b"hello")
    accepted = listener.accept()[0]
    accepted.recv(5)
    return client, accepted, listener


def abort(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def link_local(port):
    listener = new("server", family=socket.AF_INET6)
    listener.bind(("::", port))
    listener.listen()
    client = new("left", family=socket.AF_INET6)
    client.connect(("fe80::1", port, 0, socket.if_nametoindex("v0")))
    return client, listener.accept()[0], listener


def datagrams(port):
    """Connected, and bound to the device; one datagram came."""
    server = new("server", socket.SOCK_DGRAM, "v1")
    server.bind(("10.78.0.1", port))
    server.connect(("10.78.0.2", 4000))
    client = new("right", socket.SOCK_DGRAM)
    client.bind(("10.78.0.2", 4000))
    client.sendto(b"hello", ("10.78.0.1", port))
    server.recv(5)
    return client, server


twins = {device: pair(where, 83, device) for device, where in (("v0", "left"), ("v1", "right"))}
plain = pair("left", 84, client_device="v0")
local = link_local(85)
udp = datagrams(86)
for device, (_, accepted, _) in twins.items():
    tell(f"twin-{device}", accepted)
tell("plain", plain[1])
tell("client", plain[0])
tell("link-local", local[1])
tell("udp", udp[1])
print("ready", flush=True)
sys.stdin.readline()
# One segment at least that a module which came later has seen.
twins["v0"][0].sendall(b"more")
twins["v0"][1].recv(4)
abort(twins["v0"][1])
twins["v1"][1].close()
twins["v1"][0].close()
abort(plain[0])
local[0].close()
local[1].close()
udp[1].close()
print("closed", flush=True)
sys.stdin.readline()
