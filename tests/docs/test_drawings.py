"""The textbook's drawings and the page that shows them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

DOCS = Path(__file__).parents[2] / "docs"
NAMES = {"windows", "fold", "transposed", "tiles", "winograd", "batch_norm", "reparametrisation", "activations"}


def draw(*arguments):
    command = [sys.executable, DOCS / "drawings.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawings")
    result = draw("--output", folder)
    assert result.returncode == 0, result.stderr
    return folder


def test_the_script_writes_every_picture_small_and_on_white(drawn):
    assert {path.name for path in drawn.iterdir()} == {f"{name}.png" for name in NAMES}
    for path in drawn.iterdir():
        assert 5_000 < path.stat().st_size < 60_000, path.name
        with Image.open(path) as image:
            border = image.convert("RGB")
        assert border.width > 800
        corners = [border.getpixel((x, y)) for x in (0, border.width - 1) for y in (0, border.height - 1)]
        assert min(map(min, corners)) > 250, path.name


def test_every_picture_stands_in_the_docs_as_large_as_it_is_drawn_now(drawn):
    for path in drawn.iterdir():
        with Image.open(path) as now, Image.open(DOCS / "figures" / "drawings" / path.name) as kept:
            assert kept.size == now.size, path.name


def test_only_the_named_pictures_are_drawn(tmp_path):
    assert draw("fold", "--output", tmp_path).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["fold.png"]


def test_an_unknown_name_is_refused_before_anything_is_drawn(tmp_path):
    result = draw("fold", "flod", "--output", tmp_path)
    assert result.returncode == 2
    assert "no drawing called flod: choose from windows, fold" in result.stderr
    assert not list(tmp_path.iterdir())


def test_the_page_shows_pictures_that_exist_and_says_what_is_on_them():
    pictures = re.findall(r"!\[(.*?)\]\((.*?)\)", (DOCS / "convolution.md").read_text(encoding="utf-8"))
    assert len(pictures) == 5
    for words, path in pictures:
        assert len(words) > 50
        assert (DOCS / path).is_file()
