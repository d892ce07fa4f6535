#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Servers that do what servers should not; each says what there is to know, then "ready", and stays.
#
#	worker.py stuck PORT NR    two listeners of a reuseport group, held by a process that did not call listen(), which
#	                           has ended; NR clients connect; the holder accepts all of the first listener, one of the second and then nothing
#	worker.py flight PORT      a listener that is in no process: its descriptor is on its way through a UNIX socket
#	worker.py daemon PORT      a listener whose opener has ended, held by a process that never accepts and one that does
#	worker.py unread PORT NR   a UDP socket with little room that NR datagrams are sent to, and nobody reads
import array
import os
import signal
import socket
import struct
import sys


def cookie(sock):
    return struct.unpack("Q", sock.getsockopt(socket.SOL_SOCKET, 57, 8))[0]


def listener(port):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(("127.0.0.1", port))
    sock.listen(64)
    sock.setblocking(False)
    return sock


def accept_all(sock):
    kept = []
    try:
        while True:
            kept.append(sock.accept()[0])
    except BlockingIOError:
        return kept


def stuck(port, nr):
    opener = os.getpid()
    first, second = listener(port), listener(port)
    if os.fork():
        os._exit(0)
    os.setsid()
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(nr)]
    kept = accept_all(first)
    one = second.accept()
    print(f"opener pid={opener}")
    print(f"worker pid={os.getpid()} good={cookie(first):x} bad={cookie(second):x} accepted={len(kept)}"
          f" left={nr - len(kept) - 1}")
    return [first, second, clients, kept, one]


def flight(port):
    sock = listener(port)
    ends = socket.socketpair(socket.AF_UNIX)
    ends[0].sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [sock.fileno()]))])
    print(f"listener cookie={cookie(sock):x}")
    sock.close()
    return ends


def daemon(port):
    opener = os.getpid()
    sock = listener(port)
    sock.setblocking(True)
    if os.fork():
        os._exit(0)
    os.setsid()
    worker = os.fork()
    if not worker:
        kept = []
        while True:
            kept.append(sock.accept())
    print(f"daemon opener={opener} master={os.getpid()} worker={worker}")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    return sock


def unread(port, nr):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    sock.bind(("127.0.0.1", port))
    for _ in range(nr):
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x" * 100, ("127.0.0.1", port))
    return sock


held = {"stuck": stuck, "flight": flight, "daemon": daemon, "unread": unread}[sys.argv[1]](*map(int, sys.argv[2:]))
print("ready", flush=True)
signal.pause()
