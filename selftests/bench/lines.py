#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: lines.py MODULE.ko: are there cache lines that two CPUs write for established segments?

Lists what such a segment writes, and asks pahole how the compiler laid it out. Why each belongs to one CPU is
the argument; that sizes and members are such that nothing else stands in the same line is what is checked.
"""

import re
import subprocess
import sys

from common import tell

LINE = 64


class Layout:
    """What pahole and readelf say about a module."""

    def __init__(self, module):
        self.module = module
        self.symbols = subprocess.run(["readelf", "-sW", module], check=True, text=True,
                                      stdout=subprocess.PIPE).stdout
        sections = subprocess.run(["readelf", "-SW", module], check=True, text=True, stdout=subprocess.PIPE).stdout
        self.per_cpu = re.search(r"\[ *(\d+)\] \.data\.\.percpu", sections)

    def structure(self, name):
        """Its size, and the offset of each member."""
        text = subprocess.run(["pahole", "-C", name, self.module], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        size = re.search(r"/\* size: (\d+)", text)
        if not size:
            raise LookupError(f"{self.module} has no struct {name}")
        members = re.findall(r"(\w+)(?:\[\d*\])*(?: __attribute__\S+)?; +/\* +(\d+) +(\d+) ", text)
        return int(size.group(1)), {name: (int(at), int(length)) for name, at, length in members}

    def is_per_cpu(self, variable):
        at = re.search(r" (\w+) " + variable + "$", self.symbols, re.M)
        return bool(at and self.per_cpu and at.group(1) == self.per_cpu.group(1))


def whole_lines(layout, name, members):
    """Elements of an array: none shares a line with its neighbour."""
    size, its = layout.structure(name)
    spare = [m for m in members if m not in its]
    if spare:
        raise LookupError(f"struct {name} has no {' '.join(spare)}")
    touched = {line for m in members for line in range(its[m][0] // LINE, (sum(its[m]) - 1) // LINE + 1)}
    neighbours = 0 if size % LINE == 0 else max(1, LINE // size - 1)
    return {"bytes": size, "lines": len(touched), "neighbours": neighbours}


def static_per_cpu(layout, variable, name):
    if not layout.is_per_cpu(variable):
        raise LookupError(f"{variable} is not in the per-CPU section")
    return {"bytes": layout.structure(name)[0], "neighbours": 0}


def own_pages(layout, name):
    return {"bytes": layout.structure(name)[0], "neighbours": 0}


# What, whose it is, and the check.
WRITTEN = (
    ("the open segment", "static per-CPU variable",
     lambda layout: static_per_cpu(layout, "tpw_segments", "tpw_segments")),
    ("head of the log's ring", "alloc_percpu()",
     lambda layout: own_pages(layout, "tpw_ring")),
    ("slot of the ring", "one allocation of pages a CPU",
     lambda layout: own_pages(layout, "tpw_log_slot")),
    ("counters", "alloc_percpu()",
     lambda layout: own_pages(layout, "tpw_counts")),
    ("row of the connection", "the CPU that its packets come to",
     lambda layout: whole_lines(layout, "tpw_connection", ["e", "found"])),
    ("bucket of the row", "the CPU that its packets come to",
     lambda layout: whole_lines(layout, "tpw_bucket", ["lock"])),
)


def check_read_only(layout):
    """What each segment reads of the table stands apart from what opening and closing writes."""
    _, members = layout.structure("tpw_table")
    written = min(at for name, (at, _) in members.items() if name in ("free_lock", "free", "held"))
    read = max(sum(members[name]) for name in ("entries", "buckets", "nr", "entry_bytes"))
    return {"bytes": read, "neighbours": 0 if written // LINE > (read - 1) // LINE else 1}


def main():
    if len(sys.argv) != 2:
        raise SystemExit("Usage: lines.py MODULE.ko")
    try:
        layout = Layout(sys.argv[1])
        for what, whose, check in WRITTEN:
            tell("line", what=what, whose=whose, **check(layout))
        tell("line", what="head of the table (read)", whose="all, apart from what is written",
             **check_read_only(layout))
    except (LookupError, OSError, subprocess.CalledProcessError) as error:
        tell("failed", why=f"lines.py: {error}")
        raise SystemExit(1) from error
    tell("done")


if __name__ == "__main__":
    main()
