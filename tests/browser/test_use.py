"""Sliders, grids, the plane, the line, samples, arrows and models, by pointer and by keys."""

import numpy as np
import pytest


def test_a_slider_moves_the_image_by_pointer_and_by_keys(one):
    slider = one.page.locator("#sliders input").first
    before, box = one.image, slider.bounding_box()
    one.page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    one.settle()
    moved = one.image
    assert np.abs(moved - before).max() > 0.5
    assert float(slider.input_value()) > 2
    slider.press("Home")
    one.settle()
    assert float(slider.input_value()) == -3
    slider.press("ArrowRight")
    one.settle()
    assert float(slider.input_value()) == pytest.approx(-2.99)
    assert np.abs(one.image - moved).max() > 0.5


def test_sliders_stand_in_the_order_of_their_kl_with_the_names_of_factors(one):
    kl = one.ask("explorer.model.order.map((j) => explorer.model.latents[j].kl)")
    assert kl == sorted(kl, reverse=True)
    labels = [row.get_attribute("aria-label") for row in one.page.locator("#sliders input").all()]
    assert len(labels) == 4
    named = one.ask("explorer.model.order.map((j) => explorer.model.latents[j].factor)")
    assert "column" in named
    assert ["column" in label for label in labels] == [name == "column" for name in named]
    greyed = ["inactive" in row.get_attribute("class") for row in one.page.locator("#sliders .slider").all()]
    assert greyed == [value < 0.1 for value in kl]


def test_a_slider_names_the_way_the_dot_moves(one):
    """What a new reader looks for: the latent that moves it sideways."""
    rank = one.ask("explorer.model.order.findIndex((j) => explorer.model.latents[j].factor === 'column')")
    places = []
    for position in (-1.5, 1.5):
        one.ask(f"explorer.setPosition({rank}, {position})")
        one.settle()
        places.append(one.centre())
    row, column = np.abs(places[1] - places[0])
    assert column > 2
    assert column > row


def test_galleries_have_one_tab_stop_and_arrow_keys(one):
    cells = one.page.locator("#gallery .cell")
    assert cells.count() == 60
    assert one.page.locator("#gallery [tabindex='0']").count() == 1
    cells.first.focus()
    one.page.keyboard.press("ArrowRight")
    one.page.keyboard.press("Enter")
    one.settle()
    assert one.ask("explorer.images.indexOf(explorer.target)") == 1
    assert cells.nth(1).get_attribute("aria-current") == "true"
    one.page.keyboard.press("ArrowDown")
    assert one.ask("document.activeElement.getAttribute('aria-label')").startswith("Image ")


def test_traversals_the_plane_the_line_and_samples_lead_to_codes(one):
    one.page.locator("#traversals .cell").nth(8).click()
    one.settle()
    busiest = one.ask("explorer.model.order[0]")
    assert one.ask(f"explorer.model.toPosition(explorer.code[{busiest}], {busiest})") == pytest.approx(3, abs=1e-4)

    pad = one.page.locator("#pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    one.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
    one.settle()
    assert one.ask("explorer.views.find((view) => view.place).place") == pytest.approx([0, 1.5], abs=0.02)
    pad.press("ArrowLeft")
    assert one.ask("explorer.views.find((view) => view.place).place[0]") == pytest.approx(-0.1, abs=0.02)
    assert one.ask("document.querySelector('#pad canvas').width") == 9 * 28

    one.page.locator("#line .cell").nth(8).click()
    one.settle()
    assert np.allclose(one.code, one.ask("Array.from(explorer.builtIn(30).codes[0])"), atol=1e-6)
    one.page.locator("#along").press("Home")
    one.settle()
    assert np.allclose(one.code, one.ask("Array.from(explorer.builtIn(0).codes[0])"), atol=1e-6)

    one.page.locator("#samples .cell").nth(2).click()
    one.settle()
    assert one.ask("explorer.target") is None
    assert one.page.locator("#wrong").is_hidden()


def test_the_arrows_point_up_the_elbo(one):
    """A step along each arrow makes the ELBO larger; climbing goes on until it no longer rises."""
    one.page.locator("#gallery .cell").nth(7).click()
    one.ask("explorer.setPosition(0, 2)")
    one.settle()
    elbo = one.number("elbo")
    assert one.page.locator("#sliders .slider .arrow:visible").count() >= 1
    assert one.page.locator("#sliders .slider").first.locator(".slope").inner_text().startswith("\N{MINUS SIGN}")
    climbs = []
    for button in ("#step", "#climb"):
        one.page.click(button)
        one.wait("explorer.climbing === null && explorer.frame === null")
        climbs.append(one.number("elbo"))
    assert elbo < climbs[0] < climbs[1]
    one.page.locator("#arrows").uncheck()
    one.settle()
    assert one.page.locator("#sliders .arrow:visible").count() == 0


def test_models_side_by_side_follow_the_same_slider(visit, paths):
    page = visit(paths["two"])
    assert page.page.locator("#decoded canvas").count() == 2
    page.ask("explorer.setPosition(1, 1.5)")
    page.settle()
    places = page.ask("explorer.models.map((m, n) => m.toPosition(explorer.codes[n][m.order[1]], m.order[1]))")
    assert places == pytest.approx([1.5, 1.5], abs=1e-4)
    page.page.locator("#decoded input").nth(1).check()
    page.settle()
    first = page.page.locator("#sliders .number").first.inner_text()
    assert first == f"z{page.ask('explorer.models[1].order[0]')}"
