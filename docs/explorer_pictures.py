"""Draw the pictures of docs/explorer.md: the page in Debian's Chromium, in light, in dark, and on a phone.

python docs/explorer_pictures.py explorer.html       needs pip install -e ".[browser]" and Chromium
"""

import argparse
import io
import os
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FIGURES = Path(__file__).parent / "figures"
DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
LONGEST = 60  # seconds to wait for all pictures


def main(arguments=None):
    command = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("page", type=Path, help="what python -m vae.explore wrote")
    command.add_argument("--output", type=Path, default=FIGURES, help="folder (default: docs/figures)")
    command.add_argument("--prefix", default="explorer", help="of the files' names")
    options = command.parse_args(arguments)
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for name, section, settings in (
            ("", None, DESK | {"color_scheme": "light"}),
            ("_dark", "traversals-title", DESK | {"color_scheme": "dark"}),
            ("_phone", "latents-title", PHONE | {"color_scheme": "light"}),
        ):
            save(shot(browser, options.page, section, settings), options.output / f"{options.prefix}{name}.png")


def shot(browser, path, section, settings):
    """What is in the window once the section's heading is near its top, below the image on a phone."""
    page = browser.new_context(**settings).new_page()
    page.goto(path.resolve().as_uri(), timeout=1000 * LONGEST)
    if section:
        above = 380 if "is_mobile" in settings else 40
        page.evaluate(f"scrollBy(0, document.getElementById('{section}').getBoundingClientRect().top - {above})")
    for _ in range(LONGEST):  # what comes a moment later
        page.wait_for_timeout(1000)
        if page.evaluate("explorer.background.idle && explorer.frame === null"):
            break
    page.evaluate("document.getElementById('frame-time').textContent = ''")  # it tells of this machine only
    return page.screenshot()


def save(content, path):
    """In at most 256 colours, which a page of grey pictures does not exceed by much."""
    Image.open(io.BytesIO(content)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path} ({path.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
