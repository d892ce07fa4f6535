#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Reads what the guests tell, line by line, and prints the tables; --json FILE keeps all numbers, --again FILE
prints the tables of such a file."""

import argparse
import json
import statistics
import sys
import time

from results import Results, per_segment, verdicts

WIDTH = 100


def cell(results, setup, load):
    if setup == "bare":
        spent = results.spent(setup, load)
        return f"{statistics.median(spent):.0f}±{max(spent) - min(spent):.0f}" if spent else "-"
    cost = results.cost(setup, load)
    return f"{cost[0]:.0f}±{cost[1]:.0f}" if cost else "-"


def left(results, setup, what):
    value = results.left.get(setup, {}).get(what)
    return "-" if value is None else str(value)


def cost_table(results):
    loads = results.machine["loads"]
    rows = [["", *loads, "missed", "lost"]]
    for setup, label in results.machine["setups"].items():
        if setup in results.unavailable:
            rows.append([label, "not available: " + results.unavailable[setup]])
        elif setup in results.left:
            rows.append([label] + [cell(results, setup, load) for load in loads] +
                        [left(results, setup, "missed"), left(results, setup, "lost")])
    return rows


def flat_table(results, what):
    costs = {load: its for (of, load), its in results.flat().items() if of == what}
    numbers = sorted({number for its in costs.values() for number in its})
    rows = [[what] + [f"{number:,}" for number in numbers]]
    for load, its in costs.items():
        rows.append([load] + [f"{its[n][0]:.0f}±{its[n][1]:.0f}" for n in numbers])
    return rows


def reading_table(results):
    reading = results.reading()
    numbers = sorted({number for its in reading.values() for number in its})
    rows = [["connections"] + [f"{number:,}" for number in numbers]]
    for name, its in reading.items():
        rows.append([name] + [f"{its[n]:.0f}" if n in its else "-" for n in numbers])
    for name in sorted({r["name"] for r in results.lists["unreadable"]}):
        rows.append([name] + ["not available"] * len(numbers))
    return rows


def page_table(results):
    pages = sorted(results.lists["page"], key=lambda r: r["number"])
    return [["connections"] + [f"{r['number']:,}" for r in pages],
            ["million instructions"] + [f"{min(r['instructions']) / 1e6:.1f}" for r in pages],
            ["lines"] + [str(max(r["lines"])) for r in pages]]


def rate_table(results):
    rows = [["reader", "events/s", "logged", "read", "lost", "read + lost"]]
    for r in results.lists["rate"]:
        total = r["read"] + r["lost"]
        rows.append([r["reader"], f"{r['rate']:.0f}", str(r["logged"]), str(r["read"]), str(r["lost"]),
                     "logged" if total == r["logged"] else f"{total} NOT logged"])
    return rows


def cpus_table(results):
    rows = [["CPUs", "without", "watched", "ratio"]]
    for r in results.lists["cpus"]:
        without, watched = (min(per_segment(r[key])) for key in ("without", "watched"))
        rows.append([str(r["cpus"]), f"{without:.0f} ns", f"{watched:.0f} ns", f"{watched / without:.2f}"])
    return rows


def line_table(results):
    rows = [["what", "whose", "bytes", "others in its line"]]
    for r in results.lists["line"]:
        rows.append([r["what"], r["whose"], str(r["bytes"]), str(r["neighbours"] or "none")])
    return rows


def sections(results):
    """Title and rows of each table that there is something for."""
    if results.machine:
        yield (f"INSTRUCTIONS A SEGMENT, above the bare kernel's in the first row. ± is the highest of "
               f"{results.machine['repeats']} runs - the\nlowest. Linux {results.machine['kernel']}, one CPU, "
               "QEMU's clock counts instructions.", cost_table(results))
    for what in ("connections", "listeners"):
        if any(s["what"] == what for s in results.lists["scale"]):
            yield f"FLAT: the same by the number of {what} in the table", flat_table(results, what)
    if results.lists["reading"]:
        yield "READING: instructions a row", reading_table(results)
    if results.lists["page"]:
        yield "THE PAGE: cat /proc/tuplewatch, its start included", page_table(results)
    if results.lists["rate"]:
        yield ("FOLLOWING: sender, kernel and reader on one CPU that executes an instruction in a ns",
               rate_table(results))
    if results.lists["cpus"]:
        yield ("CPUS: time a segment with one load on each CPU. The emulator's CPUs take turns: no word on caches",
               cpus_table(results))
    if results.lists["line"]:
        yield "CACHE LINES that an established segment writes", line_table(results)
    budget = verdicts(results)
    if budget:
        yield "BUDGET", [["", "is", "limit", "stretch", "verdict"]] + [list(row) for row in budget]


def columns(rows):
    """Aligned: the first column left, the others right. A short row is a remark."""
    full = [row for row in rows if len(row) == len(rows[0])]
    widths = [max(len(row[i]) for row in full) for i in range(len(rows[0]))]
    widths[0] = max(len(row[0]) for row in rows)
    gap = "  " if sum(widths) + 2 * len(widths) <= WIDTH else " "
    for row in rows:
        if len(row) < len(rows[0]):
            yield f"{row[0]:{widths[0]}}{gap}{row[1]}"[:WIDTH]
        else:
            yield gap.join([f"{row[0]:{widths[0]}}"] +
                           [f"{text:>{width}}" for text, width in zip(row[1:], widths[1:])]).rstrip()


def print_text(results):
    for title, rows in sections(results):
        print(title, end="\n\n")
        print("\n".join(columns(rows)), end="\n\n")


def print_markdown(results):
    for title, rows in sections(results):
        print(title.replace("\n", " "), end="\n\n")
        for number, row in enumerate(rows):
            print("| " + " | ".join(row + [""] * (len(rows[0]) - len(row))) + " |")
            if not number:
                print("|---|" + "---:|" * (len(row) - 1))
        print()


def follow(lines, results):
    """Take what comes, and say on stderr how far it is."""
    start = time.monotonic()
    for line in lines:
        try:
            record = json.loads(line)
            kind = record["record"]
        except (ValueError, TypeError, KeyError):
            sys.stderr.write(line)
            continue
        what = {"left": "setup", "unavailable": "setup", "part": "part", "scale": "what", "rate": "reader"}.get(kind)
        if what:
            more = record.get("number", record.get("asked", ""))
            print(f"{time.monotonic() - start:4.0f}s    {record[what]} {more}".rstrip(), file=sys.stderr)
        results.take(record)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json")
    parser.add_argument("--format", choices=("text", "markdown"), default="text")
    parser.add_argument("--again")
    options = parser.parse_args()
    results = Results()
    if options.again:
        with open(options.again, encoding="utf-8") as file:
            for record in json.load(file)["records"]:
                results.take(record)
    else:
        follow(sys.stdin, results)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results.as_json(), file, indent=1)
            file.write("\n")
    if options.format == "text":
        print_text(results)
    else:
        print_markdown(results)
    for why in results.failed:
        print(f"NOT COMPLETE: {why}")
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
