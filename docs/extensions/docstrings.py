"""What numpydoc needs to know about our docstrings, which are written to be read as they stand.

An indented paragraph is an equation, and stays as it is typed.  Free sentences may follow the list of parameters
("Raises ValueError if ..."); numpydoc would take them for more parameters, so they become its Notes.  A `|`, a `*` or a
name that ends with `_` is meant as it is, and no markup.
"""

import re

LISTS = ("Parameters", "Attributes")
ENTRY = re.compile(r"[\w*`., ]+ : ")


def prepare(app, what, name, obj, options, lines):
    prepared, notes = [], []
    for title, text in split(lines):
        blocks = paragraphs(text)
        if title in LISTS:
            notes += [block for block in blocks if free(block)]
            blocks = [[part for line in block for part in entry(line)] for block in blocks if not free(block)]
        elif title is None:
            blocks = list(map(as_text, blocks))
        prepared += [*heading(title), *joined(blocks)]
    if notes:
        prepared += [*heading("Notes"), *joined(map(as_text, notes))]
    lines[:] = prepared


def split(lines):
    """[(None, the text before any heading), (heading, its text), ...]"""
    sections = [(None, [])]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.strip() and re.fullmatch(r"-{3,}", following.strip()):
            sections.append((line.strip(), []))
        elif not re.fullmatch(r"-{3,}", line.strip()):
            sections[-1][1].append(line)
    return sections


def heading(title):
    return [] if title is None else [title, "-" * len(title)]


def paragraphs(lines):
    """Lists of lines without blank ones."""
    return [block.split("\n") for block in re.split(r"\n(?:\s*\n)+", "\n".join(lines).strip("\n")) if block.strip()]


def joined(blocks):
    return [line for block in blocks for line in (*block, "")]


def free(block):
    """Whether it is no list of entries "name : what it is", nor the rest of one."""
    return not block[0].startswith(" ") and not ENTRY.match(block[0])


def as_text(block):
    """A paragraph, unless it is an equation, a session with Python, or "name : what it is", line by line."""
    if block[0].startswith("    "):
        return ["::", "", *block]
    if block[0].startswith(">>>"):
        return block
    if all(ENTRY.match(line) for line in block if not line.startswith(" ")):
        return [part for line in block for part in entry(line)]
    return plain("\n".join(block)).split("\n")


def entry(line):
    """A line of a list: what follows a name's colon goes below it, since it says more than a type."""
    if line.startswith(" "):
        return [plain(line)]
    name, _, rest = line.partition(" : ")
    return [name, f"    {plain(rest)}"]


def plain(text):
    """Without markup, except for what stands in backticks (which may be a part of a word: `Score`s)."""
    parts = re.split(r"(``.*?``|`[^`]*`)", text, flags=re.DOTALL)
    parts[2::2] = [re.sub(r"^(?=\w)", r"\\ ", part) for part in parts[2::2]]
    return "".join(part if part.startswith("`") else re.sub(r"([|*]|(?<=\w)_(?!\w))", r"\\\1", part) for part in parts)


def setup(app):
    app.connect("autodoc-process-docstring", prepare, priority=400)  # numpydoc's comes with 500
    return {"parallel_read_safe": True}
