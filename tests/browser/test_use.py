"""The page in the hands of a reader: pointer, keyboard, files, phone, light and dark."""

import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

import datasets
import vae
from vae.explore import write
from vae.specification import Dense, Output

SMALL = vae.Architecture(
    [Dense(64, "relu", batch_norm=True)], [Dense(64, "tanh", batch_norm=True), Output()], (28, 28, 1)
)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def dots():
    """Images of a dot at 10x10 places, and the places."""
    places = np.stack(np.unravel_index(np.arange(100), (10, 10)), axis=1)
    rows, columns = np.mgrid[:28, :28]
    distance = (rows - 2 * places[:, :1, None] - 5) ** 2 + (columns - 2 * places[:, 1:, None] - 5) ** 2
    return (distance < 12).astype(np.float32)[..., None], places


@pytest.fixture(scope="module")
def models():
    images, _ = dots()
    return [
        vae.BetaVAE(SMALL, 4, beta, batch_size=25, max_epochs=150, learning_rate=3e-3, random_state=0, progress=False)
        .fit(images)
        for beta in (0, 1)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def paths(models, tmp_path_factory):
    """Pages with one model and its encoder, without the encoder, and with two models."""
    folder, data = tmp_path_factory.mktemp("pages"), datasets.FactorDataset(*dots(), ("row", "column"))
    written = {name: folder / f"{name}.html" for name in ("one", "blind", "two")}
    write(written["one"], models[1], data)
    write(written["blind"], models[1], data, encoder=False)
    write(written["two"], models, data)
    return written


@pytest.fixture
def one(visit, paths):
    return visit(paths["one"])


def png(image):
    file = io.BytesIO()
    image.save(file, "png")
    return file.getvalue()


def dot_picture(size=280, background=0):
    """A picture file of a dot in the upper left quarter."""
    picture = Image.new("L", (size, size), background)
    ImageDraw.Draw(picture).ellipse([70 * size / 280 - 35, 70 * size / 280 - 35, 70 * size / 280 + 35, 70 * size / 280 + 35], fill=255 - background)
    return png(picture)


def shown(page):
    return np.array(page.ask("Array.from(explorer.decoded[0])")).reshape(28, 28)


def centre(image):
    """Row and column of the centre of brightness."""
    return (np.indices(image.shape) * image).sum(axis=(1, 2)) / image.sum()


def test_a_slider_moves_the_image_by_pointer_and_by_keys(one):
    slider = one.page.locator("#sliders input").first
    before, box = shown(one), slider.bounding_box()
    one.page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    one.settle()
    moved = shown(one)
    assert np.abs(moved - before).max() > 0.5
    assert float(slider.input_value()) > 2
    slider.press("Home")
    one.settle()
    assert float(slider.input_value()) == -3
    slider.press("ArrowRight")
    one.settle()
    assert float(slider.input_value()) == pytest.approx(-2.99)
    assert np.abs(shown(one) - moved).max() > 0.5


def test_sliders_stand_in_the_order_of_their_kl_with_the_names_of_factors(one):
    kl = one.ask("explorer.model.order.map((j) => explorer.model.latents[j].kl)")
    assert kl == sorted(kl, reverse=True)
    labels = [row.get_attribute("aria-label") for row in one.page.locator("#sliders input").all()]
    assert len(labels) == 4
    assert sum("row" in label or "column" in label for label in labels) >= 2
    inactive = one.page.locator("#sliders .inactive").count()
    assert inactive == sum(value < 0.1 for value in kl)
    assert one.page.locator("#sliders .slider").last.evaluate("(row) => row.classList.contains('inactive')") == (inactive > 0)


def test_a_slider_names_the_way_the_dot_moves(one):
    """What a new reader looks for: the latent that moves it sideways."""
    rank = one.ask("explorer.model.order.findIndex((j) => explorer.model.latents[j].factor === 'column')")
    places = []
    for position in (-1.5, 1.5):
        one.ask(f"explorer.setPosition({rank}, {position})")
        one.settle()
        places.append(centre(shown(one)))
    row, column = np.abs(places[1] - places[0])
    assert column > 2
    assert column > 2 * row


def test_a_file_is_encoded_chosen_or_dropped(one):
    one.page.set_input_files("#file", {"name": "dot.png", "mimeType": "image/png", "buffer": dot_picture()})
    one.wait("explorer.images.indexOf(explorer.target) < 0")
    one.settle()
    assert np.abs(centre(shown(one)) - 7).max() < 3
    drop(one, dot_picture(size=500, background=255), "dark.png")  # dark on bright, as on paper
    one.wait("document.getElementById('news').textContent.includes('dark.png')")
    one.settle()
    assert one.ask("explorer.target[0]") == 0
    drop(one, b"no picture", "letter.txt")
    one.wait("document.getElementById('file-error').textContent.includes('letter.txt')")


def drop(page, content, name):
    page.ask(
        """([content, name]) => {
            const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], name));
            for (const kind of ["dragover", "drop"]) {
                document.body.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
            }
        }""",
        [base64.b64encode(content).decode(), name],
    )


def test_without_an_encoder_the_page_climbs_to_a_files_code(visit, paths):
    page = visit(paths["blind"])
    picture = dot_picture()
    page.page.set_input_files("#file", {"name": "dot.png", "mimeType": "image/png", "buffer": picture})
    page.wait("explorer.climbing")
    page.settle()
    before = page.ask("explorer.model.logLikelihood(explorer.target)")
    page.page.wait_for_timeout(1500)
    page.ask("explorer.draw()")
    assert page.ask("explorer.model.decode(explorer.code) && explorer.model.logLikelihood(explorer.target)") > before
    assert np.abs(centre(shown(page)) - 7).max() < 2


def test_a_drawing_is_encoded_with_every_stroke_and_by_keys(one):
    canvas = one.page.locator("#scribble")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    one.page.mouse.move(box["x"] + 60, box["y"] + 30)
    one.page.mouse.down()
    one.page.mouse.move(box["x"] + 60, box["y"] + 120, steps=5)
    one.page.mouse.up()
    one.settle()
    target = np.array(one.ask("Array.from(explorer.target)")).reshape(28, 28)
    assert np.abs(centre(target) - 13.5).max() < 1  # MNIST's digits are centred
    assert 18 <= (target.max(axis=1) > 0.3).sum() <= 21  # and 20 pixels high
    one.page.click("#clear")
    canvas.press(" ")
    for _ in range(6):
        canvas.press("ArrowRight")
    one.settle()
    target = np.array(one.ask("Array.from(explorer.target)")).reshape(28, 28)
    assert (target.max(axis=0) > 0.3).sum() > (target.max(axis=1) > 0.3).sum()


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
    assert one.ask("explorer.model.toPosition(explorer.code[explorer.model.order[0]], explorer.model.order[0])") == pytest.approx(3, abs=1e-4)

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
    assert np.allclose(one.ask("Array.from(explorer.code)"), one.ask("Array.from(explorer.builtIn(30).codes[0])"), atol=1e-6)
    one.page.locator("#along").press("Home")
    one.settle()
    assert np.allclose(one.ask("Array.from(explorer.code)"), one.ask("Array.from(explorer.builtIn(0).codes[0])"), atol=1e-6)

    one.page.locator("#samples .cell").nth(2).click()
    one.settle()
    assert one.ask("explorer.target") is None
    assert one.page.locator("#wrong").is_hidden()


def test_the_arrows_point_up_the_elbo(one):
    """A step along each arrow makes the ELBO larger; climbing goes on until it no longer rises."""
    one.page.locator("#gallery .cell").nth(7).click()
    one.ask("explorer.setPosition(0, 2)")
    one.settle()
    elbo = float(one.page.locator("#elbo").inner_text().replace("−", "-"))
    assert one.page.locator("#sliders .slider .arrow:visible").count() >= 1
    assert one.page.locator("#sliders .slider").first.locator(".slope").inner_text().startswith("−")
    one.page.click("#step")
    one.page.wait_for_timeout(300)
    step = float(one.page.locator("#elbo").inner_text().replace("−", "-"))
    one.page.click("#climb")
    one.page.wait_for_timeout(3000)
    top = float(one.page.locator("#elbo").inner_text().replace("−", "-"))
    assert elbo < step < top
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


def test_a_reader_of_the_screen_is_told(one):
    assert one.page.locator("#decoded canvas").get_attribute("aria-label").startswith("Decoded image: ")
    unnamed = one.ask(
        """[...document.querySelectorAll("button, input, select, canvas[role], [role=application]")].filter((element) => {
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
    ink, paper = (brightness(page.ask(f"getComputedStyle(document.body).{name}")) for name in ("color", "backgroundColor"))
    assert (ink < paper) == (scheme == "light")
    assert abs(ink - paper) > 150
    slider = page.page.locator("#sliders input").first
    slider.scroll_into_view_if_needed()
    box, before = slider.bounding_box(), shown(page)
    page.page.touchscreen.tap(box["x"] + 0.1 * box["width"], box["y"] + box["height"] / 2)
    page.settle()
    assert np.abs(shown(page) - before).max() > 0.3


def brightness(colour):
    return np.mean([float(part) for part in colour.strip("rgb()").split(",")])


def test_the_page_says_how_long_a_frame_takes(one):
    one.page.locator("#sliders input").first.press("ArrowRight")
    one.settle()
    assert 0 < float(one.page.locator("#frame-time").get_attribute("data-milliseconds")) < 1000
