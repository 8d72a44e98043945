"""Images of the reader's own: files, drops, drawings."""

import base64
import io

import numpy as np
from PIL import Image, ImageDraw


def png(image):
    file = io.BytesIO()
    image.save(file, "png")
    return file.getvalue()


def dot_picture(size=280, background=0):
    """A picture file of a dot in the upper left quarter."""
    picture, middle = Image.new("L", (size, size), background), size / 4
    box = [middle - 35, middle - 35, middle + 35, middle + 35]
    ImageDraw.Draw(picture).ellipse(box, fill=255 - background)
    return png(picture)


def test_a_file_is_encoded_chosen_or_dropped(one):
    one.page.set_input_files("#file", {"name": "dot.png", "mimeType": "image/png", "buffer": dot_picture()})
    one.wait("explorer.images.indexOf(explorer.target) < 0")
    one.settle()
    assert np.abs(one.centre() - 7).max() < 3
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
    before = page.number("likelihood")
    page.wait("explorer.climbing === null && explorer.frame === null")
    assert page.number("likelihood") > before
    assert np.abs(page.centre() - 7).max() < 2


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
    assert np.abs(one.centre("target") - 13.5).max() < 1  # MNIST's digits are centred
    assert 18 <= (target.max(axis=1) > 0.3).sum() <= 21  # and 20 pixels high
    one.page.click("#clear")
    canvas.press(" ")
    for _ in range(6):
        canvas.press("ArrowRight")
    one.settle()
    target = np.array(one.ask("Array.from(explorer.target)")).reshape(28, 28)
    assert (target.max(axis=0) > 0.3).sum() > (target.max(axis=1) > 0.3).sum()
