"""What numpydoc needs to know about our docstrings.

In them an indented paragraph is an equation, and stays as it is typed.  Free sentences may follow the list of
parameters ("Raises ValueError if ..."); numpydoc would take them for more parameters, so they become its Notes.
"""

import re

LISTS = ("Parameters", "Attributes")


def prepare(app, what, name, obj, options, lines):
    sections = split(lines)
    notes = [paragraph for title, text in sections if title in LISTS for paragraph in paragraphs(text) if free(paragraph)]
    prepared = []
    for title, text in sections:
        if title in LISTS:
            text = joined(paragraph for paragraph in paragraphs(text) if not free(paragraph))
        elif title is None:
            text = with_literal_blocks(text)
        prepared += [*heading(title), *text, ""]
    if notes:
        prepared += [*heading("Notes"), *with_literal_blocks(joined(notes))]
    lines[:] = prepared


def split(lines):
    """[(None, the text before any heading), (heading, its text), ...]"""
    sections = [(None, [])]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if re.fullmatch(r"-{3,}", following.strip()) and line.strip():
            sections.append((line.strip(), []))
        elif not re.fullmatch(r"-{3,}", line.strip()):
            sections[-1][1].append(line)
    return sections


def heading(title):
    return [] if title is None else [title, "-" * len(title)]


def paragraphs(lines):
    """Lists of lines without blank ones."""
    return [block.split("\n") for block in re.split(r"\n\s*\n", "\n".join(lines)) if block.strip()]


def joined(blocks):
    return [line for block in blocks for line in (*block, "")]


def free(paragraph):
    """Whether it is no entry "name : what it is" of a list, nor the rest of one."""
    first = paragraph[0]
    return not first.startswith(" ") and not re.match(r"[\w*`., ]+ : ", first)


def with_literal_blocks(lines):
    return joined(["::", "", *block] if block[0].startswith("    ") else block for block in paragraphs(lines))


def setup(app):
    app.connect("autodoc-process-docstring", prepare, priority=400)  # numpydoc's comes with 500
    return {"parallel_read_safe": True}
