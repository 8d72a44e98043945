"""A real browser: Debian's Chromium (or another one that is installed), driven by Playwright."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def browser():
    """Skips, and says why, where there is no Playwright or no browser.  CHROMIUM may name one."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install -e '.[browser]'")
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip(f"needs a browser: none of {', '.join(NAMES)} is installed, and CHROMIUM names none")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield started
        started.close()


class Visit:
    """A page opened from disk, with all that the browser complained of and everything that it asked for."""

    def __init__(self, browser, path, **context):
        self.context = browser.new_context(**context)
        self.page = self.context.new_page()
        self.complaints, self.requests = [], []
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self._hear("error", str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.address = path.resolve().as_uri()
        self.page.goto(self.address)
        self.settle()

    def _hear(self, kind, text):
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def ask(self, expression, argument=None):
        """The value of a JavaScript expression, or of a function of the argument."""
        return self.page.evaluate(expression, argument)

    def settle(self):
        """Wait until the next frames are drawn, and what the page draws in the background of what is in sight."""
        self.ask("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        self.wait("explorer.background.idle && explorer.frame === null")

    def wait(self, condition):
        """Until the JavaScript expression is true, at most 20 s.  (Playwright's own way needs eval, which the page forbids.)"""
        self.ask(
            f"""new Promise((done, fail) => {{
                const began = performance.now();
                const look = () => {{
                    if ({condition}) done();
                    else if (performance.now() - began > 20000) fail(new Error("20 s passed"));
                    else setTimeout(look, 10);
                }};
                look();
            }})"""
        )

    def close(self):
        self.context.close()
        assert self.complaints == []
        assert [url for url in self.requests if url != self.address and not url.startswith("data:")] == []


@pytest.fixture
def visit(browser):
    """visit(path, **context of the browser) opens a page; whatever it says in the console fails the test."""
    visits = []

    def open_page(path, **context):
        visits.append(Visit(browser, path, **context))
        return visits[-1]

    yield open_page
    for each in visits:
        each.close()
