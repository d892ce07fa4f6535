#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Pictures of a report: the replay light and dark, a connection, explain, on a phone. Those of the reader's README are
report-light.webp and report-dark.webp.
	pictures.py READER SAMPLE-PROGRAM DIRECTORY [SAVE]
"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser  # noqa: E402

READER, SAMPLE, TO = sys.argv[1:4]
WIDTH, HEIGHT = 1360, 880


def save_in(tmp):
    if len(sys.argv) > 4:
        return sys.argv[4]
    directory = os.path.join(tmp, "sample")
    subprocess.run([SAMPLE, directory, "160"], check=True)
    return directory


def middle(browser):
    """The segment to show: a SYN in the middle of things, as it walks farthest."""
    return browser.run("""
        const rows = readData(byId('data').textContent).table('log').rows;
        const at = rows.findIndex((row, index) => index > rows.length / 3 && row.match === 'listener');
        return (at < 0 ? 0 : at) + 1;""")


def show(browser, fragment, name):
    browser.run("location.hash = arguments[0]", fragment)
    browser.run("return new Promise((done) => setTimeout(() => requestAnimationFrame(done), 400))")
    browser.picture(os.path.join(TO, name + ".png"))
    if name in ("light", "dark"):
        browser.picture(os.path.join(TO, f"report-{name}.webp"))


def main():
    os.makedirs(TO, exist_ok=True)
    browser = Browser(WIDTH, HEIGHT)
    try:
        with tempfile.TemporaryDirectory() as tmp:
            page = os.path.join(tmp, "report.html")
            subprocess.run([READER, "report", "--from", save_in(tmp), "-o", page], check=True)
            browser.scheme("light")
            browser.open(page)
            segment = middle(browser)
            for scheme in ("light", "dark"):
                browser.scheme(scheme)
                show(browser, f"#segment/{segment}", scheme)
            browser.scheme("light")
            show(browser, browser.run("return document.querySelector('#connections td a').getAttribute('href')"), "connection")
            show(browser, "#connections", "tables")
            show(browser, "#explain", "explain")
            show(browser, "#summary", "summary")
            browser.size(390, 844, is_phone=True)
            browser.open(page)
            show(browser, f"#segment/{segment}", "phone")
    finally:
        browser.close()


main()
