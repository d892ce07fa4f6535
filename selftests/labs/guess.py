#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What blind guessing is worth. Each line of stdin is a question: lab, kind, right answer, text, with tabs between.

Prints for each lab what share of its points a guesser expects, in percent, as handins.py counts them: words are
guessed as often as each other, and of numbers 0, 1, 2 and those that stand in the question. The exact distribution of
the sum, as the sum is not less than none.
"""
import re
import sys
from fractions import Fraction


def outcomes(kind, right, text):
    """Points of a guess, with their probabilities."""
    if kind != "number":
        words = len(kind.split("/"))
        return [(Fraction(1), Fraction(1, words)), (Fraction(-1, words - 1), Fraction(words - 1, words))]
    numbers = {"0", "1", "2", *re.findall(r"(?<![\w.:-])\d+(?![\w.-])", text)}
    chance = Fraction(right in numbers, len(numbers))
    return [(Fraction(1), chance), (Fraction(0), 1 - chance)]


def expected(questions):
    sums = {Fraction(0): 1.0}
    for question in questions:
        after = {}
        for before, chance in sums.items():
            for points, with_chance in outcomes(*question):
                after[before + points] = after.get(before + points, 0) + chance * float(with_chance)
        sums = after
    return sum(float(max(total, 0)) * chance for total, chance in sums.items()) / len(questions)


def main():
    labs = {}
    for line in sys.stdin:
        lab, *question = line.rstrip("\n").split("\t")
        labs.setdefault(lab, []).append(question)
    for lab, questions in labs.items():
        print(lab, round(100 * expected(questions)))


main()
