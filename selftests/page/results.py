# SPDX-License-Identifier: GPL-2.0
"""Results of a test, as KTAP."""
import sys

results, lines = [], []


def report(name, is_ok, *said):
    if not is_ok:
        lines.extend(f"# {str(one)[:400]}" for one in said)
    results.append(is_ok)
    lines.append(f"{'ok' if is_ok else 'not ok'} {len(results)} {name}")


def equal(name, got, wanted):
    report(name, got == wanted, f"got:    {got!r}", f"wanted: {wanted!r}")


def below(name, got, limit, unit):
    report(f"{name} # {got:.2f} of {limit:g} {unit}", got < limit, f"{got} {unit}")


def finish():
    sys.exit(not all(results))


def tell():
    """All of them, whatever has ended the test"""
    print("\n".join(["KTAP version 1", f"1..{len(results)}", *lines]))
