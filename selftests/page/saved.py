# SPDX-License-Identifier: GPL-2.0
"""What was saved, read in another way than the reader has."""
import os


def table(directory, name):
    """Rows of a table as dictionaries of texts"""
    with open(os.path.join(directory, name), encoding="utf-8") as file:
        rows = [line.rstrip("\n") for line in file if not line.startswith("#")]
    return [dict(zip(rows[0].split(" "), row.split(" "))) for row in rows[1:]]
