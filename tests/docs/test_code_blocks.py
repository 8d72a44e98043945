"""Every block of Python in README and docs runs, and prints what the page says.

The blocks of a page share their names, as if a reader pasted one after the other.  What stands behind a ``print`` as a
comment is what it prints (with as many digits as are shown; a colon begins the explanation), and so is an indented
block right below the code.
"""

import re
import sys

import pytest
from markdown_pages import PAGES, python_blocks, read

import nn

WITH_PYTHON = [name for name in PAGES if python_blocks(read(name))]


@pytest.mark.parametrize("name", WITH_PYTHON)
def test_the_pages_code_runs_and_prints_what_it_says(name, given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = read(name)
    printer = Printer(name)
    names = {"__name__": "docs", "print": printer} | given(name)
    try:
        for line, source, output in python_blocks(text):
            printer.begin()
            exec(compile("\n" * (line - 1) + source, name, "exec"), names)
            if output:
                assert " ".join(printer.all.split()) == " ".join(output.split()), f"{name}, below line {line}"
    finally:
        nn.use("fast")
    lines = text.splitlines()
    for line, printed in printer.by_line.items():
        shown = re.search(r"print\(.*\)  # (.*)", lines[line - 1])
        if shown:
            assert agrees(printed, shown[1]), f"{name}:{line} prints {printed!r}"


class Printer:
    """A `print` that keeps what it is given, by the line of the page in which it stands."""

    def __init__(self, page):
        self.page, self.by_line, self.all = page, {}, ""

    def begin(self):
        self.all = ""

    def __call__(self, *values, sep=" ", **options):
        words, frame = sep.join(map(str, values)), sys._getframe(1)
        self.all += words + "\n"
        if frame.f_code.co_filename == self.page:
            earlier = self.by_line.get(frame.f_lineno, "")
            self.by_line[frame.f_lineno] = f"{earlier} {words}".strip()


def agrees(printed, shown):
    """Whether the page's comment begins with what was printed; an ellipsis ends what need be compared."""
    printed, (shown, more, _) = printed.replace(",", " ").split(), shown.replace(",", " ").partition("...")
    shown = shown.split()
    if more:
        printed = printed[: len(shown)]
    said, meant = shown[: len(printed)], printed
    if said and len(said) == len(meant):
        said = [*said[:-1], said[-1].removesuffix(":")]
    return len(said) == len(meant) and all(map(same, meant, said))


def same(printed, shown):
    if printed == shown:
        return True
    try:
        value, number = float(printed), float(shown)
    except ValueError:
        return False
    return abs(value - number) <= 0.51 * 10.0 ** -len(shown.partition(".")[2])


@pytest.mark.parametrize(
    ("printed", "shown", "right"),
    [
        ("(4, 3)", "(4, 3), as the weight", True),
        ("-3.5391 1e-17 0.7318", "-3.539, 0, 0.732", True),
        ("-3.5391 1e-17 0.7338", "-3.539, 0, 0.732", False),
        ("True", "True: it is right", True),
        ("False", "True", False),
        ("a (1,) b (2,) c (3,)", "a (1,), b (2,), ...", True),
        ("a (1,) b (2,)", "a (1,)", False),
    ],
)
def test_printed_and_shown_are_compared(printed, shown, right):
    assert agrees(printed, shown) is right
