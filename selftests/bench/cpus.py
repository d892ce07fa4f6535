#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs in a guest whose clock is the host's: one load on each CPU at once, with hooks and without by turns.

An emulated machine gives its CPUs turns on one thread of the host: the time that all of them take together
tells whether they do more work when there are more of them, and nothing about caches.
"""

import os
import subprocess
import time

from common import PARAMETERS, Unavailable, insmod, rmmod, switch_log_off, tell, tool, write

TURNS = 10000
TIMES = 10              # of each; the best counts: the host has other things to do


def run_loads(cpus):
    """One load bound to each CPU: nanoseconds from the start of all to the end of all, and their segments."""
    start = time.monotonic_ns()
    loads = [subprocess.Popen(["taskset", "-c", str(cpu), tool("load"), "rr", str(TURNS), "1", str(cpu)],
                              stdout=subprocess.DEVNULL) for cpu in range(cpus)]
    if any(load.wait() for load in loads):
        raise RuntimeError("a load failed")
    return time.monotonic_ns() - start, cpus * 2 * TURNS


def main():
    cpus = os.cpu_count()
    rows = {"0": [], "1": []}
    insmod("netfilter=0")
    try:
        try:
            switch_log_off()
        except Unavailable:
            pass
        for enabled in ("0", "1") * TIMES:
            write(PARAMETERS + "/enabled", enabled)
            time.sleep(0.5)
            rows[enabled].append(run_loads(cpus))
    except (RuntimeError, subprocess.CalledProcessError, OSError) as error:
        tell("failed", why=str(error))
        raise SystemExit(1) from error
    rmmod()
    tell("cpus", cpus=cpus, without=rows["0"], watched=rows["1"])
    tell("done")


if __name__ == "__main__":
    main()
