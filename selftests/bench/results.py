# SPDX-License-Identifier: GPL-2.0
"""What the guests told, and how it compares with the budgets."""

import statistics

# Instructions a segment: the load, the setup, the one that is taken off, the limit, what we would like better.
BUDGETS = (
    ("counters and tables, log off", "rr", "tables", "bare", 220, 160),
    ("counters, tables and log", "rr", "log", "bare", 300, None),
    ("the default (all)", "rr", "default", "bare", 300, None),
    ("arrivals, beside a firewall", "rr", "wall-default", "wall-log", 30, None),
)
# Connect, request, close: by how much a turn may rise, in %.
RISES = (("counters and tables, log off", "tables"), ("counters, tables and log", "log"),
         ("the default (all)", "default"))
RISE = 3.0
# By how much other paths may cost more than loopback, in %.
PATHS = ("rr6", "veth", "udp", "udp-conn")
NEAR = 25.0
# How many times cheaper than the cheapest of bpftrace's ways.
CHEAPER = 7.0
CHEAPER_STRETCH = 10.0
# By how much the cost may differ from few sockets to many, in %.
FLAT = 10.0

# Whose row is to take less than whose: a file's than a file's, a tool's than a tool's, and a tool's than a file's.
READS = (
    ("cat connections", "cat /proc/net/tcp"),
    ("tuplewatch connections", "ss -tan"),
    ("tuplewatch connections", "ss -tanp"),
    ("tuplewatch connections", "cat /proc/net/tcp"),
)


def per_segment(rows):
    return [ns / segments for ns, segments in rows]


class Results:
    """What has been read so far."""

    def __init__(self):
        self.records = []
        self.machine = {}
        self.samples = {}       # (setup, load): record
        self.left = {}
        self.unavailable = {}
        self.lists = {"scale": [], "reading": [], "rate": [], "cpus": [], "line": [], "unreadable": [], "page": []}
        self.failed = []

    def take(self, record):
        self.records.append(record)
        kind = record["record"]
        if kind in self.lists:
            self.lists[kind].append(record)
        elif kind == "machine":
            self.machine = record
        elif kind == "sample":
            self.samples[record["setup"], record["load"]] = record
        elif kind == "left":
            self.left[record["setup"]] = record
        elif kind == "unavailable":
            self.unavailable[record["setup"]] = record["why"]
        elif kind == "failed":
            self.failed.append(record["why"])
        elif kind == "ended" and record["status"]:
            self.failed.append(f"{record['part']} ended with {record['status']}")

    def spent(self, setup, load):
        """Instructions a segment of each repeat, or None."""
        sample = self.samples.get((setup, load))
        return sample and per_segment(zip(sample["instructions"], sample["segments"]))

    def cost(self, setup, load, base="bare"):
        """Instructions a segment more than @base, and their spread; None if one is missing."""
        mine, its = self.spent(setup, load), self.spent(base, load)
        if not mine or not its:
            return None
        return statistics.median(mine) - statistics.median(its), max(mine) - min(mine)

    def rise(self, setup, load):
        """By how many percent a turn takes longer."""
        cost = self.cost(setup, load)
        return cost and 100 * cost[0] / statistics.median(self.spent("bare", load))

    def flat(self):
        """(what, load): {number: (cost, spread)}."""
        table = {}
        for s in self.lists["scale"]:
            costs = [w - o for w, o in zip(per_segment(s["watched"]), per_segment(s["without"]))]
            table.setdefault((s["what"], s["load"]), {})[s["number"]] = (statistics.median(costs),
                                                                        max(costs) - min(costs))
        return table

    def reading(self):
        """name: {number: instructions a row}."""
        table = {}
        for r in self.lists["reading"]:
            table.setdefault(r["name"], {})[r["number"]] = statistics.median(
                i / rows for i, rows in zip(r["instructions"], r["rows"]))
        return table

    def as_json(self):
        """What was made of it, then all that was told."""
        costs = [{"setup": setup, "load": load, "above": cost[0], "spread": cost[1]}
                 for setup, load in self.samples for cost in [self.cost(setup, load)] if setup != "bare" and cost]
        budget = [dict(zip(("what", "is", "limit", "stretch", "verdict"), row)) for row in verdicts(self)]
        return {"kernel": self.machine.get("kernel"), "failed": self.failed, "budget": budget, "costs": costs,
                "records": self.records}


def judge(value, limit, stretch, higher):
    def fits(bound):
        return value >= bound if higher else value <= bound
    if not fits(limit):
        return "NO"
    return "ok, stretch too" if stretch is not None and fits(stretch) else "ok"


def verdicts(results):
    """Each budget: what, is, limit, stretch, verdict; the numbers as text. What was not asked for is left out."""
    rows = []

    def add(what, value, form, limit, stretch=None, higher=False):
        rows.append((what, form % value, form % limit, "" if stretch is None else form % stretch,
                     judge(value, limit, stretch, higher)))

    for what, load, setup, base, limit, stretch in BUDGETS:
        cost = results.cost(setup, load, base)
        if cost:
            add(f"{load}: {what}", cost[0], "%+.0f", limit, stretch)
    for what, setup in RISES:
        rise = results.rise(setup, "crr")
        if rise is not None:
            add(f"crr: {what}", rise, "%+.1f %%", RISE)
    ours = "tables" if results.cost("tables", "rr") else "log"
    mine = results.cost(ours, "rr")
    for load in PATHS:
        other = results.cost(ours, load)
        if mine and other:
            add(f"{load}: {ours}, against rr", 100 * (other[0] / mine[0] - 1), "%+.0f %%", NEAR)
    theirs = [c[0] for s in results.left if s.startswith("bpftrace-") for c in [results.cost(s, "rr")] if c]
    if mine and theirs:
        add(f"rr: {ours}, times cheaper than bpftrace's cheapest", min(theirs) / mine[0], "%.1f", CHEAPER,
            CHEAPER_STRETCH, higher=True)
    for (what, load), costs in results.flat().items():
        values = [cost for cost, _ in costs.values()]
        add(f"flat: {what}, {load}, highest against lowest", 100 * (max(values) / min(values) - 1), "%+.1f %%", FLAT)
    reading = results.reading()
    for name, other in READS:
        # Where it does worst.
        worst = [costs / reading[other][number] for number, costs in reading.get(name, {}).items()]
        if worst:
            add(f"read: {name}, a row against {other}", max(worst), "%.2f", 1)
    inexact = [r for r in results.lists["rate"] if r["read"] + r["lost"] != r["logged"]]
    if results.lists["rate"]:
        add("read: rates at which read + lost is not logged", len(inexact), "%d", 0)
    if results.lists["line"]:
        add("cache lines: shared with neighbours", sum(1 for r in results.lists["line"] if r["neighbours"]), "%d", 0)
    return rows
