"""The sessions with the labs that README and docs/labs.md show are what the commands print today."""

import textwrap
from pathlib import Path

import pytest

from labs.__main__ import main
from labs.harness.labs import find_lab
from labs.harness.mistakes import Mistake, plant
from labs.harness.stub import full_solution

ROOT = Path(__file__).parents[2]
SHOWN = [
    ("README.md", "self.b.grad += dy.sum(axis=0)", "self.b.grad += dy.mean(axis=0)"),
    ("docs/labs.md", "self.x.T @ dy", "self.x.T @ dy / len(dy)"),
]


@pytest.mark.parametrize(("page", "right", "wrong"), SHOWN)
def test_a_failed_check_stands_on_the_page_as_it_is_printed(page, right, wrong, tmp_path, capsys):
    lab = find_lab(2)
    (tmp_path / lab.file_name).write_text(plant(full_solution(lab), Mistake("Dense.backward", right, wrong, "")))
    assert main(["check", "2", "Dense.backward", "--folder", str(tmp_path)]) == 1
    printed = [line for line in capsys.readouterr().out.splitlines() if line.strip()][:-1]  # without the sum of points
    assert textwrap.indent("\n".join(printed), "    ") in (ROOT / page).read_text(encoding="utf-8")
