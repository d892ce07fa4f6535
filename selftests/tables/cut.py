#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# A connection from another namespace, whose data a rule drops once it is there: cut.py ADDRESS PORT NETNS NFT
import ctypes
import os
import socket
import subprocess
import sys
import time

address, port, netns, nft = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
listener = socket.create_server((address, port))
child = os.fork()
if child == 0:
    with open(netns) as there:
        if ctypes.CDLL(None).setns(there.fileno(), 0):
            sys.exit(1)
    client = socket.create_connection((address, port))
    time.sleep(600)
server, _ = listener.accept()
subprocess.run([nft, "add", "rule", "inet", "wall", "in", "tcp", "dport", str(port), "drop"], check=True)
# The other end acknowledges it, until it is killed, and the acknowledgement is dropped.
server.send(b"x")
time.sleep(1)
os.kill(child, 9)
os.waitpid(child, 0)
