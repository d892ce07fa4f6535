# SPDX-License-Identifier: GPL-2.0
"""A chromium without a screen, and what it says of a page."""
import base64
import json
import os
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

# What a page that does not come may take
DEADLINE_S = 60


class Browser:
    """A page at a time. Nothing that it asks for goes anywhere: there is no network but files."""

    def __init__(self, width=1360, height=900):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        self.profile = tempfile.TemporaryDirectory()
        for word in ("--headless=new", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1",
                     "--proxy-server=127.0.0.1:9", "--disable-component-update", "--no-first-run",
                     f"--user-data-dir={self.profile.name}", f"--window-size={width},{height}"):
            options.add_argument(word)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_script_timeout(DEADLINE_S)
        self.driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        self.size(width, height)

    def close(self):
        self.driver.quit()
        self.profile.cleanup()

    def run(self, script, *arguments):
        """What JavaScript gives."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, script, seconds=DEADLINE_S):
        """Until it gives something true."""
        end = time.monotonic() + seconds
        while not self.run("return " + script):
            if time.monotonic() > end:
                raise TimeoutError(script)
            time.sleep(0.02)

    def size(self, width, height, is_phone=False):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 2 if is_phone else 1, "mobile": is_phone})

    def scheme(self, name, media=""):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": media, "features": [{"name": "prefers-color-scheme", "value": name},
                                         {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def open(self, path, fragment=""):
        """Returns the seconds until the page was drawn, by its own clock."""
        self.driver.get("about:blank")
        self.driver.get("file://" + os.path.realpath(path) + fragment)
        self.wait("document.documentElement.dataset.ready === 'yes'")
        return self.run("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => "
                        "done(performance.now() / 1000))))")

    def busy_s(self):
        """Seconds of CPU that the page's thread has taken: script, style, layout. Others do not make it longer."""
        metrics = self.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    def cost_ms(self, script, times):
        """Of one time of a script that does something so many times."""
        began = self.busy_s()
        self.run(script, times)
        return (self.busy_s() - began) * 1000 / times

    def picture(self, path):
        """Of what is in view; the name says whether as PNG or as WebP, which takes a third."""
        kind = {"format": "png"} if path.endswith(".png") else {"format": "webp", "quality": 80}
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.driver.execute_cdp_cmd("Page.captureScreenshot", kind)["data"]))

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """Addresses that pages asked for since the last call, but those of files and data."""
        asked = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
        return [url for url in asked if not url.startswith(("file:", "data:", "about:", "chrome:"))]
