#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs in the guest: what a segment costs with few and with many sockets in the tables, and what it costs
to read them. One JSON object a line for whoever prints it.

To be run where the clock counts instructions.
"""

import argparse
import subprocess
import time

from common import (PARAMETERS, PROC, READER, REPEATS, SETTLE, Unavailable, facts, insmod, rmmod, run,
                    switch_log_off, tell, tool, write)

CONNECTIONS = (10, 1000, 10000, 100000)
LISTENERS = (1, 100, 16000)
TURNS = {"hot": 3000, "spread": 3000, "short": 1500}
PAGE = "/proc/tuplewatch"
# With fewer, the start of the command is what one measures.
READ_FROM = 1000

READINGS = (
    ("cat connections", ["cat", PROC + "/connections"], 2),
    ("tuplewatch connections", [READER, "connections"], 1),
    ("cat /proc/net/tcp", ["cat", "/proc/net/tcp"], 1),
    ("ss -tan", ["ss", "-tan"], 1),
    ("ss -tanp", ["ss", "-tanp"], 1),
)


class Many:
    """The program that holds the sockets."""

    def __init__(self):
        self.program = subprocess.Popen([tool("many")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def ask(self, command, number):
        self.program.stdin.write(f"{command} {number}\n")
        self.program.stdin.flush()
        answer = self.program.stdout.readline().split()
        if len(answer) != 2:
            raise RuntimeError(f"many: no answer to {command} {number}")
        return tuple(map(int, answer))

    def leave(self):
        self.program.stdin.close()
        self.program.wait()


def load_module(*parameters):
    """Without the log, if it can be switched off. Return: which setup of measure.py that is."""
    insmod("netfilter=0", *parameters)
    try:
        switch_log_off()
    except Unavailable:
        return "log"
    return "tables"


def measure(many, what, number, loads):
    """Each load with hooks and without by turns: with many sockets the kernel's own cost drifts by more
    than ours differs."""
    held = int(facts(what)["held"])
    if held < number:
        raise RuntimeError(f"the table of {what} holds {held} of {number}")
    for load in loads:
        rows = {"0": [], "1": []}
        for enabled in ("0", "1") * REPEATS:
            write(PARAMETERS + "/enabled", enabled)
            time.sleep(SETTLE)
            many.ask(load, TURNS[load] // 2)
            rows[enabled].append(many.ask(load, TURNS[load]))
        counts = [row[1] for both in rows.values() for row in both]
        if max(counts) > 1.01 * min(counts):
            raise RuntimeError(f"{load} with {number} {what}: from {min(counts)} to {max(counts)} segments: "
                               "not the same load")
        tell("scale", what=what, number=number, load=load, held=held,
             without=rows["0"], watched=rows["1"])


def measure_connections(many, number):
    """The connections are older than the module: their rows come with their next segment."""
    load_module("max_connections=131072")
    many.ask("touch", 0)
    time.sleep(SETTLE)
    measure(many, "connections", number, ("hot", "spread"))
    rmmod()


def measure_listeners(many, number):
    load_module("max_listeners=20000")
    many.ask("listeners", number)
    time.sleep(SETTLE)
    measure(many, "listeners", number, ("hot", "short"))
    rmmod()


def measure_page(number):
    """The page for people, whose length has a bound. The first one may find what no other has asked for yet."""
    rows = [tuple(map(int, run(tool("stopwatch"), "cat", PAGE).split())) for _ in range(1 + REPEATS)][1:]
    tell("page", number=number, instructions=[row[0] for row in rows], lines=[row[1] for row in rows])


def measure_reading(many, number):
    """With a table of the default size, or as large as it takes."""
    load_module(*(["max_connections=131072"] if number > 10000 else []))
    many.ask("touch", 0)
    measure_page(number)
    for name, command, heading in READINGS:
        rows = []
        for _ in range(1 if number > 10000 else REPEATS):
            try:
                rows.append(tuple(map(int, run(tool("stopwatch"), *command).split())))
            except subprocess.CalledProcessError:
                tell("unreadable", name=name)
                break
        else:
            tell("reading", number=number, name=name, instructions=[row[0] for row in rows],
                 rows=[row[1] - heading for row in rows])
    rmmod()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default="flat reading")
    parser.add_argument("--most", type=int, default=max(CONNECTIONS), help="no more connections")
    chosen = parser.parse_args()
    parts = chosen.parts.split()
    write("/proc/sys/fs/file-max", "1000000")
    write("/proc/sys/net/ipv4/ip_local_port_range", "33000 65000")
    many = Many()
    try:
        many.ask("connections", CONNECTIONS[0])
        if "flat" in parts:
            for number in LISTENERS:
                measure_listeners(many, number)
            many.ask("listeners", 0)
        for number in CONNECTIONS:
            if number > chosen.most:
                break
            many.ask("connections", number)
            if "flat" in parts:
                measure_connections(many, number)
            if "reading" in parts and number >= READ_FROM:
                measure_reading(many, number)
    except (RuntimeError, subprocess.CalledProcessError, OSError) as error:
        tell("failed", why=str(error))
        raise SystemExit(1) from error
    many.leave()
    tell("done")


if __name__ == "__main__":
    main()
