#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs in the guest: each load in each setup, one JSON object a line for whoever prints it.

To be run where the clock counts instructions.
"""

import argparse
import platform
import subprocess
import time

from common import NAMESPACES, REPEATS, SETTLE, Unavailable, run, tell, tool
from setups import SETUPS, SPLIT

# Turns of each load, so that all take about as long.
LOADS = {"rr": 3000, "rr6": 3000, "veth": 3000, "crr": 500, "udp": 6000, "udp-conn": 6000, "refused": 3000}
# How long its TIME_WAITs live on.
AFTER = {"crr": 61}


def words(text, known, more=()):
    """Those of @text; all that are known if it has none, and without @more."""
    chosen = text.split() or list(known)
    for word in chosen:
        if word not in (*known, *more):
            raise SystemExit(f"measure.py: no {word}; there are: {' '.join((*known, *more))}")
    return [word for word in (*known, *more) if word in chosen]


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--setups", default="", help="only these")
    parser.add_argument("--loads", default="", help="only these")
    chosen = parser.parse_args()
    chosen.setups = words(chosen.setups, [s.name for s in SETUPS], [s.name for s in SPLIT])
    chosen.loads = words(chosen.loads, list(LOADS))
    return chosen


def make_namespaces():
    """Two, joined by a veth, over which early demux finds sockets."""
    for name in NAMESPACES:
        run("ip", "netns", "add", name)
    client, server = NAMESPACES
    run("ip", "link", "add", "v0", "netns", client, "type", "veth", "peer", "name", "v0", "netns", server)
    for number, name in enumerate(NAMESPACES, 1):
        here = ("ip", "-n", name)
        run(*here, "link", "set", "lo", "up")
        run(*here, "link", "set", "v0", "addrgenmode", "none", "address", f"02:00:00:00:00:0{number}", "up")
        run(*here, "address", "add", f"10.78.0.{number}/24", "dev", "v0")
        # A neighbour that grows old is another path through the kernel.
        run(*here, "neighbour", "replace", f"10.78.0.{3 - number}", "lladdr", f"02:00:00:00:00:0{3 - number}",
            "dev", "v0", "nud", "permanent")
    time.sleep(SETTLE)


def measure(setup, name):
    """One load: nanoseconds and segments of each repeat."""
    before = setup.seen()
    out = run(tool("load"), name, str(LOADS[name]), str(REPEATS))
    rows = [list(map(int, line.split())) for line in out.splitlines()]
    tell("sample", setup=setup.name, load=name, turns=LOADS[name],
         instructions=[row[0] for row in rows], segments=[row[1] for row in rows])
    if before is not None:
        seen = setup.seen() - before
        least = sum(row[1] for row in rows)
        if seen < least:
            raise RuntimeError(f"{setup.name} saw {seen} of {least} segments of {name}")
    time.sleep(AFTER.get(name, 0))


def measure_all(setup, loads):
    try:
        setup.enter()
    except Unavailable as why:
        tell("unavailable", setup=setup.name, why=str(why))
        return
    time.sleep(SETTLE)
    for name in loads:
        if setup.loads is None or name in setup.loads:
            measure(setup, name)
    tell("left", setup=setup.name, **setup.leave())
    time.sleep(SETTLE)


def main():
    chosen = options()
    tell("machine", kernel=platform.release(), repeats=REPEATS,
         setups={s.name: s.label for s in SETUPS + SPLIT if s.name in chosen.setups}, loads=chosen.loads)
    make_namespaces()
    try:
        for setup in SETUPS + SPLIT:
            if setup.name in chosen.setups:
                measure_all(setup, chosen.loads)
    except (RuntimeError, subprocess.CalledProcessError, OSError) as error:
        tell("failed", why=str(error))
        raise SystemExit(1) from error
    tell("done")


if __name__ == "__main__":
    main()
