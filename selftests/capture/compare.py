#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# What tshark reads in an annotated capture against the truth of traffic.py: compare.py CAPTURE SCRIPT TRUTH SERVER. Prints
# for each kind of traffic
#	KIND INCOMING RIGHT WRONG WITHOUT
# the segments that came in for the namespace SERVER: all, those whose comment is right, is wrong, is missing; then what else
# has a comment, as "stray"; and on the standard error, what was wrong.
import collections
import subprocess
import sys

FIELDS = ("frame.number ip.src ip.dst ipv6.src ipv6.dst tcp.srcport tcp.dstport udp.srcport udp.dstport tcp.flags tcp.seq tcp.ack "
          "tcp.len tuplewatch.via tuplewatch.match tuplewatch.outcome tuplewatch.cookie tuplewatch.listener").split()
SYN, ACK = 0x02, 0x10

capture, script, truth_name, server = sys.argv[1:5]
truth = {}
with open(truth_name) as file:
    for line in file:
        kind, proto, netns, foreign, local, cookie, listener = line.split()
        truth[proto, foreign, local] = kind, netns, cookie, listener


def end(address, port):
    return ("[%s]:%s" if ":" in address else "%s:%s") % (address, port)


def key(packet):
    proto = "tcp" if packet["tcp.srcport"] else "udp"
    if packet["ipv6.src"]:
        proto += "6"
    return (proto, end(packet["ip.src"] or packet["ipv6.src"], packet["tcp.srcport"] or packet["udp.srcport"]),
            end(packet["ip.dst"] or packet["ipv6.dst"], packet["tcp.dstport"] or packet["udp.dstport"]))


shaken = set()


def expected(packet, ends, cookie, listener):
    """Its match, and the cookie of its socket"""
    if ends[0].startswith("udp"):
        return ("bound", "connected"), cookie
    flags = int(packet["tcp.flags"], 16)
    if cookie == "-":
        return ("none",), "-"
    if flags & SYN and not flags & ACK:
        shaken.discard(ends)
        return ("listener",), listener
    if listener != "-" and ends not in shaken:
        # the first one behind the SYN ends the handshake
        shaken.add(ends)
        return ("request",), cookie
    return ("established", "time-wait"), cookie


output = subprocess.run(["tshark", "-n", "-X", "lua_script:" + script, "-r", capture, "-T", "fields", "-E", "occurrence=l"] +
                        [word for field in FIELDS for word in ("-e", field)], capture_output=True, text=True)
said = [line for line in output.stderr.split("\n") if line and "This could be dangerous" not in line]
counts = collections.defaultdict(lambda: [0, 0, 0, 0])
strays = 0
for line in output.stdout.split("\n"):
    packet = dict(zip(FIELDS, line.split("\t")))
    if not line:
        continue
    is_segment = packet["tcp.srcport"] or packet["udp.srcport"]
    kind, netns, cookie, listener = truth.get(key(packet), (None,) * 4) if is_segment else (None,) * 4
    if netns != server:
        strays += packet["tuplewatch.via"] != ""
        continue
    matches, wanted = expected(packet, key(packet), cookie, listener)
    count = counts[kind]
    count[0] += 1
    if not packet["tuplewatch.via"]:
        count[3] += 1
    elif packet["tuplewatch.match"] in matches and packet["tuplewatch.cookie"] == wanted:
        count[1] += 1
    else:
        count[2] += 1
        print("packet", line, "should be", matches, wanted, file=sys.stderr)
for kind, count in counts.items():
    print(kind, *count)
print("stray", strays)
print("said", len(said), *said)
