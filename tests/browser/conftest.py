"""A real browser, Debian's Chromium or another one that is there, driven by Playwright; and pages to open in it."""

import os
import shutil

import numpy as np
import pytest

import datasets
import vae
from vae.explore import write
from vae.specification import Dense, Output

SMALL = vae.Architecture(
    [Dense(64, "relu", batch_norm=True)], [Dense(64, "tanh", batch_norm=True), Output()], (28, 28, 1)
)
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
        self.page.set_default_timeout(90_000)  # on a machine that is busy with other things
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
        """Until the JavaScript expression is true, at most a minute; the page forbids eval, as Playwright needs it."""
        self.ask(
            f"""new Promise((done, fail) => {{
                const began = performance.now();
                const look = () => {{
                    if ({condition}) done();
                    else if (performance.now() - began > 60000) fail(new Error("a minute passed"));
                    else setTimeout(look, 10);
                }};
                look();
            }})"""
        )

    @property
    def image(self):
        """The decoded image of the first model, as numbers (height, width)."""
        return np.array(self.ask("Array.from(explorer.decoded[0])")).reshape(self.ask("explorer.shape.slice(0, 2)"))

    def centre(self, image="decoded[0]"):
        """Row and column of an image's centre of brightness."""
        pixels = np.array(self.ask(f"Array.from(explorer.{image})")).reshape(28, 28)
        return (np.indices(pixels.shape) * pixels).sum(axis=(1, 2)) / pixels.sum()

    @property
    def code(self):
        return np.array(self.ask("Array.from(explorer.code)"))

    def number(self, name):
        """What stands in the element of this id, with its real minus sign."""
        return float(self.page.locator(f"#{name}").inner_text().replace("\N{MINUS SIGN}", "-"))

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


def dots():
    """Images of a dot at 10x10 places, of which the column is known."""
    places = np.stack(np.unravel_index(np.arange(100), (10, 10)), axis=1)
    rows, columns = np.mgrid[:28, :28]
    distance = (rows - 2 * places[:, :1, None] - 5) ** 2 + (columns - 2 * places[:, 1:, None] - 5) ** 2
    return datasets.FactorDataset((distance < 12).astype(np.float32)[..., None], places[:, 1:], ("column",))


@pytest.fixture(scope="session")
def paths(tmp_path_factory, browser):
    """Pages with one model and its encoder, without the encoder, and with two models."""
    folder, data = tmp_path_factory.mktemp("pages"), dots()
    entangled, model = (
        vae.BetaVAE(SMALL, 4, beta, batch_size=25, max_epochs=150, learning_rate=3e-3, random_state=0, progress=False)
        .fit(data.images)
        for beta in (0, 1)
    )  # fmt: skip
    written = {name: folder / f"{name}.html" for name in ("one", "blind", "two")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vae.evaluation.latents.HALF", 0.25)  # these latents mix row and column
        write(written["one"], model, data)
        write(written["blind"], model, data, encoder=False)
        write(written["two"], [entangled, model], data)
    return written


@pytest.fixture
def one(visit, paths):
    return visit(paths["one"])
