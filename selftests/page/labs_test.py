#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Pages of hand-ins, in a browser: all segments of the log are in the replay, and who has only the page can say which
listener got which connection. What the page says is read from what it shows, and compared with the tables that were handed
in. Prints KTAP.
	labs_test.py LAB-PROGRAM DIRECTORY [STORY.html DIRECTORY-OF-ITS-SECTIONS]

In the directory is a hand-in of each lab under the name of its folder.
"""
import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import results  # noqa: E402
from browser import Browser  # noqa: E402
from saved import table  # noqa: E402

LAB, HANDINS = sys.argv[1:3]
# Of a long log so many moments are looked at, its ends among them.
MOMENTS = 300

# All rows that a table shows while one scrolls through it: titles and values
ROWS = """
const [id, done] = arguments, section = document.getElementById(id), scroller = section.querySelector('.scroller');
const frame = () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
const read = async () => {
    if (!scroller)
        return [[], []];
    const titles = [...section.querySelectorAll('th')].map((cell) => cell.textContent), rows = new Map();
    const number = Number(section.querySelector('table').getAttribute('aria-rowcount')) - 1;
    for (let top = 0; rows.size < number && top <= scroller.scrollHeight; top += 700) {
        scroller.scrollTop = top;
        await frame();
        for (const row of section.querySelectorAll('tr[aria-rowindex]')) {
            if (row.cells[0].tagName === 'TD')
                rows.set(row.getAttribute('aria-rowindex'), [...row.cells].map((cell) => cell.textContent));
        }
    }
    scroller.scrollTop = 0;
    return [titles, [...rows.values()]];
};
read().then(done);
"""

# What the sentence says at moments of the replay, by the number of the segment
REPLAY = """
const [most] = arguments, slider = document.getElementById('slider'), said = {};
if (!slider)
    return said;
const last = Number(slider.max), step = Math.max(1, last / most);
const listen = () => {
    const sentence = document.getElementById('sentence').textContent, match = /^Segment (\\d+),/.exec(sentence);
    if (match)
        said[match[1]] = [sentence, document.querySelectorAll('.box[data-state=stopped]').length];
};
for (let at = 0; at <= last; at += step) {
    slider.value = Math.round(at);
    slider.dispatchEvent(new Event('input'));
    listen();
}
const jump = document.getElementById('jump');
jump.value = jump.max;
jump.dispatchEvent(new Event('change'));
listen();
return said;
"""


def report(name, complaints):
    results.report(name, not complaints, *complaints[:10])


def text_of(field):
    return re.sub(r"\\(\d{3})", lambda match: chr(int(match.group(1), 8)), "–" if field == "-" else field)


def process_of(row):
    return text_of(row["pid"]) if row["pid"] in "-?" else f"{row['pid']}/{text_of(row['comm'])}"


def shown(browser, section):
    titles, rows = browser.driver.execute_async_script(ROWS, section)
    return [dict(zip(titles, row)) for row in rows]


def check_log(browser, name, log):
    wanted = {number: row for number, row in enumerate(log, 1)}
    said = browser.run(REPLAY, MOMENTS) if log else {}
    wrong = [f"{number}: {sentence}" for number, (sentence, stops) in said.items()
             if stops != 1 or any(wanted[int(number)][end] not in sentence for end in ("foreign", "local"))]
    some = len(log) if len(log) <= MOMENTS // 2 else 2
    report(f"{name}: the replay has its {len(log)} segments", wrong +
           ([f"told of {len(said)} segments"] if len(said) < some else []) +
           ([f"no segment {len(log)}"] if log and str(len(log)) not in said else []) +
           ([] if not log or browser.run("return Number(document.getElementById('jump').max)") == len(log) else ["another number"]))


def who_got(browser):
    """Which listener, of which process, got which connection: from what the page shows"""
    listeners = {row["Cookie"]: (row["Local"], row["Opened by"]) for row in shown(browser, "listeners")}
    return {(row["Proto"], row["Foreign"], row["Local"], row["Cookie"]): listeners.get(row["Listener cookie"], row["Listener cookie"])
            for row in shown(browser, "connections")}


def check_listeners(browser, name, directory):
    listeners = {row["cookie"]: (row["local"], process_of(row)) for row in table(directory, "listeners")}
    wanted = {(row["proto"], text_of(row["foreign"]), row["local"], row["cookie"]):
              listeners.get(row["listener_cookie"], text_of(row["listener_cookie"])) for row in table(directory, "connections")}
    got = who_got(browser)
    served = sum(isinstance(listener, tuple) for listener in wanted.values())
    report(f"{name}: which listener got each of {served} connections",
           [f"{key}: {got.get(key)}, not {wanted[key]}" for key in wanted if got.get(key) != wanted[key]] +
           [f"{key}: not handed in" for key in got if key not in wanted])
    return served


def check_page(browser, name, path):
    directory = os.path.dirname(path)
    browser.open(path)
    check_log(browser, name, table(directory, "log"))
    served = check_listeners(browser, name, directory)
    report(f"{name}: no complaint, nothing asked of a network", browser.complaints() + browser.requests())
    return served


def check_handin(browser, handin):
    name = os.path.basename(handin)
    subprocess.run([LAB, "page", name[:2]], env={**os.environ, "HANDIN": handin}, check=True, stdout=subprocess.DEVNULL)
    pages = sorted(glob.glob(f"{handin}/report.html") + glob.glob(f"{handin}/*/report.html"))
    wanted = [f"{os.path.dirname(log)}/report.html" for log in sorted(glob.glob(f"{handin}/log") + glob.glob(f"{handin}/*/log"))]
    report(f"{name}: a page of each of {len(wanted)} hosts", [] if sorted(wanted) == pages else [pages])
    served = sum(check_page(browser, os.path.relpath(page, HANDINS).removesuffix("/report.html"), page) for page in pages)
    browser.open(f"{handin}/report.html")
    with open(f"{handin}/transcript.txt", encoding="utf-8") as file:
        said = file.read()
    report(f"{name}: what was typed and printed", [] if browser.run("return document.querySelector('#transcript .printed').textContent")
           == said + "\n" else ["other text"])
    return served


def check_story(browser, path, sections):
    """A chapter each, with its own segments; the times of its transcript lead to them."""
    browser.open(path)
    titles = browser.run("return [...document.querySelectorAll('.chapters a')].map((node) => node.textContent)")
    numbers = sorted(int(os.path.basename(one)) for one in glob.glob(f"{sections}/*"))
    report(f"the story: {len(numbers)} chapters", [] if len(titles) == len(numbers) and numbers else [titles, numbers])
    for chapter, (title, number) in enumerate(zip(titles, numbers), 1):
        directory = os.path.join(sections, str(number))
        browser.open(path, f"?chapter={chapter}")
        log = table(directory, "log")
        check_log(browser, f"the story, {title}", log)
        check_listeners(browser, f"the story, {title}", directory)
        links = browser.run("return [...document.querySelectorAll('#transcript a[href^=\"#segment\"]')].map((node) => [node.textContent, node.hash])")
        wrong = [link for link in links if ":" in link[0] and "." in link[0] and link[0].count(":") == 1
                 and log[int(link[1].split("/")[1]) - 1]["foreign"] != link[0]]
        report(f"the story, {title}: {len(links)} links into its replay", wrong)
    for width in (320, 1360):
        browser.size(width, 900, is_phone=width < 600)
        browser.open(path, f"?chapter={len(titles)}")
        wide = browser.run("return document.documentElement.scrollWidth")
        report(f"the story, {width} pixels: nothing beyond the edge", [wide] if wide > width else [])
    report("the story: no complaint, nothing asked of a network", browser.complaints() + browser.requests())


def main():
    browser = Browser()
    # lab 17 has 16,000 listeners to scroll through
    browser.driver.set_script_timeout(300)
    try:
        handins = sorted(glob.glob(f"{HANDINS}/[0-9][0-9]-*"))
        served = [check_handin(browser, handin) for handin in handins]
        report(f"{len(handins)} labs, {sum(served)} connections of listeners", [] if handins and sum(served) else ["none"])
        if len(sys.argv) > 3:
            check_story(browser, *sys.argv[3:5])
    finally:
        browser.close()
        results.tell()
    results.finish()


main()
