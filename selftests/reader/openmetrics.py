#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: openmetrics.py < METRICS: is it OpenMetrics, to the letter, and do readers of the older format find the same?

Says what is wrong, a line each, and exits 1. No series of a number may have a label that another start of the server
changes, and whatever has a unit must name it.
"""

import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
from prometheus_client.parser import text_string_to_metric_families as parse_older

PASSING = {"pid", "comm", "cookie", "inode", "uid"}
UNITS = ("seconds", "bytes")


def samples(families):
    """Each series and its number."""
    return sorted((sample.name, sorted(sample.labels.items()), float(sample.value))
                  for family in families for sample in family.samples)


def faults_of(family):
    """What the format allows, and we do not."""
    unit = next((unit for unit in UNITS if family.name.endswith("_" + unit)), "")
    if not family.documentation:
        yield f"{family.name}: no HELP"
    if family.type not in ("counter", "gauge", "histogram"):
        yield f"{family.name}: TYPE {family.type}"
    if family.unit != unit:
        yield f"{family.name}: UNIT '{family.unit}', not '{unit}'"
    if not family.samples:
        yield f"{family.name}: no samples"
    if not family.name.endswith("_info"):
        for label in sorted(PASSING & {name for sample in family.samples for name in sample.labels}):
            yield f"{family.name}: has the label {label}"


def repeated(found):
    """Series that are there twice."""
    return {name for (name, labels, _), (other, others, _) in zip(found, found[1:])
            if (name, labels) == (other, others)}


def check(text):
    """All faults."""
    try:
        families, older = list(parse(text)), list(parse_older(text))
    except ValueError as error:
        return [str(error)]
    found = samples(families)
    faults = [fault for family in families for fault in faults_of(family)]
    faults += [f"{name}: a series is there twice" for name in sorted(repeated(found))]
    if found != samples(older):
        faults.append("readers of the older format find other samples")
    return faults if found else ["no samples"]


if __name__ == "__main__":
    wrong = check(sys.stdin.buffer.read().decode())
    print("\n".join(wrong), end="\n" if wrong else "")
    sys.exit(bool(wrong))
