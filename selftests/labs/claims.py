#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What proves which paragraph of the pages about the kernel, in claims.txt: PAGE | SECTION | HASH | its first words | proofs.

claims.py		what is wrong: a paragraph without a proof, one that has changed since its proof was chosen, a proof that
			is not there
claims.py write		claims.txt with the paragraphs as they are now; new ones have the proof ?, changed ones CHANGED

A proof is one or more of these, with commas between them:
	lab N [KEY...]	questions that the lab asks, whose answers the kernel gives each time
	claim NAME	of claims/
	page		the commands of that section, which story.sh plays
	test PATH	a test program of selftests/
	source N	the function is where the lab says to read it
	none		nothing is said of the kernel: a definition, advice to teachers, an opinion
Of a lab's README the questions are looked at; what it says before is what the lab plays. Besides, what the reader's lines
WHY and ADVICE say stands in a test that plays it, claims/advice.sh for most of them.
"""
import hashlib
import os
import re
import sys
from glob import glob

HERE = os.path.dirname(os.path.realpath(__file__))
LIST = os.path.join(HERE, "claims.txt")


def paragraphs(path):
    """(section, text) of each paragraph, item or table outside of the blocks that are played."""
    section, lines, block, found = "", [], False, []

    def end():
        if lines:
            found.append((section, " ".join(" ".join(lines).split())))
            lines.clear()
    with open(path, encoding="utf-8") as file:
        for line in file.read().split("\n"):
            if line.startswith("```") or not line.strip() or line.startswith("#") and not block:
                end()
                block ^= line.startswith("```")
                section = line.lstrip("# ") if line.startswith("#") and not block else section
            elif not block:
                if re.match(r"(- |\d\. )", line):
                    end()
                lines.append(line)
    end()
    return found


def pages():
    """(page, section, text) of all that needs a proof."""
    for page in "README.md", "FAQ.md", "INSTRUCTOR.md":
        for section, text in paragraphs(os.path.join(HERE, page)):
            yield page, section, text
    for path in sorted(glob(os.path.join(HERE, "[0-9][0-9]-*", "README.md"))):
        for section, text in paragraphs(path):
            if section == "Questions":
                yield os.path.relpath(path, HERE), section, text


def short(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def start(text):
    return " ".join(text.replace("|", "").split()[:6])


def rows():
    """The list as it is: (page, section, start) -> (hash, proofs)."""
    if not os.path.exists(LIST):
        return {}
    with open(LIST, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split(" | ") for line in file if line.strip() and not line.startswith("#")]
    return {(page, section, first): (number, proofs) for page, section, number, first, proofs in lines}


def lab_keys(number):
    with open(glob(os.path.join(HERE, f"{int(number):02}-*", "questions"))[0], encoding="utf-8") as file:
        return {line.split("|")[0].strip() for line in file if "|" in line and not line.startswith("#")}


def known_claims():
    names = set()
    for path in glob(os.path.join(HERE, "claims", "*.sh")):
        with open(path, encoding="utf-8") as file:
            names.update(re.findall(r"^claim (\w+) \d+$", file.read(), re.M))
    return names


def played(page):
    """Sections that have a block of commands."""
    with open(os.path.join(HERE, page), encoding="utf-8") as file:
        return {part.split("\n")[0].strip() for part in re.split(r"^##? ", file.read(), flags=re.M) if "\n```\n" in part}


def wrong(page, section, proof, claims):
    """Why this proof is none, or nothing."""
    word, *rest = proof.split()
    try:
        if word == "lab":
            return [f"lab {rest[0]} does not ask {key}" for key in rest[1:] if key not in lab_keys(rest[0])]
        if word == "source":
            return [] if glob(os.path.join(HERE, f"{int(rest[0]):02}-*")) else [f"no lab {rest[0]}"]
    except (IndexError, ValueError):
        return [f"no such lab: {proof}"]
    if word == "claim":
        return [] if len(rest) == 1 and rest[0] in claims else [f"no claim {proof}"]
    if word == "test":
        return [] if os.path.exists(os.path.join(HERE, "..", *rest)) else [f"no {proof}"]
    if word == "page":
        return [] if section in played(page) else ["no commands in this section"]
    return [] if proof == "none" else [f"no proof: {proof}"]


def said_by_explain():
    """(file, words) of what the reader's C may say behind WHY and ADVICE, without what it fills in."""
    says = re.compile(r'(?:fprintf\((?:advice), |fputs\((?=[^;]*, advice\))|tpr_explain_say\("(?:WHY|ADVICE)", )([^;]*);')
    for path in sorted(glob(os.path.join(HERE, "../../userspace/command/explain/*.c"))):
        with open(path, encoding="utf-8") as file:
            for text in says.findall(file.read()):
                text = re.sub(r'"\s*(?:PRI\w+)?\s*"', "", text)
                for literal in re.findall(r'"((?:[^"\\]|\\.)*)"', text):
                    for words in re.split(r"%\w+|\\.", literal):
                        if len(words.strip(" .,")) >= 12:
                            yield os.path.basename(path), words.strip(" .,")


def unplayed():
    text = ""
    for path in glob(os.path.join(HERE, "claims", "*.sh")) + glob(os.path.join(HERE, "../*/*.sh")):
        with open(path, encoding="utf-8") as file:
            text += file.read().replace("\\\n", "")
    return [(name, words) for name, words in said_by_explain() if words not in text]


def check():
    listed, claims, said, used = rows(), known_claims(), 0, set()
    for page, section, text in pages():
        number, proofs = listed.pop((page, section, start(text)), (short(text), "?"))
        if number != short(text):
            proofs = "CHANGED since"
        for proof in proofs.split(", "):
            used.add(proof.removeprefix("claim "))
            for why in wrong(page, section, proof, claims):
                said += 1
                print(f"{page}, {section}: \"{start(text)} ...\": {why}")
    for page, section, first in listed:
        said += 1
        print(f"claims.txt: {page}, {section}: no \"{first} ...\" there")
    for name, words in unplayed():
        said += 1
        print(f"{name}: \"{words}\": no test has that")
    return said > 0


def write():
    listed, lines = rows(), []
    for page, section, text in pages():
        number, proofs = listed.get((page, section, start(text)), (short(text), "?"))
        if number != short(text):
            proofs = "CHANGED " + proofs.removeprefix("CHANGED ")
        lines.append(" | ".join((page, section, short(text), start(text), proofs)))
    with open(LIST, "w", encoding="utf-8") as file:
        file.write("# What proves what the pages say of the kernel; see claims.py.\n" + "\n".join(lines) + "\n")


sys.exit(write() if sys.argv[1:] == ["write"] else check())
