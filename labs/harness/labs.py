"""Finds the labs, and the files of each.

A lab is a folder ``NN_name`` with ``lab.md``, ``checks.py``, and either what the lecturer has, ``solution.py``,
``sibling.py`` and ``mistakes.py``, or what the students get instead: ``stub.py`` and ``references.npz``.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .checking import checks_in
from .child import load

HERE = Path(__file__).parents[1]


class LabError(Exception):
    """Something that the user can put right; its text says how."""


@dataclass(frozen=True)
class Lab:
    """One lab, by its folder."""

    folder: Path

    @property
    def number(self):
        return int(self.folder.name.partition("_")[0])

    @property
    def file_name(self):
        """What the student's file is called."""
        return f"lab{self.number}.py"

    @cached_property
    def text(self):
        return (self.folder / "lab.md").read_text(encoding="utf-8")

    @property
    def title(self):
        """The first heading of lab.md."""
        return self.text.partition("\n")[0].lstrip("# ")

    @property
    def time(self):
        """What stands after "Time:" in lab.md."""
        found = re.search(r"^\*\*Time:?\*\*:? *(.+?)\.?$", self.text, re.MULTILINE)
        return found[1] if found else ""

    @cached_property
    def checks(self):
        return checks_in(load(f"checks_{self.number}", self.folder / "checks.py"))

    @property
    def has_solution(self):
        return (self.folder / "solution.py").exists()

    def checks_called(self, names):
        """The checks whose part is, or begins with, one of `names`; all of them if there are no names."""
        for name in names:
            if not any(check.part.startswith(name) for check in self.checks):
                parts = ", ".join(check.part for check in self.checks)
                raise LabError(f"lab {self.number} has no part {name!r}; its parts are: {parts}")
        return [check for check in self.checks if not names or check.part.startswith(tuple(names))]


def all_labs(folder=HERE):
    """Every lab below `folder`, by number."""
    return sorted(
        (Lab(path.parent) for path in folder.glob("[0-9][0-9]_*/checks.py")), key=lambda lab: (lab.number, lab.folder)
    )


def find_lab(number, folder=HERE):
    """Lab `number`; LabError if there is none."""
    labs = {lab.number: lab for lab in all_labs(folder)}
    if number not in labs:
        raise LabError(f"there is no lab {number}; there are {', '.join(map(str, labs))} (python -m labs list)")
    return labs[number]
