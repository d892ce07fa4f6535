#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The page of "report" in a browser. What it shows is compared with the saved tables, which are read here once more and
in another way. Prints KTAP.
	page_test.py READER SAMPLE-PROGRAM DIRECTORY-OF-GOOD-TABLES
"""
import os
import subprocess
import sys
import tempfile
import time

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser  # noqa: E402
from looks import colours_of, weak_colours, weak_texts  # noqa: E402
from results import below, equal, finish, report, tell  # noqa: E402
from saved import table  # noqa: E402

READER, SAMPLE, GOOD = sys.argv[1:4]
SEGMENTS = 10000
LOAD_S = 2.0
# What a draw may take, so that sixty of them fit into a second
DRAW_MS = 16.0
BOX_OF = {"early-demux": "early", "listener-any": "wildcard", "listener-addr": "exact", "none": "nothing", "ehash": "established"}

def box_of(row):
    return "request" if (row["via"], row["match"]) == ("ehash", "request") else BOX_OF[row["via"]]


class Pages:
    """Saves, and their pages."""

    def __init__(self, tmp):
        self.tmp = tmp

    def save(self, name, *arguments):
        directory = os.path.join(self.tmp, name)
        subprocess.run([SAMPLE, directory, *arguments], check=True)
        return directory

    def page(self, directory):
        path = os.path.join(self.tmp, os.path.basename(directory) + ".html")
        subprocess.run([READER, "report", "--from", directory, "-o", path], check=True, stdout=subprocess.DEVNULL)
        return path


def text_of(browser, selector):
    return browser.run("return document.querySelector(arguments[0]).textContent", selector)


def texts_of(browser, selector):
    return browser.run("return [...document.querySelectorAll(arguments[0])].map((node) => node.textContent)", selector)


def press(browser, *keys):
    for key in keys:
        browser.driver.switch_to.active_element.send_keys(key)


def to(browser, fragment):
    browser.run("location.hash = arguments[0]", fragment)
    browser.run("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def segment_number(browser):
    return browser.run("return Number(document.getElementById('jump').value)")


def test_load(browser, path, log, connections):
    # the second time, as the first also starts the browser's parts
    browser.open(path)
    below(f"{SEGMENTS} segments load", browser.open(path), LOAD_S, "s")
    equal("numbers at the top", texts_of(browser, ".tile b")[:3], [f"{SEGMENTS:,}", f"{SEGMENTS:,}", f"{len(connections):,}"])
    first = texts_of(browser, "#segments tr[aria-rowindex='2'] td")
    equal("first row of segments", first[2:9], [log[0][key] for key in ("proto", "flags", "len", "foreign", "local", "via", "match")])
    equal("the last column is the way in words", first[-1], "Early demux › Established › Requests › Exact listeners › Wildcard listeners")


def test_room(browser):
    """What has no longer text behind it, which the pointer shows, is there to its end."""
    equal("cells have room for their values", browser.run("""
        return [...document.querySelectorAll('td:not([title]), th button')].filter((cell) => cell.scrollWidth > cell.clientWidth)
            .map((cell) => cell.textContent)"""), [])


def test_replay(browser, log):
    for number in (1, 2, 3, SEGMENTS // 2, SEGMENTS - 40, SEGMENTS):
        row = log[number - 1]
        to(browser, f"#segment/{number}")
        got = browser.run("return [...document.querySelectorAll('.box[data-state=stopped]')].map((box) => box.className)")
        equal(f"segment {number} stops at {box_of(row)}", got, [f"box box-{box_of(row)}"])
        sentence = text_of(browser, "#sentence")
        report(f"segment {number} in words", all(row[key] in sentence for key in ("foreign", "local")) and f"Segment {number}," in sentence, sentence)
    before = log[:SEGMENTS // 2]
    to(browser, f"#segment/{SEGMENTS // 2}")
    for box in ("early", "request", "exact", "wildcard", "nothing"):
        equal(f"count of {box} at half time", text_of(browser, f".box-{box} .box-count"), f"{sum(box_of(row) == box for row in before):,}")


def test_sockets(browser, log, connections):
    """A connection on its way: request, waiting, accepted, gone."""
    row = next(row for row in connections if row["closed_ns"] != "-" and row["accepted_ns"] != "-")
    own = [n for n, one in enumerate(log, 1) if one["foreign"] == row["foreign"] and one["via"] != "none"]
    seen = []
    for number in own[:2]:
        to(browser, f"#segment/{number}")
        seen.append(browser.run("const node = document.querySelector('.flow.hit'); return node && node.textContent"))
    equal("its SYN makes a request", seen[0], row["foreign"] + "request")
    equal("its ACK a connection that waits", seen[1], row["foreign"] + "waits for accept()")
    to(browser, f"#segment/{own[-1]}")
    equal("then it is accepted", text_of(browser, ".flow.hit"), f"{row['foreign']}accepted by {row['pid']}/{row['comm']}")
    browser.run("document.getElementById('forward').click()")
    said = text_of(browser, "#sentence")
    report("and closed, which says why", row["foreign"] in said and row["close_reason"] in said, said)


def test_keys(browser):
    to(browser, "#segment/10")
    browser.run("document.getElementById('lanes').focus()")
    at = segment_number(browser)
    press(browser, Keys.HOME)
    equal("Home", segment_number(browser), 1)
    press(browser, Keys.ARROW_RIGHT)
    equal("right", segment_number(browser), 2)
    press(browser, Keys.ARROW_LEFT)
    equal("left", (segment_number(browser), at), (1, 10))
    browser.run("document.getElementById('speed').value = '60'")
    press(browser, Keys.SPACE)
    time.sleep(1)
    press(browser, Keys.SPACE)
    reached = segment_number(browser)
    report("space plays, and stops", 5 < reached < 80 and text_of(browser, "#play") == "Play", reached)
    time.sleep(0.3)
    equal("it stays there", segment_number(browser), reached)
    browser.run("document.activeElement.blur()")
    browser.driver.find_element(By.TAG_NAME, "body").send_keys(Keys.END)
    equal("End, wherever the focus is", segment_number(browser), SEGMENTS)
    browser.run("const jump = document.getElementById('jump'); jump.value = '77'; jump.dispatchEvent(new Event('change'))")
    equal("a number typed", text_of(browser, "#sentence b").split(",")[0], "Segment 77")


def test_play(browser):
    """Each step in its turn, and an end."""
    browser.run("""
        const slider = document.getElementById('slider');
        window.steps = [];
        new MutationObserver(() => steps.push(Number(slider.getAttribute('aria-valuetext').split(' ')[1])))
            .observe(slider, { attributeFilter: ['aria-valuetext'] });
        document.getElementById('speed').value = '60';
        document.getElementById('last').click();
        for (let i = 0; i < 8; i++)
            document.getElementById('back').click();
        document.getElementById('play').click();""")
    browser.wait("document.getElementById('play').textContent === 'Play'", 20)
    steps = browser.run("return [...new Set(steps)]")
    last = browser.run("return Number(document.getElementById('slider').max) + 1")
    equal("it plays each step, to the end", steps[-9:], list(range(last - 8, last + 1)))


def cell_of(browser, section, value):
    return browser.run("return [...document.querySelectorAll(`#${arguments[0]} td`)].find((cell) => cell.textContent === arguments[1])",
                       section, value)


def count_of(browser, section):
    return text_of(browser, f"#{section} .count").split(" ")[0]


def test_filter(browser, log, connections):
    to(browser, "#segments")
    refused = sum(row["outcome"] == "refused" for row in log)
    browser.run("document.querySelector('#segments input').value = 'refused';"
                "document.querySelector('#segments input').dispatchEvent(new Event('input'))")
    equal("filter by words", count_of(browser, "segments"), str(refused))
    browser.run("document.querySelector('#segments input').value = '';"
                "document.querySelector('#segments input').dispatchEvent(new Event('input'))")
    cell_of(browser, "segments", "request").click()
    wanted = sum(row["match"] == "request" for row in log)
    equal("filter by a click", (count_of(browser, "segments"), texts_of(browser, "#segments .chip")), (f"{wanted:,}", ["Match = request ✕"]))
    browser.driver.find_element(By.CSS_SELECTOR, "#segments .chip").click()
    equal("and without it again", count_of(browser, "segments"), f"{SEGMENTS:,}")
    header = browser.run("return [...document.querySelectorAll('#segments th button')].find((button) => button.textContent === 'Length')")
    browser.run("arguments[0].click()", header)
    browser.run("[...document.querySelectorAll('#segments th button')].find((button) => button.textContent.startsWith('Length')).click()")
    longest = max(int(row["len"]) for row in log)
    equal("sorted down", texts_of(browser, "#segments tr[aria-rowindex='2'] td")[4], str(longest))
    equal("a screen reader is told", browser.run("return document.querySelector('#segments th[aria-sort=descending]').textContent"), "Length ▾")
    to(browser, "#connections")
    cell_of(browser, "connections", "CLOSE_WAIT").click()
    equal("connections by their state", count_of(browser, "connections"), str(sum(row["state"] == "CLOSE_WAIT" for row in connections)))
    browser.driver.find_element(By.CSS_SELECTOR, "#connections .chip").click()


def test_table_keys(browser, log):
    grid = "#segments table"
    browser.run("document.querySelector('#segments th button').click(); document.querySelector(arguments[0]).focus()", grid)
    press(browser, Keys.ARROW_DOWN, Keys.ARROW_DOWN, *[Keys.ARROW_LEFT] * 20, *[Keys.ARROW_RIGHT] * 7)
    active = browser.run("return document.getElementById(document.querySelector(arguments[0]).getAttribute('aria-activedescendant')).textContent", grid)
    equal("arrows move the cell", active, log[2]["via"])
    press(browser, Keys.ENTER)
    equal("Enter filters", count_of(browser, "segments"), f"{sum(row['via'] == log[2]['via'] for row in log):,}")
    press(browser, Keys.ESCAPE)
    press(browser, Keys.END)
    last = browser.run("return document.getElementById(document.querySelector(arguments[0]).getAttribute('aria-activedescendant')).parentNode.ariaRowIndex", grid)
    equal("End is at the last row", last, str(SEGMENTS + 1))
    rows = texts_of(browser, "#segments tbody tr:nth-last-child(2) td")
    equal("the last row is in view", rows[0], str(SEGMENTS))
    press(browser, Keys.HOME)
    press(browser, "/")
    equal("/ goes to a filter", browser.run("return document.activeElement.type"), "search")


def test_connection(browser, log, connections, listeners):
    row = next(row for row in connections if row["accepted_ns"] != "-")
    to(browser, f"#connection/{row['cookie']}")
    said = text_of(browser, "#connection")
    listener = next(one for one in listeners if one["cookie"] == row["listener_cookie"])
    report("a connection: its listener", f"{listener['local']}, opened by {listener['pid']}/{listener['comm']}" in said, said)
    report("who accepted it", f"by {row['pid']}/{row['comm']} at 2025-07-20" in said, said)
    own = [one for one in log if one["cookie"] == row["cookie"]]
    equal("its segments, with its SYN", count_of(browser, "connection"), str(len(own) + 1))
    report("the focus is there", browser.run("return document.activeElement.id") == "connection-title")
    to(browser, "#connections")
    equal("and back", browser.run("return document.getElementById('connection').hidden"), True)


def test_smooth(browser):
    to(browser, "#segments")
    count = browser.run("return document.querySelectorAll('#segments tr[aria-rowindex]').length")
    report("of 10,000 rows few are in the page", count < 80, count)
    spent = browser.cost_ms("""
        const table = tablesOfPage[0];
        for (let i = 0; i < arguments[0]; i++) {
            table.scroller.scrollTop = i * 2900;
            table.draw();
            table.scroller.offsetHeight;
        }""", 100)
    below("a draw of a table that scrolls", spent, DRAW_MS, "ms")
    to(browser, "#segment/1")
    spent = browser.cost_ms("""
        const slider = document.getElementById('slider');
        for (let i = 0; i < arguments[0]; i++) {
            slider.value = i * 110;
            slider.dispatchEvent(new Event('input'));
            document.body.offsetHeight;
        }""", 100)
    below("a step of the replay", spent, DRAW_MS, "ms")
    test_frames(browser)


def test_frames(browser):
    """The replay as it plays, in the middle of all: what its frames take of the page's thread, and how far apart they come."""
    to(browser, f"#segment/{SEGMENTS // 2}")
    browser.run("""
        document.getElementById('speed').value = '60';
        window.frames = [];
        const note = (at) => { frames.push(at); requestAnimationFrame(note); };
        requestAnimationFrame(note);
        document.getElementById('play').click();""")
    before, began = segment_number(browser), browser.busy_s()
    time.sleep(4)
    busy = browser.busy_s() - began
    browser.run("document.getElementById('play').click()")
    gaps = sorted(browser.run("const gaps = frames.slice(1).map((at, i) => at - frames[i]); return gaps"))
    steps = segment_number(browser) - before
    below("a frame of the replay that plays", busy * 1000 / max(1, len(gaps)), DRAW_MS, "ms of the page's thread")
    # others may have the CPU meanwhile
    report(f"it goes on # {steps} segments in 4 s; between frames {gaps[len(gaps) // 2]:.1f} ms, of one in twenty "
           f"{gaps[len(gaps) * 19 // 20]:.1f}", steps > 10, gaps)


def test_names(browser):
    """What a screen reader meets has a name."""
    browser.driver.execute_cdp_cmd("Accessibility.enable", {})
    nodes = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"button", "textbox", "searchbox", "combobox", "slider", "link", "grid", "spinbutton", "application", "navigation", "region"}
    nameless = [node["role"]["value"] for node in nodes if not node.get("ignored") and node.get("role", {}).get("value") in roles
                and not node.get("name", {}).get("value")]
    equal("all controls have names", nameless, [])
    equal("a step is told", browser.run("return document.getElementById('sentence').ariaLive"), "polite")


def audit(browser, name):
    texts, weak = weak_texts(browser)
    report(f"{name}: {texts} texts, each at least 4.5 : 1", texts > 100 and not weak, weak)


def test_contrast(browser, pages):
    directory = os.path.join(pages.tmp, "contrast")
    subprocess.run(["cp", "-r", GOOD, directory], check=True)
    path = os.path.join(directory, "explain")
    with open(path, encoding="utf-8") as file:
        answer = file.read().replace("listener-addr no-match", "listener-addr not-reached")
    with open(path, "w", encoding="utf-8") as file:
        file.write(answer)
    with open(os.path.join(directory, "transcript.txt"), "w", encoding="utf-8") as file:
        file.write("server# tuplewatch log\n")
    browser.open(pages.page(directory))
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        for number in (1, 2, 7):
            to(browser, f"#segment/{number}")
            audit(browser, f"{scheme}, at segment {number}")
        to(browser, browser.run("return document.querySelector('#connections td a').getAttribute('href')"))
        audit(browser, f"{scheme}, a connection")
    browser.scheme("light")


def test_schemes(browser):
    backs = []
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        equal(f"{scheme}: all can be read", weak_colours(browser), [])
        backs.append(browser.run("return getComputedStyle(document.body).backgroundColor"))
    report("light and dark differ", backs[0] != backs[1], backs)
    browser.scheme("light")


def test_sizes(browser):
    for width in (320, 390, 768, 1360, 2560):
        browser.size(width, 800, is_phone=width < 600)
        browser.run("dispatchEvent(new Event('resize'))")
        equal(f"{width} pixels: nothing beyond the edge", browser.run("return document.documentElement.scrollWidth <= innerWidth"), True)
    browser.size(1360, 900)


def test_paper(browser):
    """Paper is light, also of what a dark screen shows."""
    browser.scheme("light")
    light = colours_of(browser)
    browser.scheme("dark")
    dark = colours_of(browser)
    browser.scheme("dark", "print")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    paper = colours_of(browser)
    browser.run("dispatchEvent(new Event('afterprint'))")
    browser.scheme("dark")
    equal("on paper from a dark screen: white", paper[0], "rgb(255, 255, 255)")
    equal("and marks and lanes as on a light one", paper[1:], light[1:])
    report("which the dark one has not", all(a != b for a, b in zip(dark, light)), dark, light)
    equal("and has again", colours_of(browser), dark)
    browser.scheme("light")


def test_print(browser):
    browser.scheme("light", "print")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    equal("on paper: no controls", browser.run("return getComputedStyle(document.querySelector('.controls')).display"), "none")
    equal("on paper: rows, and how many", (browser.run("return document.querySelectorAll('#segments tbody tr:not(.spacer)').length"),
                                           "the first 400 are printed" in text_of(browser, "#segments .count")), (400, True))
    browser.scheme("light")
    browser.run("dispatchEvent(new Event('afterprint'))")
    report("and few again", browser.run("return document.querySelectorAll('#segments tbody tr:not(.spacer)').length") < 80)


def test_hostile(browser, pages):
    path = pages.page(pages.save("hostile", "200", "hostile"))
    browser.open(path)
    for fragment in ("#segment/3", "#connections", "#taken", "#explain"):
        to(browser, fragment)
    to(browser, browser.run("return document.querySelector('#connections td a').getAttribute('href')"))
    equal("hostile names do nothing", browser.driver.title, "tuplewatch report")
    equal("and make no element", browser.run("return ['script', 'img', 'svg', 'b > script'].map((name) => document.querySelectorAll(name).length)"),
          [2, 0, 0, 0])
    names = texts_of(browser, "#listeners td:nth-child(4)")
    report("they are read as they are", any("</script><script>document.title='taken'</script>" in name for name in names)
           and any("<img src=x onerror" in name for name in names), names)
    equal("no complaint", browser.complaints(), [])
    blocked = browser.run("""
        const script = document.createElement('script');
        script.textContent = "document.title = 'taken'";
        document.body.append(script);
        return fetch('http://127.0.0.1:9/').then(() => 'sent', () => document.title);""")
    said = browser.complaints()
    report("the policy runs no other script, and asks nothing of a network",
           blocked == "tuplewatch report" and sum("Content Security Policy" in one for one in said) >= 2, blocked, said)


def test_explain(browser, pages):
    browser.open(pages.page(GOOD))
    rows = [row for row in table(GOOD, "explain") if row["row"] == "socket"]
    equal("the chain, in its order",
          browser.run("return [...document.querySelectorAll('.candidate-head')].map((node) => node.lastChild.textContent.split(',')[0])"),
          [row["local"] for row in rows])
    equal("scores", texts_of(browser, ".score b"), [f"score {row['score']}" for row in rows if row["score"] != "-"])
    equal("why each lost", texts_of(browser, ".fate b"), [row["fate"] for row in rows])
    report("the result", "The search finds: 0.0.0.0:8080, 197/python3, cookie 1005, listener." in text_of(browser, "#explain"), text_of(browser, "#explain"))


def test_ways(browser, pages):
    """Answers of other kinds are told as what they are."""
    for way, wanted in (("rp_filter", "It does not come to the lookup"), ("rules", "Whether it comes to the lookup is not known"),
                        ("forwarded", "10.77.0.1:40000 to 10.88.0.2:80"), ("queue", "accept-queue: the accept queue is full"),
                        ("held", "The search finds no socket."), ("bind", "Result: EADDRINUSE, a socket is in the way.")):
        directory = os.path.join(pages.tmp, way)
        subprocess.run(["cp", "-r", GOOD, directory], check=True)
        subprocess.run(["cp", os.path.join(GOOD, "../ways", way, "explain"), directory], check=True)
        browser.open(pages.page(directory))
        said = text_of(browser, "#explain")
        report(f"explain, {way}", wanted in said, said)


def test_transcript(browser, pages):
    """Its times and ends lead to the replay; what it says is text."""
    directory = os.path.join(pages.tmp, "typed")
    subprocess.run(["cp", "-r", GOOD, directory], check=True)
    log = table(GOOD, "log")
    browser.open(pages.page(directory))
    equal("without a transcript there is none", browser.run("return [document.getElementById('transcript').hidden, "
          "[...document.querySelectorAll('nav a')].some((node) => node.hash === '#transcript')]"), [True, False])
    clock = texts_of(browser, "#segments tr[aria-rowindex='4'] td")[1]
    said = f"server# tuplewatch log\n{clock} x\n\033[2J<script>document.title='taken'</script> {log[0]['foreign']} 9.9.9.9:9\n"
    with open(os.path.join(directory, "transcript.txt"), "w", encoding="utf-8") as file:
        file.write(said)
    browser.open(pages.page(directory))
    equal("a transcript, as it was", text_of(browser, "#transcript .printed"), said + "\n")
    equal("nothing of it runs", browser.driver.title, "tuplewatch report")
    first = next(n for n, row in enumerate(log, 1) if row["foreign"] == log[0]["foreign"])
    equal("its times and ends lead to segments", browser.run(
        "return [...document.querySelectorAll('#transcript a')].map((node) => [node.textContent, node.getAttribute('href')])"),
          [[clock, "#segment/3"], [log[0]["foreign"], f"#segment/{first}"]])
    browser.run("document.querySelector('#transcript a').click()")
    browser.run("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    equal("which the replay shows then", segment_number(browser), 3)


def test_lab(browser, pages):
    """What make lab-page makes of a hand-in: tables of the main host, and below them those of another one."""
    handin = os.path.join(pages.tmp, "handin")
    for directory in (handin, os.path.join(handin, "client")):
        subprocess.run(["cp", "-r", GOOD, directory], check=True)
        subprocess.run(["rm", "-r", os.path.join(directory, "taken"), os.path.join(directory, "all")], check=True)
    lab = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../labs/lab")
    subprocess.run([lab, "page", "3"], env={**os.environ, "HANDIN": handin}, check=True, stdout=subprocess.DEVNULL)
    for page in ("report.html", "client/report.html"):
        browser.open(os.path.join(handin, page))
        equal(f"{page} of a hand-in has its segments", count_of(browser, "segments"), str(len(table(handin, "log"))))
    report("and says what it lacks", "not among the files" in text_of(browser, "#taken"), text_of(browser, "#taken"))


def test_missing(browser, pages):
    directory = pages.save("nolog", "50")
    os.remove(os.path.join(directory, "log"))
    path = os.path.join(pages.tmp, "nolog.html")
    subprocess.run([READER, "report", "--from", directory, "-o", path], check=True, capture_output=True)
    browser.open(path)
    report("without a log the page says so", "log is not in this report" in text_of(browser, ".notice"), text_of(browser, "body"))
    report("and has its tables", count_of(browser, "connections").isdigit())
    text = open(path, encoding="utf-8").read().replace('{"proto":"tcp"', '{"proto":"tcp', 1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    browser.driver.get("file://" + path)
    report("damaged data is said", "This page cannot be drawn: row" in text_of(browser, ".notice"), text_of(browser, "body"))
    browser.complaints()


def main():
    browser = Browser()
    try:
        with tempfile.TemporaryDirectory() as tmp:
            pages = Pages(tmp)
            directory = pages.save("many", str(SEGMENTS))
            log, connections, listeners = (table(directory, name) for name in ("log", "connections", "listeners"))
            browser.scheme("light")
            test_load(browser, pages.page(directory), log, connections)
            test_room(browser)
            test_replay(browser, log)
            test_sockets(browser, log, connections)
            test_keys(browser)
            test_play(browser)
            test_filter(browser, log, connections)
            test_table_keys(browser, log)
            test_connection(browser, log, connections, listeners)
            test_smooth(browser)
            test_names(browser)
            test_schemes(browser)
            test_sizes(browser)
            test_print(browser)
            test_paper(browser)
            equal("no complaint in all of this", browser.complaints(), [])
            test_hostile(browser, pages)
            test_explain(browser, pages)
            test_ways(browser, pages)
            test_transcript(browser, pages)
            test_contrast(browser, pages)
            test_lab(browser, pages)
            test_missing(browser, pages)
            equal("nothing was asked of a network", [url for url in browser.requests() if url != "http://127.0.0.1:9/"], [])
    finally:
        browser.close()
        tell()
    finish()


main()
