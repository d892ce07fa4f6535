#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""`make bench-here`: what watching costs on this machine, in cycles and in time, with enabled=0 and 1 in turn.

Each load is run in pairs of runs, off and on, in the order off on, on off, ..., so that what drifts (clock, heat,
other work) is the same for both. What is told is the median of the differences within pairs, and the interval in which
the true median lies with 95 %, by the order of the differences alone: no shape of the noise is assumed.
"""

import argparse
import math
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

from common import PARAMETERS, PROC, insmod, read, rmmod, tool, write

# Turns of each load: about as long as 30,000 of rr.
LOADS = {"rr": 1.0, "rr6": 1.0, "crr": 0.15, "udp": 2.0, "udp-conn": 2.0, "refused": 0.5}
TURNS = 30000
EVENTS = ("cycles", "instructions")


class Hopeless(Exception):
    """Why it cannot be measured here."""


def options():
    parser = argparse.ArgumentParser(prog="make bench-here", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--loads", default="", help="some of: " + " ".join(LOADS))
    parser.add_argument("--pairs", default="30", help="pairs of runs, 6 to 1000")
    parser.add_argument("--parameters", default="", help="of the module, as for insmod")
    parser.add_argument("--turns", default=str(TURNS), help="of the load rr in a run; the others as long")
    chosen = parser.parse_args()
    chosen.pairs = number("PAIRS", chosen.pairs, 6, 1000)
    chosen.turns = number("TURNS", chosen.turns, 100, 100000000)
    chosen.loads = chosen.loads.split() or list(LOADS)
    for word in chosen.loads:
        if word not in LOADS:
            raise Hopeless(f"LOADS: no {word}; there are: {' '.join(LOADS)}")
    return chosen


def number(name, text, least, most):
    if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise Hopeless(f"{name}={text}: wants a number from {least} to {most}")
    return int(text)


def interval(values):
    """The median, and between which of the sorted values it lies with at least 95 % of confidence."""
    values = sorted(values)
    number_of = len(values)
    rank, below = 0, 0.0
    # The chance that at most `rank` values lie below the median.
    while below + math.comb(number_of, rank) / 2 ** number_of <= 0.025:
        below += math.comb(number_of, rank) / 2 ** number_of
        rank += 1
    return statistics.median(values), values[rank - 1], values[number_of - rank]


class Counter:
    """Hardware counters by perf, for those events that this machine has."""

    def __init__(self, cpu):
        self.pin = ["taskset", "-c", str(cpu)]
        self.events = EVENTS
        self.why = ""
        if not shutil.which("perf"):
            self.events, self.why = (), "there is no perf here (Debian: linux-perf)"
        elif not set(EVENTS) <= set(self.run(["true"])[1]):
            self.events, self.why = (), "perf has no cycles here: a virtual machine often has none"

    def run(self, command):
        """What it printed, and its events by name."""
        if not self.events:
            return subprocess.run(self.pin + command, check=True, text=True, stdout=subprocess.PIPE).stdout, {}
        with tempfile.NamedTemporaryFile("r") as file:
            perf = ["perf", "stat", "-x", ",", "-o", file.name, "-e", ",".join(self.events), "--"]
            said = subprocess.run(self.pin + perf + command, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
            if said.returncode:
                return "", {}
            return said.stdout, dict(self.parse(file.read()))

    @staticmethod
    def parse(text):
        for line in text.splitlines():
            fields = line.split(",")
            if len(fields) > 2 and fields[0].isdigit():
                yield fields[2].split(":")[0], int(fields[0])


def run_load(counter, name, turns):
    """One run: each event and the nanoseconds, for a segment."""
    out, events = counter.run([tool("load"), name, str(turns), "1"])
    if not out or set(events) != set(counter.events):
        raise Hopeless(f"the load {name} failed, or perf did")
    nanoseconds, segments = map(int, out.split())
    if not segments:
        raise Hopeless(f"the kernel counted no segment of {name}")
    return {what: amount / segments for what, amount in {**events, "ns": nanoseconds}.items()}


def seen():
    rows = [line.split() for line in read(PROC + "/all/counters").splitlines()]
    return sum(int(n) for row in rows if row[0] == "seen" for n in row[1:5])


def measured(counter, name, turns, on):
    """A run with watching on or off; it must have been so."""
    if read(PARAMETERS + "/enabled").strip() != "NY"[on]:
        write(PARAMETERS + "/enabled", str(int(on)))
    before = seen()
    cost = run_load(counter, name, turns)
    if (seen() > before) != on:
        raise Hopeless(f"with enabled={int(on)} {seen() - before} segments were seen")
    return cost


def measure(counter, name, turns, pairs):
    runs = {False: [], True: []}
    for pair in range(pairs):
        for on in (False, True) if pair % 2 == 0 else (True, False):
            runs[on].append(measured(counter, name, turns, on))
    return runs


def brief(value):
    """With its sign, in five characters."""
    return f"{value:+.0f}" if abs(value) < 9999.5 else f"{value / 1000:+.0f}k"


def show(name, runs, columns):
    text = f"{name:<9}"
    for what in columns:
        base = statistics.median(run[what] for run in runs[False])
        middle, low, high = interval([on[what] - off[what] for off, on in zip(runs[False], runs[True])])
        text += f"{base:>7.0f} {brief(middle):>6} {f'[{brief(low)},{brief(high)}]':<13} {100 * middle / base:>+5.1f}%"
    print(text, flush=True)


def machine(cpu):
    model = re.search(r"^model name\s*: (.*)$", read("/proc/cpuinfo"), re.M)
    said = [platform.release(), model.group(1) if model else platform.machine(), f"CPU {cpu}"]
    governor = f"/sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_governor"
    if os.path.exists(governor):
        said.append("governor " + read(governor).strip())
    if "mitigations=off" in read("/proc/cmdline").split():
        said.append("mitigations off")
    return ", ".join(said)


def table(chosen, counter, cpu):
    columns = [what for what in ("cycles", "ns") if what == "ns" or counter.events]
    print(machine(cpu))
    if counter.why:
        print(counter.why + ": time alone")
    print(f"A segment, medians of {chosen.pairs} pairs; [...]: where that of the addition is, 95 %\n")
    print(" " * 9 + "".join(f"{what:>7} {'watching adds':^27}" for what in columns))
    for name in chosen.loads:
        turns = max(1, int(chosen.turns * LOADS[name]))
        show(name, measure(counter, name, turns, chosen.pairs), columns)


def main():
    chosen = options()
    if os.geteuid():
        raise Hopeless("root is needed, to load the module and to switch it")
    if os.path.exists(PARAMETERS):
        raise Hopeless("tuplewatch is loaded. It would be switched off and on, and miss segments: rmmod it first")
    cpu = max(os.sched_getaffinity(0))
    counter = Counter(cpu)
    insmod(*chosen.parameters.split())
    try:
        table(chosen, counter, cpu)
    finally:
        rmmod()


if __name__ == "__main__":
    try:
        main()
    except (Hopeless, subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"bench-here: {error}")
