"""Rows of a study as CSV, and back."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from nn.files import atomic_write

Row: TypeAlias = dict[str, Any]  # names, with numbers, texts and None


def write_csv(path: str | Path, rows: Sequence[Row]) -> None:
    """Write rows, flat dicts of numbers and texts, with one column for each name that any of them has.

    A text that reads like a number is put into quotation marks of its own, so that `read_csv` returns what was given.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    with atomic_write(path, "w") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_to_cell(row.get(name)) for name in names] for row in rows)


def read_csv(path: str | Path) -> list[Row]:
    """The rows of such a file: numbers as numbers, an empty cell as None."""
    with open(path, newline="") as file:
        return [{name: _from_cell(cell) for name, cell in row.items()} for row in csv.DictReader(file)]


def _to_cell(value):
    if value is None:
        return ""
    return value if isinstance(value, str) and value and _from_cell(value) == value else json.dumps(value)


def _from_cell(cell):
    if cell == "":
        return None
    try:
        return json.loads(cell)
    except ValueError:
        return cell
