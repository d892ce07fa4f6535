# SPDX-License-Identifier: GPL-2.0
#
# Sends COUNT segments from as many ports to each [udp/]ADDRESS:PORT of the command line, from each CPU:
#	send.py COUNT ENDPOINT...
import os
import socket
import sys


def send(endpoint):
    is_udp = endpoint.startswith("udp/")
    address, port = endpoint.removeprefix("udp/").rsplit(":", 1)
    family = socket.AF_INET6 if address.startswith("[") else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM if is_udp else socket.SOCK_STREAM)
    sock.settimeout(5)
    try:
        sock.connect((address.strip("[]"), int(port)))
        if is_udp:
            sock.send(b"x")
    except ConnectionRefusedError:
        pass
    sock.close()


for cpu in range(os.cpu_count()):
    os.sched_setaffinity(0, {cpu})
    for one in sys.argv[2:]:
        for _ in range(int(sys.argv[1])):
            send(one)
