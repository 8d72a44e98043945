"""Every link and picture in README and docs leads somewhere, on a code host too; every picture says what is on it."""

import re

import pytest
from markdown_pages import DOCS, PAGES, ROOT, anchors, links, read, without_code

GENERATED = {"nn.rst", "vae.rst", "datasets.rst"}  # by docs/extensions/reference.py
FOLDERS = "nn|vae|datasets|demos|labs|docs|tests"


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    for _, target, _ in links(without_code(read(name))):
        if re.match(r"https?:|mailto:", target) or target in GENERATED or target.startswith("_static/"):
            continue
        path, _, anchor = target.partition("#")
        file = (PAGES[name].parent / path).resolve() if path else PAGES[name]
        assert file.exists(), f"{name} links to {target}"
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), f"{name} links to {target}"


@pytest.mark.parametrize("name", PAGES)
def test_pictures_say_what_is_on_them(name):
    for words, target, picture in links(without_code(read(name))):
        assert not picture or len(words) > 15, f"{name}: {target}"
    assert read(name).count("<img") == len(re.findall(r'<img src=".*" alt="', read(name)))


@pytest.mark.parametrize("name", PAGES)
def test_files_that_are_named_exist(name):
    for path in re.findall(rf"`((?:{FOLDERS})/[\w/.-]+)`", read(name)):
        assert "NN" in path or (ROOT / path).exists(), f"{name} names {path}"


def test_every_figure_is_shown_somewhere():
    text = "".join(read(name) for name in PAGES)
    for figure in DOCS.glob("figures/**/*.png"):
        assert figure.name in text, figure
