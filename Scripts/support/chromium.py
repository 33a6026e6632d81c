"""Headless Chromium over its debugging pipe, by the standard library alone: JSON texts that end in a zero byte."""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import time

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


class Chromium:
    """One browser with one page; complaints of its console and its requests are collected until `forget`."""

    def __init__(self, profile, seconds=60):
        self.profile = profile
        self.seconds = seconds
        self.complaints = []
        self.requests = []
        self.number = 0
        self.buffer = b""

    def __enter__(self):
        path = next((path for path in map(shutil.which, NAMES) if path), None)
        if not path:
            raise SystemExit(f"no Chromium on PATH ({', '.join(NAMES)}); Scripts/setup installs it")
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "sh", path, "--headless", "--no-sandbox",
             "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={self.profile}", "about:blank"],
            pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.session = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        return self

    def __exit__(self, *_):
        os.close(self.output)
        os.close(self.input)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def forget(self):
        self.complaints, self.requests = [], []

    def open(self, page, width, scheme, media="screen"):
        """Loads a file at a width in CSS pixels, light or dark, for the screen or print."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", media=media,
                 features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.loaded = False
        self.ask("Page.navigate", url=pathlib.Path(page).as_uri())
        self.wait(lambda: self.loaded)

    def evaluate(self, expression, by_user=False):
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=by_user)
        if "exceptionDetails" in answer:
            raise SystemExit(f"check-report: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, selector):
        """Clicks the first such button as a user does; returns what is written on it then."""
        return self.evaluate(f"""(async () => {{
          const button = document.querySelector({json.dumps(selector)}), before = button && button.textContent;
          if (!button) return "Copied";
          button.click();
          for (let tries = 0; tries < 100 && button.textContent === before; tries++)
            await new Promise(done => setTimeout(done, 10));
          return button.textContent;
        }})()""", by_user=True)

    def picture(self, path, height):
        """The page's first so many pixels as a PNG file."""
        width = self.evaluate("document.documentElement.clientWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        answer = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        pathlib.Path(path).write_bytes(base64.b64decode(answer["data"]))

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        answer = {}
        self.wait(lambda: self.number in answer, answer)
        if "error" in answer[self.number]:
            raise SystemExit(f"check-report: {method}: {answer[self.number]['error']}")
        return answer[self.number]["result"]

    def wait(self, is_done, answers=None):
        end = time.monotonic() + self.seconds
        while not is_done():
            if not select.select([self.input], [], [], max(end - time.monotonic(), 0))[0]:
                raise SystemExit("check-report: Chromium does not answer")
            read = os.read(self.input, 1 << 20)
            if not read:
                raise SystemExit("check-report: Chromium ended")
            *messages, self.buffer = (self.buffer + read).split(b"\0")
            for message in map(json.loads, messages):
                if "id" in message and answers is not None:
                    answers[message["id"]] = message
                self.notice(message.get("method"), message.get("params", {}))

    def notice(self, method, parameters):
        if method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(parameters["exceptionDetails"])[:400])
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            self.complaints.append(json.dumps(parameters["args"])[:400])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")
