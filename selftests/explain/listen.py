# SPDX-License-Identifier: GPL-2.0
# Listens, in this order, on each ADDRESS:PORT or ADDRESS%DEVICE:PORT of the command line, the latter
# and all that end with "r" with SO_REUSEPORT. Prints their cookies in hex, then waits to be ended.
import signal
import socket
import struct
import sys

SO_REUSEPORT, SO_BINDTODEVICE, SO_COOKIE = 15, 25, 57

kept = []
for word in sys.argv[1:]:
    address, port = word.rstrip("r").rsplit(":", 1)
    address, _, device = address.partition("%")
    sock = socket.socket()
    if device or word.endswith("r"):
        sock.setsockopt(socket.SOL_SOCKET, SO_REUSEPORT, 1)
    if device:
        sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
    sock.bind((address, int(port)))
    sock.listen(5)
    cookie = struct.unpack("Q", sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8))[0]
    kept.append(sock)
    print(f"{cookie:x}", flush=True)
print("ready", flush=True)
signal.pause()
