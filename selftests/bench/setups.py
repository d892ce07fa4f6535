# SPDX-License-Identifier: GPL-2.0
"""What runs beside a load while it is measured: nothing, the module in each of its ways, or a peer.

A setup is entered before the loads and left after them. Entering raises Unavailable where the kernel or the
module has no such thing; leaving returns what was missed and lost, as far as that can be told.
"""

import os
import re
import signal
import subprocess

from common import (NAMESPACES, PARAMETERS, PROC, READER, Unavailable, insmod, read, rmmod, run, switch_log_off,
                    tool, wait_for, write)


class Setup:
    """Nothing."""

    def __init__(self, name, label, loads=None):
        self.name = name
        self.label = label
        self.loads = loads      # None: all

    def enter(self):
        pass

    def leave(self):
        return {}

    def seen(self):
        """Segments counted so far; None if it does not count."""
        return None


class Module(Setup):
    """tuplewatch, with parameters, the log filtered out or not."""

    def __init__(self, name, label, parameters="", log=True, enabled=True, loads=None):
        super().__init__(name, label, loads)
        self.parameters = parameters.split()
        self.log = log
        self.enabled = enabled

    def enter(self):
        insmod(*self.parameters)
        try:
            if not self.log:
                switch_log_off()
            if not self.enabled:
                write(PARAMETERS + "/enabled", "0")
        except BaseException:
            rmmod()
            raise

    def seen(self):
        rows = [line.split() for line in read(PROC + "/all/counters").splitlines()]
        return sum(int(n) for row in rows if row[0] == "seen" for n in row[1:5]) if self.enabled else None

    def leave(self):
        _, names, *rows = (line.split() for line in read(PROC + "/hooks").splitlines())
        missed = sum(int(row[names.index("missed")]) for row in rows)
        rmmod()
        return {"missed": missed}


class Followed(Module):
    """The same with the reader following the log of the namespace that the loads are in."""

    reader = None

    def enter(self):
        super().enter()
        self.reader = subprocess.Popen([READER, "follow"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                       text=True)

    def leave(self):
        self.reader.send_signal(signal.SIGINT)
        said = self.reader.communicate()[1]
        read_nr, lost = map(int, re.search(r"(\d+) rows read, (\d+) lost", said).groups())
        return dict(super().leave(), lost=lost, read=read_nr)


RULE = "table inet bench { chain input { type filter hook input priority 0; tcp dport 65535 accept; }; }"


def each_namespace():
    return (None,) + tuple(n for n in NAMESPACES if os.path.exists("/run/netns/" + n))


class Walled:
    """A setup beside a firewall: an accepting rule at INPUT in each namespace that loads run in."""

    def enter(self):
        for where in each_namespace():
            run("nft", RULE, where=where)
        super().enter()

    def leave(self):
        left = super().leave()
        for where in each_namespace():
            run("nft", "delete table inet bench", where=where)
        return left


class Wall(Walled, Setup):
    """The firewall alone."""


class WalledModule(Walled, Module):
    """The module beside it."""


class EmptyHook(Setup):
    """Hooks without a handler: two of them fire for each segment."""

    def __init__(self, kind):
        super().__init__("empty-" + kind, "two empty " + kind + "s" * (kind != "ftrace"),
                         ("rr", "rr6", "veth", "udp", "udp-conn"))
        self.kind = kind

    def enter(self):
        run("insmod", os.environ["TPW_BENCH_PEER"] + "/empty_hook.ko", "kind=" + self.kind)

    def leave(self):
        run("rmmod", "empty_hook")
        return {}


def enabled_functions():
    return read("/sys/kernel/tracing/enabled_functions").count("\n")


def kernel_segments():
    """What the kernel counted in all namespaces that loads run in."""
    total = 0
    for where in (None,) + NAMESPACES:
        lines = [line.split() for line in run("cat", "/proc/net/snmp", where=where).splitlines()]
        for names, values in zip(lines[::2], lines[1::2]):
            total += sum(int(value) for name, value in zip(names, values)
                         if (names[0], name) in (("Tcp:", "InSegs"), ("Udp:", "InDatagrams")))
    return total


class Bpftrace(Setup):
    """bpftrace with one of the scripts beside, which count what the connections table counts, or less."""

    program = None
    before = 0

    def __init__(self, name, label, script, counts_all=True):
        # It does not count what finds no socket.
        super().__init__(name, label, ("rr", "rr6", "veth", "crr", "udp", "udp-conn"))
        self.path = tool("peer/" + script)
        self.counts_all = counts_all

    def enter(self):
        probes = len(re.findall(r"^k\w+:", read(self.path), re.M))
        before = enabled_functions()
        try:
            # With the 4096 that are usual, it would stop counting in the middle of a load.
            self.program = subprocess.Popen(["bpftrace", self.path], stdout=subprocess.PIPE,
                                            stderr=subprocess.STDOUT, text=True,
                                            env=dict(os.environ, BPFTRACE_MAP_KEYS_MAX="65536"))
        except FileNotFoundError as error:
            raise Unavailable("no bpftrace on this machine") from error
        wait_for("hook of " + self.path,
                 lambda: self.program.poll() is not None or enabled_functions() >= before + probes)
        if self.program.poll() is not None:
            raise Unavailable("bpftrace: " + " ".join(self.program.communicate()[0].split())[-200:])
        self.before = kernel_segments()

    def leave(self):
        made = kernel_segments() - self.before
        self.program.send_signal(signal.SIGINT)
        said = self.program.communicate()[0]
        counted = sum(int(n) for n in re.findall(r"^@segments6?\[.*\]: (\d+)$", said, re.M))
        return dict({"lost": made - counted} if self.counts_all else {}, counted=counted)


class Tcpdump(Setup):
    """tcpdump on all devices, its file thrown away."""

    program = None

    def enter(self):
        try:
            self.program = subprocess.Popen(["tcpdump", "-n", "-i", "any", "-w", "/dev/null"],
                                            stderr=subprocess.PIPE, text=True)
        except FileNotFoundError as error:
            raise Unavailable("no tcpdump on this machine") from error
        wait_for("tcpdump", lambda: read("/proc/net/packet").count("\n") > 1)

    def leave(self):
        self.program.send_signal(signal.SIGINT)
        said = self.program.communicate()[1]
        return {"lost": int(re.search(r"(\d+) packets? dropped by kernel", said).group(1))}


# Those that do not leave the namespace that we are in.
HERE_LOADS = ("rr", "rr6", "crr", "udp", "udp-conn", "refused")
NO_TABLES = "max_connections=0 max_listeners=0 netfilter=0"

SETUPS = (
    Setup("bare", "no module"),
    Module("disabled", "loaded, enabled=0", enabled=False),
    Module("counters", "counters", NO_TABLES, log=False),
    Module("tables", "counters, tables", "netfilter=0", log=False),
    Module("counters-log", "counters, log", NO_TABLES),
    Module("log", "counters, tables, log", "netfilter=0"),
    Module("default", "the default (all)"),
    Wall("wall", "a rule at INPUT"),
    WalledModule("wall-log", "a rule, tables, log", "netfilter=0"),
    WalledModule("wall-default", "a rule, the default"),
    Followed("follow", "the default, followed", loads=HERE_LOADS),
    Setup("control-1", "no module, control 1"),
    Module("kprobe-tables", "kprobe, tables", "backend=kprobe netfilter=0", log=False),
    Module("kprobe", "kprobe, all", "backend=kprobe"),
    EmptyHook("ftrace"),
    EmptyHook("kprobe"),
    EmptyHook("kretprobe"),
    Bpftrace("bpftrace-fentry", "bpftrace, fentry", "fentry.bt"),
    Bpftrace("bpftrace-kprobe", "bpftrace, kprobes", "kprobe.bt"),
    Bpftrace("bpftrace-kretprobe", "bpftrace, kretprobes", "kretprobe.bt", counts_all=False),
    Bpftrace("less-bpftrace", "bpftrace, less", "match.bt", counts_all=False),
    Tcpdump("tcpdump", "tcpdump -w /dev/null", HERE_LOADS),
    Setup("control-2", "no module, control 2"),
)


def without(name, label, *functions):
    """Counters and tables, but for these hooks: what they cost is what is less."""
    return Module("less-" + name, "tables, without " + label, "netfilter=0 test_missing=" + ",".join(functions),
                  log=False, loads=("crr",))


# What a connection costs that comes and goes, hook by hook: only where they are named.
SPLIT = (
    without("state", "changes of state", "inet_sock_set_state"),
    without("accept", "accept()", "__inet_accept"),
    without("birth", "births", "inet_csk_complete_hashdance", "inet_csk_reqsk_queue_add"),
    without("request", "requests", "inet_csk_reqsk_queue_hash_add"),
    without("search", "listener searches", "__inet_lookup_listener", "inet_lhash2_lookup"),
    without("child", "children's creation", "tcp_v4_syn_recv_sock"),
    without("time-wait", "TIME_WAITs", "tcp_time_wait"),
    without("all", "all of these", "inet_sock_set_state", "__inet_accept", "inet_csk_complete_hashdance",
            "inet_csk_reqsk_queue_add", "inet_csk_reqsk_queue_hash_add", "__inet_lookup_listener",
            "inet_lhash2_lookup", "tcp_v4_syn_recv_sock", "tcp_time_wait"),
)
