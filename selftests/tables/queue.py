#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Takes what a rule "queue num N" sends to user space, and gives no verdict: queue.py N
import socket
import struct
import sys

NETLINK_NETFILTER = 12
NFNL_SUBSYS_QUEUE, NFQNL_MSG_CONFIG = 3, 2
NFQA_CFG_CMD, NFQNL_CFG_CMD_BIND = 1, 1
NLM_F_REQUEST, NLM_F_ACK = 1, 4

number = int(sys.argv[1])
nl = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
nl.bind((0, 0))
command = struct.pack("=HHBBH", 8, NFQA_CFG_CMD, NFQNL_CFG_CMD_BIND, 0, 0)
body = struct.pack("=BB", 0, 0) + struct.pack(">H", number) + command
nl.send(struct.pack("=IHHII", 16 + len(body), NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_CONFIG,
                    NLM_F_REQUEST | NLM_F_ACK, 1, 0) + body)
error = struct.unpack_from("=i", nl.recv(4096), 16)[0]
if error:
    sys.exit("queue.py: %d" % error)
print("bound", flush=True)
while nl.recv(65536):
    pass
