# SPDX-License-Identifier: GPL-2.0
"""What the scripts in the guest share: commands, files, and how they tell the host what they found."""

import json
import os
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
READER = os.path.join(HERE, "../../userspace/tuplewatch")
PROC = "/proc/net/tuplewatch"
PARAMETERS = "/sys/module/tuplewatch/parameters"
NAMESPACES = ("bench-client", "bench-server")
DEADLINE = 400          # s of the guest's clock, which races while it waits
REPEATS = 3
SETTLE = 2              # s: what loading and unloading leave behind


class Unavailable(Exception):
    """This cannot be measured here; the text says why."""


def tell(record, **more):
    """One line for the host: see report.py."""
    print(json.dumps(dict(more, record=record)), flush=True)


def tool(name):
    """One of the programs beside."""
    return os.path.join(HERE, name)


def run(*command, where=None):
    if where:
        command = ("ip", "netns", "exec", where) + command
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def wait_for(what, condition):
    deadline = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("no " + what)
        time.sleep(0.5)


def facts(name):
    """What line 1 of one of the module's tables says."""
    line = read(os.path.join(PROC, name)).split("\n", 1)[0]
    return dict(fact.split("=", 1) for fact in line.split()[4:])


def insmod(*parameters):
    run("insmod", os.environ["TPW_KO"], *parameters)


def rmmod():
    run("rmmod", "tuplewatch")


def switch_log_off():
    if not os.path.exists(PROC + "/filter"):
        raise Unavailable("this module has no " + PROC + "/filter")
    for where in (None,) + NAMESPACES:
        if where is None or os.path.exists("/run/netns/" + where):
            run("sh", "-c", "echo none > " + PROC + "/filter", where=where)
