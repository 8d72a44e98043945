"""The page for every reader: by ear, on a phone, in light and in dark."""

import numpy as np
import pytest

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def test_a_reader_of_the_screen_is_told(one):
    assert one.page.locator("#decoded canvas").get_attribute("aria-label").startswith("Decoded image: ")
    unnamed = one.ask(
        """[...document.querySelectorAll("button, input, select, canvas[role], [tabindex]")].filter((element) => {
            const label = element.getAttribute("aria-label") || element.getAttribute("aria-labelledby")
                || element.labels?.length || element.textContent.trim();
            return element.offsetParent && !label && element.getAttribute("aria-hidden") !== "true";
        }).map((element) => element.outerHTML)"""
    )
    assert unnamed == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_light_and_dark(visit, paths, scheme):
    page = visit(paths["one"], color_scheme=scheme, **PHONE)
    assert page.ask("document.documentElement.scrollWidth") <= 390
    ink, paper = (
        brightness(page.ask(f"getComputedStyle(document.body).{name}")) for name in ("color", "backgroundColor")
    )
    assert (ink < paper) == (scheme == "light")
    assert abs(ink - paper) > 150
    slider = page.page.locator("#sliders input").first
    slider.scroll_into_view_if_needed()
    box, before = slider.bounding_box(), page.image
    page.page.touchscreen.tap(box["x"] + 0.1 * box["width"], box["y"] + box["height"] / 2)
    page.settle()
    assert np.abs(page.image - before).max() > 0.3


def brightness(colour):
    return np.mean([float(part) for part in colour.strip("rgb()").split(",")])


def test_the_page_says_how_long_a_frame_takes(one):
    one.page.locator("#sliders input").first.press("ArrowRight")
    one.settle()
    assert 0 < float(one.page.locator("#frame-time").get_attribute("data-milliseconds")) < 1000
