"""The site builds without a warning, works from disk, and misses no public name.  Needs the extra "docs"."""

import functools
import importlib
import pkgutil
import re
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from filelock import FileLock
from markdown_pages import DOCS, ROOT

pytest.importorskip("sphinx", reason='the site needs Sphinx: pip install -e ".[docs]"')
SITE = ROOT / "build" / "docs"  # where `make docs` puts it too: what has not changed is not built twice


class Page(HTMLParser):
    """What a page is linked to: ids, links, what it loads, and pictures with their descriptions."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.loads, self.pictures, self.words = {""}, [], [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids |= {given.get("id"), given.get("name")}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        elif tag == "link" and given.get("rel") in ("stylesheet", "icon", "preload", "shortcut icon"):
            self.loads.append(given["href"])
        elif given.get("src"):
            self.loads.append(given["src"])
        if tag == "img":
            self.pictures.append((given["src"], given.get("alt", "")))

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def pages():
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", str(DOCS), str(SITE)]
    SITE.parent.mkdir(exist_ok=True)
    with FileLock(SITE.parent / "docs.lock"):  # each process of the test run comes here
        done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    paths = [path for path in SITE.rglob("*.html") if "_static" not in path.parts]
    return {path.relative_to(SITE).as_posix(): Page(path) for path in paths}


def test_every_link_leads_somewhere(pages):
    dead = []
    for name, page in pages.items():
        for link in {*page.links, *page.loads}:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            path = ((SITE / name).parent / unquote(parts.path)).resolve() if parts.path else SITE / name
            target = pages.get(path.relative_to(SITE).as_posix())
            if not path.is_file() or (target and unquote(parts.fragment) not in target.ids):
                dead.append(f"{name}: {link}")
    assert not dead


def test_nothing_is_loaded_from_the_network(pages):
    for name, page in pages.items():
        assert not [load for load in page.loads if urlsplit(load).scheme or load.startswith("//")], name
    for style in SITE.rglob("*.css"):
        elsewhere = re.findall(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""", style.read_text(encoding="utf-8"))
        assert not elsewhere, style


def test_every_picture_has_a_description(pages):
    for name, page in pages.items():
        assert not [source for source, words in page.pictures if len(words) < 10], name


def test_equations_are_typeset_from_one_local_file(pages):
    assert any(load.startswith("_static/tex-svg.js") for load in pages["tractable.html"].loads)
    assert "cdn" not in (SITE / "tractable.html").read_text(encoding="utf-8")


def test_the_search_needs_no_server():
    assert '<script src="searchindex.js"' in (SITE / "search.html").read_text(encoding="utf-8")
    index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    assert index.startswith("Search.setIndex(")
    for word in ("posterior", "checkerboard", "winograd"):
        assert word in index


@pytest.mark.parametrize("root", ["nn", "vae", "datasets"])
def test_the_reference_misses_no_public_name(pages, root):
    package = importlib.import_module(root)
    inner = [module.name for module in pkgutil.walk_packages(package.__path__, f"{root}.") if module.ispkg]
    modules = list(map(importlib.import_module, [root, *inner]))
    found = {id(value) for name, page in pages.items() if name.startswith("api/") for value in documented(page)}
    for module in modules:
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            assert id(value) in found or hasattr(value, "__path__"), f"{module.__name__}.{name}"


def documented(page):
    """The objects that have an entry: an entry's id is the name, a module's is "module-" and the name."""
    for name in page.ids:
        root, *path = (name or "").removeprefix("module-").split(".")
        if root in ("nn", "vae", "datasets"):
            yield functools.reduce(lambda value, part: getattr(value, part, None), path, importlib.import_module(root))
