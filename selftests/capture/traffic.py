#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Traffic of nine kinds between the namespaces of capture.sh, and which socket each segment of it belongs to, by
# SO_COOKIE alone: traffic.py TURNS TRUTH CLIENT SERVER CONTAINER, the last three names of namespaces. Each line that is
# written to the file TRUTH is
#	KIND PROTO NAMESPACE FOREIGN LOCAL SOCKET-COOKIE LISTENER-COOKIE
# for all segments with these ends, seen from the one that gets them, which is in that namespace; "-" is none.
import ctypes
import os
import select
import socket
import struct
import sys
import threading

SO_COOKIE = 57
SO_BINDTODEVICE = 25
CLONE_NEWNET = 0x40000000

libc = ctypes.CDLL(None, use_errno=True)
turns = int(sys.argv[1])
truth = open(sys.argv[2], "w")
A, B, C = sys.argv[3:6]


def enter(name):
    with open("/run/netns/" + name) as file:
        if libc.setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns " + name)


def make(netns, family, kind):
    enter(netns)
    sock = socket.socket(family, kind)
    sock.settimeout(20)
    return sock


def cookie(sock):
    return "%x" % struct.unpack("=Q", sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8))[0]


def end(address):
    return ("[%s]:%d" if ":" in address[0] else "%s:%d") % address[:2]


def note(kind, proto, netns, foreign, local, sock, listener="-"):
    print(kind, proto, netns, end(foreign), end(local), sock, listener, file=truth)


def listen(netns, address, family, device=None):
    sock = make(netns, family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if device:
        sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode() + b"\0")
    sock.bind(address)
    sock.listen(64)
    return sock


def take(sock, nr):
    while nr:
        got = len(sock.recv(min(nr, 1 << 16)))
        if not got:
            sys.exit("a connection ended early")
        nr -= got


def connect(kind, client_netns, server_netns, server, address, family, size=100):
    """One connection: SIZE bytes to the server, half of them back, both close. The server's end closes first at
    every other one, so that TIME_WAIT is on either side."""
    client = make(client_netns, family, socket.SOCK_STREAM)
    client.connect(address)
    accepted, _ = server.accept()
    accepted.settimeout(20)
    proto = "tcp6" if family == socket.AF_INET6 else "tcp"
    ends = client.getsockname(), accepted.getsockname()
    note(kind, proto, server_netns, ends[0], ends[1], cookie(accepted), cookie(server))
    note(kind, proto, client_netns, ends[1], ends[0], cookie(client))
    if size > 1 << 16:
        sender = threading.Thread(target=client.sendall, args=(bytes(size),))
        sender.start()
        take(accepted, size)
        sender.join()
    else:
        client.sendall(bytes(size))
        take(accepted, size)
    accepted.sendall(bytes(size // 2 % 5000))
    take(client, size // 2 % 5000)
    first, second = (accepted, client) if ends[0][1] & 1 else (client, accepted)
    first.shutdown(socket.SHUT_WR)
    second.recv(1)
    second.close()
    first.recv(1)
    first.close()


def connections(kind, nr, client_netns, server_netns, address, family=socket.AF_INET, device=None, **more):
    server = listen(server_netns, address, family, device)
    for i in range(nr):
        connect(kind, client_netns, server_netns, server, address, family, **more)
    server.close()


def await_all(sock, nr):
    """NR datagrams: those that are lost would be an error of the test"""
    for _ in range(nr):
        if not select.select([sock], [], [], 20)[0]:
            sys.exit("a datagram got lost")
        sock.recv(1 << 16)


def datagrams(kind, nr, client_netns, server_netns, address, family=socket.AF_INET, size=50, group=None):
    server = make(server_netns, family, socket.SOCK_DGRAM)
    server.bind((group or address[0], address[1]))
    if group:
        server.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                          socket.inet_aton(group) + socket.inet_aton(address[0]))
    client = make(client_netns, family, socket.SOCK_DGRAM)
    target = (group or address[0], address[1])
    if group:
        client.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.77.0.1"))
        client.bind(("10.77.0.1", 0))
    else:
        client.connect(target)
    proto = "udp6" if family == socket.AF_INET6 else "udp"
    note(kind, proto, server_netns, client.getsockname(), target, cookie(server))
    for i in range(nr):
        # in tens of one length
        client.sendto(bytes(size + i // 10), target) if group else client.send(bytes(size + i // 10))
        await_all(server, 1)
    server.close()
    client.close()


def refused(kind, nr, netns, server_netns, address):
    for _ in range(nr):
        client = make(netns, socket.AF_INET, socket.SOCK_STREAM)
        client.bind(("10.77.0.1", 0))
        note(kind, "tcp", server_netns, client.getsockname(), address, "-")
        if client.connect_ex(address) == 0:
            sys.exit("somebody listens on " + end(address))
        client.close()




connections("tcp", 20 * turns, A, B, ("10.77.0.2", 8001))
connections("tcp6", 12 * turns, A, B, ("fd77::2", 8002), socket.AF_INET6)
datagrams("udp", 50 * turns, A, B, ("10.77.0.2", 8003))
datagrams("udp", 30 * turns, A, B, ("fd77::2", 8003), socket.AF_INET6)
for _ in range(turns):
    connections("gro", 1, A, B, ("10.77.0.2", 8004), size=1 << 20)
datagrams("fragments", 15 * turns, A, B, ("10.77.0.2", 8005), size=4000)
datagrams("fragments", 5 * turns, A, B, ("fd77::2", 8005), socket.AF_INET6, size=4000)
connections("loopback", 12 * turns, B, B, ("127.0.0.1", 8006))
connections("loopback", 4 * turns, B, B, ("::1", 8006), socket.AF_INET6)
connections("vrf", 10 * turns, A, B, ("10.78.0.2", 8007), device="red")
connections("container", 10 * turns, C, B, ("10.79.0.2", 8008))
connections("container", 4 * turns, B, C, ("10.79.0.1", 8009))
datagrams("multicast", 30 * turns, A, B, ("10.77.0.2", 8010), group="239.1.2.3")
refused("refused", 6 * turns, A, B, ("10.77.0.2", 8011))
truth.close()
