#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Hand-ins of a course, which may hold anything: what is graded is taken out of them, and results are put in form.

handins.py take FROM TO		each entry of FROM (a .tar.gz or other tar, a .zip, a text, or a directory, as
				learning platforms export them) leaves TO/NUMBER.txt, its answers, TO/NUMBER.name,
				whose they are, and a row in TO/list.json; nothing of it is unpacked or run
handins.py tell TO OUT LAB	results.tsv of TO as a table on stdout, as OUT/grades.csv and as
				OUT/results/NUMBER.json, which Gradescope's autograder reads
"""
import csv
import io
import json
import os
import re
import signal
import sys
import tarfile
import zipfile
from fractions import Fraction

MOST = 65536		# bytes of a file that is read
MEMBERS_MOST = 2000	# of an archive that are looked at
SECONDS_MOST = 20	# that a hand-in may take


class Unusable(Exception):
    """Why there is nothing to grade."""


def is_named(path, name):
    """Whether this is that file, in whatever directory."""
    path = path.replace("\\", "/")
    return path == name or path.endswith("/" + name)


def best(paths):
    """The path of what is graded, or None: the first predictions, else what is there."""
    numbered = [(int(found[1]), path) for path in paths if (found := re.search(r"(?:^|[/\\])predictions[/\\](\d{1,6})\.txt$", path))]
    if numbered:
        return min(numbered)[1]
    return min((path for path in paths if is_named(path, "answers.txt")), key=lambda path: (path.count("/"), path), default=None)


class Folder:
    def __init__(self, path):
        self.path = path
        self.paths = []
        for top, folders, files in os.walk(path):
            folders.sort()
            self.paths += [os.path.relpath(os.path.join(top, name), path) for name in sorted(files)]
            if len(self.paths) > MEMBERS_MOST:
                raise Unusable("too many files")

    def read(self, path):
        path = os.path.join(self.path, path)
        # A link of a student's may lead anywhere, and a FIFO or a device may never end.
        if os.path.islink(path) or not os.path.isfile(path) or \
                not os.path.realpath(path).startswith(os.path.realpath(self.path) + os.sep):
            raise Unusable("no ordinary file: " + os.path.basename(path))
        with open(path, "rb") as file:
            return file.read(MOST + 1)


class Text:
    """A file by itself, whatever its name, is the answers."""
    paths = ["answers.txt"]

    def __init__(self, path):
        self.path = path

    def read(self, _):
        with open(self.path, "rb") as file:
            return file.read(MOST + 1)


class Tar:
    """As far as it is whole."""

    def __init__(self, path):
        self.kept = {}
        with tarfile.open(path, "r|*") as tar:
            try:
                for number, member in enumerate(tar):
                    if number == MEMBERS_MOST:
                        raise Unusable("too many files")
                    if member.isreg() and (best([member.name]) or is_kept(member.name)):
                        self.kept[member.name] = tar.extractfile(member).read(MOST + 1)
            except (tarfile.TarError, EOFError, OSError, ValueError) as error:
                if not self.kept:
                    raise Unusable(f"the archive is broken: {error}") from error
        self.paths = list(self.kept)

    def read(self, path):
        return self.kept[path]


class Zip:
    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)
        self.paths = self.zip.namelist()[:MEMBERS_MOST]

    def read(self, path):
        with self.zip.open(path) as file:
            return file.read(MOST + 1)


def is_kept(path):
    return any(is_named(path, name) for name in ("student.txt", "attempts.txt"))


def read_capped(source, path):
    data = source.read(path)
    if len(data) > MOST:
        raise Unusable(f"{os.path.basename(path)} has more than {MOST} bytes")
    return data


def text(source, name):
    """A small file beside the answers, or nothing."""
    found = [path for path in source.paths if is_named(path, name)]
    try:
        return read_capped(source, found[0]).decode("utf-8", "replace") if found else ""
    except Unusable:
        return ""


def is_archive(name):
    return re.search(r"\.(tar|tar\.\w+|tgz|txz|tbz2?|zip)$", name, re.I)


def source_of(path):
    """What an entry holds; an archive inside a folder is what counts."""
    if os.path.islink(path):
        raise Unusable("a link")
    if os.path.isdir(path):
        folder = Folder(path)
        archives = [name for name in folder.paths if is_archive(name)]
        if not best(folder.paths) and archives:
            folder.read(archives[0])
            return source_of(os.path.join(path, archives[0]))
        return folder
    if not os.path.isfile(path):
        raise Unusable("no ordinary file")
    if zipfile.is_zipfile(path):
        return Zip(path)
    if is_archive(path):
        return Tar(path)
    return Text(path)


def answers(path):
    """Bytes to grade, the student's name if it says one, and the lines of attempts.txt."""
    signal.alarm(SECONDS_MOST)
    try:
        source = source_of(path)
        found = best(source.paths)
        if not found:
            raise Unusable("no answers.txt in it")
        return read_capped(source, found), text(source, "student.txt"), text(source, "attempts.txt")
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError, NotImplementedError) as error:
        raise Unusable(f"cannot be read: {error}") from error
    finally:
        signal.alarm(0)


def too_long(*_):
    raise Unusable(f"takes more than {SECONDS_MOST} seconds to read")


def printable(words):
    """One line of it that does nothing to a terminal, and no formula to a spreadsheet."""
    words = " ".join("".join(c if c.isprintable() else " " for c in words).split())[:100]
    return "'" + words if words[:1] in "=+-@" and words else words


def take(where, to):
    signal.signal(signal.SIGALRM, too_long)
    rows = []
    for number, name in enumerate(sorted(os.listdir(where)), 1):
        if name.startswith("."):
            continue
        row = {"number": number, "entry": printable(os.fsencode(name).decode("utf-8", "replace")), "why": ""}
        data = student = b""
        try:
            data, student, attempts = answers(os.path.join(where, name))
            student = student.encode()
            lines = [line.split() for line in attempts.splitlines() if line.strip()]
            row["attempts"] = len(lines)
            row["predicted"] = printable(lines[0][1]) if lines and len(lines[0]) > 1 else ""
            if not data.strip():
                row["why"] = "empty"
        except Unusable as why:
            row["why"] = printable(str(why))
        for kind, content in ("txt", data), ("name", student):
            with open(os.path.join(to, f"{number}.{kind}"), "wb") as file:
                file.write(content)
        rows.append(row)
    with open(os.path.join(to, "list.json"), "w", encoding="utf-8") as file:
        json.dump(rows, file)
    print(" ".join(str(row["number"]) for row in rows))


def points(results):
    """One for each right answer; a wrong word takes what guessing it would have given on average, 1 / (words - 1), so
    that a guess is worth what `?` is. Not less than none."""
    total = sum(int(right == "right") - (Fraction(lost) if right == "wrong" else 0) for _, _, _, right, lost in results)
    return float(round(max(total, 0), 2))


def gradescope(row, results):
    tests = [{"name": key, "score": int(right == "right"), "max_score": 1, "output": f"you said {said or 'nothing'}; the kernel did {did}"}
             for key, said, did, right, _ in results]
    return {"score": points(results), "tests": tests,
            "output": row["why"] or f"{row.get('attempts') or 'no'} attempts, first predicted {row.get('predicted') or '?'}"}


def name_rows(rows, to):
    """Whose each is; a name that two have is remarked on, as what is drawn from a name is the same for both."""
    entries = {}
    for row in rows:
        with open(os.path.join(to, f"{row['number']}.name"), encoding="utf-8", errors="replace") as file:
            row["name"] = printable(file.readline())
        row["student"] = row["name"] or row["entry"]
        if row["name"]:
            entries.setdefault(row["name"].casefold(), []).append(row)
    for same in entries.values():
        for row in same:
            others = [other["entry"] for other in same if other is not row]
            if others and not row["why"]:
                row["why"] = "the same name as " + others[0]


def tell(to, out, lab):
    with open(os.path.join(to, "list.json"), encoding="utf-8") as file:
        rows = json.load(file)
    name_rows(rows, to)
    results = {}
    with open(os.path.join(to, "results.tsv"), encoding="utf-8", errors="replace") as file:
        for line in file:
            number, *result = line.rstrip("\n").split("\t")
            results.setdefault(int(number), []).append(result)
    os.makedirs(os.path.join(out, "results"), exist_ok=True)
    keys = [result[0] for result in next(iter(results.values()), [])]
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["student", "entry", "lab", "points", "right", "of", "attempts", "predicted", "remark", *keys])
    for row in rows:
        why = os.path.join(to, f"{row['number']}.why")
        if not row["why"] and os.path.exists(why):
            with open(why, encoding="utf-8", errors="replace") as file:
                row["why"] = printable(file.readline())
        mine = results.get(row["number"], [])
        form = gradescope(row, mine)
        with open(os.path.join(out, "results", f"{row['number']}.json"), "w", encoding="utf-8") as file:
            json.dump({"student": row["student"], "lab": int(lab), **form}, file, indent=1)
        writer.writerow([row["student"], row["entry"], lab, f"{form['score']:g}", sum(result[3] == "right" for result in mine), len(mine), row.get("attempts", ""),
                         row.get("predicted", ""), row["why"], *[result[3] for result in mine]])
        print(f"{form['score']:5g} of {len(mine):2}  {row['student'][:40]:40}  {row['why'][:60]}".rstrip())
    with open(os.path.join(out, "grades.csv"), "w", encoding="utf-8", newline="") as file:
        file.write(table.getvalue())


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")
    {"take": take, "tell": tell}[sys.argv[1]](*sys.argv[2:])
