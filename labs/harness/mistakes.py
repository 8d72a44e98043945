"""Plants a classic mistake into a solution: what the checker's names are tested with."""

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """In the solution of `part`, `old` becomes `new`; the check of `shown_in` (or of `part`) must then say `name`."""

    part: str
    old: str
    new: str
    name: str
    shown_in: str = ""

    @property
    def check(self):
        return self.shown_in or self.part


def plant(source, mistake):
    """The source with the mistake in it; ValueError unless `old` stands exactly once in the part."""
    lines = source.splitlines(True)
    start, end = _lines_of(ast.parse(source), mistake.part.split("."))
    text = "".join(lines[start - 1 : end])
    if text.count(mistake.old) != 1:
        raise ValueError(f"{mistake.old!r} stands {text.count(mistake.old)} times in {mistake.part}, not once")
    return "".join([*lines[: start - 1], text.replace(mistake.old, mistake.new), *lines[end:]])


def _lines_of(tree, names):
    for name in names:
        found = [node for node in tree.body if getattr(node, "name", None) == name]
        if not found:
            raise ValueError(f"the solution has no {'.'.join(names)}")
        tree = found[-1]
    return tree.lineno, tree.end_lineno
