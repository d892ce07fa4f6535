#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""lookup.py LOG: the path of a TCP segment's lookup with the counts of that log on its arrows, for dot.

selftests/labs/lookup.py selftests/labs/lookup.log | dot -Tsvg > selftests/labs/lookup.svg
"""
import collections
import sys

# The stages in the order in which the kernel asks them, by the word that the log has under `via`.
STAGES = [
    ("early-demux", "early demux", "before routing:\\nis the whole tuple\\nin the established table?"),
    ("ehash", "established table", "all of the five fit:\\nforeign and local address,\\nforeign and local port, TCP"),
    ("listener-addr", "listeners, exact", "bound to this local\\naddress and port"),
    ("listener-any", "listeners, wildcard", "bound to 0.0.0.0\\nand this port"),
]
KINDS = [("established", "a connection"), ("request", "a request"), ("time-wait", "a TIME_WAIT"), ("listener", "a listener")]


def read(path):
    """How many TCP segments there are for each (via, match)."""
    with open(path, encoding="ascii") as file:
        lines = file.read().splitlines()
    columns = lines[1].split()
    rows = [dict(zip(columns, line.split())) for line in lines[2:] if not line.startswith("#")]
    return collections.Counter((row["via"], row["match"]) for row in rows if row["proto"].startswith("tcp"))


def found(counts, via):
    """What a stage found: the lines of its box."""
    return [f"{name}: {number:,}" for match, name in KINDS if (number := counts[via, match])]


def draw(counts):
    left = sum(counts.values())
    print("digraph lookup {")
    print('\trankdir=LR; bgcolor="white"; nodesep=0.25; ranksep=0.9;')
    print('\tnode [fontname="Helvetica", fontsize=12, shape=box, style="rounded,filled", fillcolor="#eef3fa", color="#44607c"];')
    print('\tedge [fontname="Helvetica", fontsize=12, color="#44607c"];')
    print('\tsegment [label="a TCP segment\\nfor this host", shape=plaintext, style=""];')
    before = "segment"
    for number, (via, title, text) in enumerate(STAGES):
        node = f"stage{number}"
        print(f'\t{node} [label="{title}\\n\\n{text}"];')
        print(f'\t{before} -> {node} [label="{left:,}"];')
        if lines := found(counts, via):
            label = "\\n".join(lines)
            total = sum(counts[via, match] for match, _ in KINDS)
            print(f'\tfound{number} [label="{label}", fillcolor="#e6f4e6", color="#3f7a3f"];')
            print(f"\t{{ rank=same; {node}; found{number}; }}")
            print(f'\t{node} -> found{number} [label="{total:,}&nbsp;&nbsp;&nbsp;", color="#3f7a3f"];')
            left -= total
        before = node
    print('\trefused [label="no socket\\n\\nRST: the client reads\\nConnection refused", fillcolor="#faeaea", color="#8c3b3b"];')
    print(f'\t{before} -> refused [label="{left:,}", color="#8c3b3b"];')
    print("}")


draw(read(sys.argv[1]))
