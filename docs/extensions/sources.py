"""A page for every Python file, to read it in the site; the textbook and the reference link there."""

import inspect
import operator
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("nn", "vae", "datasets", "demos", "labs", "docs", "tests")


def files():
    """All Python files, as paths from the root of the project."""
    paths = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.relative_to(ROOT).as_posix() for path in paths)


def page_of(file):
    """The name of the page that shows, say, nn/dense.py."""
    return f"source/{file.removesuffix('.py')}"


def pages(app):
    for file in files():
        code = (ROOT / file).read_text(encoding="utf-8")
        shown = app.builder.highlighter.highlight_block(code, "python", linenos="inline", lineanchors="line")
        yield page_of(file), {"title": file, "body": f"<h1>{file}</h1>\n{shown}"}, "page.html"


def linkcode_resolve(domain, info):
    """Where a name of the reference stands in the source; the reference's pages are all in api/."""
    try:
        value = inspect.unwrap(operator.attrgetter(info["fullname"])(sys.modules[info["module"]]))
        file, (_, line) = Path(inspect.getsourcefile(value)), inspect.getsourcelines(value)
    except (AttributeError, TypeError):  # data, and properties
        return None
    return f"../{page_of(file.relative_to(ROOT).as_posix())}.html#line-{line}" if file.is_relative_to(ROOT) else None


def setup(app):
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": True}
