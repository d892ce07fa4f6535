#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs in the guest: at which rate readers of the log begin to lose rows, and whether they say how many.

To be run where the clock counts instructions: a CPU that executes one in a nanosecond, which sender, kernel
and reader share.
"""

import os
import re
import signal
import subprocess
import time

from common import PROC, READER, SETTLE, insmod, read, rmmod, run, tell, tool, wait_for

RATES = (5000, 10000, 20000, 30000, 40000, 50000, 60000)
# Several times what the ring holds.
DATAGRAMS = 30000

# What reads, and how it says what it read and lost, asked to end by that signal.
READERS = (
    ("log_pipe, counted", [tool("../basic/logcount"), PROC + "/log_pipe"], signal.SIGTERM, r"rows=(\d+) lost=(\d+)"),
    ("tuplewatch follow", [READER, "follow"], signal.SIGINT, r"(\d+) rows read, (\d+) lost"),
)


def logged():
    rows = [line.split() for line in read(PROC + "/counters").splitlines()]
    return sum(int(n) for row in rows if row[0] == "logged" for n in row[1:5])


def has_opened_log(process):
    """On a busy host the guest's clock runs ahead of a program that is still being read in."""
    where = f"/proc/{process.pid}/fd"
    try:
        return any(os.readlink(f"{where}/{fd}").endswith("/log_pipe") for fd in os.listdir(where))
    except FileNotFoundError:
        return False


def measure(name, command, end_by, says, rate):
    with open("/tmp/reader.out", "w+", encoding="ascii") as out, open("/dev/null", "w", encoding="ascii") as null:
        # Both say it last, the one on its output, the other beside its rows.
        follower = subprocess.Popen(command, stdout=null if command[0] == READER else out, stderr=out)
        wait_for("open log_pipe of " + name, lambda: has_opened_log(follower))
        before = logged()
        took_ns = int(run(tool("pace"), str(rate), str(DATAGRAMS)))
        time.sleep(SETTLE)
        follower.send_signal(end_by)
        follower.wait()
        made = logged() - before
        out.seek(0)
        text = out.read()
        found = re.search(says, text)
        if not found:
            raise RuntimeError(f"{name}: {text or follower.returncode}")
        read_nr, lost = map(int, found.groups())
    tell("rate", reader=name, asked=rate, rate=DATAGRAMS * 1e9 / took_ns, logged=made, read=read_nr, lost=lost)


def main():
    insmod("netfilter=0")
    time.sleep(SETTLE)
    try:
        for reader in READERS:
            for rate in RATES:
                measure(*reader, rate)
    except (RuntimeError, subprocess.CalledProcessError, OSError) as error:
        tell("failed", why=str(error))
        raise SystemExit(1) from error
    rmmod()
    tell("done")


if __name__ == "__main__":
    main()
