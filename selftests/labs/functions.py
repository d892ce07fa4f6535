#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""functions.py README DIR: where the functions are, in a kernel's source in DIR, that a lab's README says to read.
functions.py lines DIR: what the file `lines` says of that source and is not there.

For each its file, its line, and a command that shows it. Those in a file that the README names come first, and are all
that is told if there are some; else what is found in the rest.
"""
import os
import re
import sys


def wanted(readme):
    """Functions and files of the section Read, in their order, each once."""
    with open(readme, encoding="utf-8") as file:
        section = re.search(r"^## Read$(.*?)^## ", file.read(), re.M | re.S)[1]
    functions = dict.fromkeys(re.findall(r"`(\w+)\(\)`", section))
    files = dict.fromkeys(re.findall(r"`([\w./-]+\.[ch])`", section))
    return list(functions), list(files)


def definitions(lines, name):
    """(first, last) of each definition, counted from 1. The kernel begins it in the first column, and ends it with a
    brace there, or it is one line; a line that ends with ; before any brace is a declaration."""
    begin = re.compile(rf"^(?!#|\s|\*|/).*?\b{name}\(|^#define {name}\(")
    for number, line in enumerate(lines, 1):
        if not begin.match(line):
            continue
        for last in range(number, min(number + 400, len(lines) + 1)):
            text = lines[last - 1].rstrip()
            if text.endswith(";") and not any("{" in before for before in lines[number - 1:last]):
                break
            if text.startswith("}") or (last == number and text.endswith("}")):
                yield number, last
                break


def find(source, paths, name):
    for path in paths:
        try:
            with open(os.path.join(source, path), encoding="utf-8", errors="replace") as file:
                text = file.read()
        except OSError:
            continue
        if name + "(" in text:
            for first, last in definitions(text.split("\n"), name):
                yield path, first, last


def everywhere(source):
    for top in "net/ipv4", "net/ipv6", "net/core", "net/netfilter", "net", "include/net", "include/linux", "kernel", "fs":
        for where, _, files in os.walk(os.path.join(source, top)):
            yield from (os.path.relpath(os.path.join(where, name), source) for name in sorted(files) if name[-2:] in (".c", ".h"))


def text_of(source, place):
    """Of a file, or of the definitions of a function."""
    if "/" in place:
        found = [(place, 1, 1 << 30)]
    else:
        found = list(find(source, everywhere(source), place))
    for path, first, last in found:
        with open(os.path.join(source, path), encoding="utf-8", errors="replace") as file:
            yield " ".join(" ".join(file.read().split("\n")[first - 1:last]).split())


def lines(source):
    with open(os.path.join(os.path.dirname(os.path.realpath(__file__)), "lines"), encoding="utf-8") as file:
        for line in file:
            if "|" in line and not line.startswith("#"):
                lab, place, words = (word.strip() for word in line.split(" | "))
                if not any(words in text for text in text_of(source, place)):
                    print(f"lab {lab}: {place}: {words}")


def main():
    readme, source = sys.argv[1:]
    if readme == "lines":
        lines(source)
        return
    functions, files = wanted(readme)
    rest = None
    for name in functions:
        places = list(find(source, files, name))
        if not places:
            rest = rest or list(dict.fromkeys(everywhere(source)))
            places = list(find(source, rest, name))[:1]
        for path, first, last in places:
            print(f"{name + '()':32} {path}:{first}\n    sed -n {first},{last}p {os.path.join(os.path.relpath(source), path)}")
        if not places:
            print(f"{name + '()':32} is not in {os.path.basename(source)}")


main()
