"""docs/gradients.md: its code runs, and its demo draws what the page says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gradients.md").read_text(encoding="utf-8")
DEMO = ROOT / "demos" / "vanishing_gradients.py"


def start(*arguments):
    return subprocess.run([sys.executable, DEMO, *map(str, arguments)], capture_output=True, text=True)


def test_the_code_blocks_run_and_print_what_the_page_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, names)
    assert (tmp_path / "trace.png").stat().st_size > 10_000
    printed = capsys.readouterr().out
    assert printed.endswith("3e-08 4e-11\n")
    rows = [line.strip() for line in PAGE.splitlines() if re.match(r"    \d+: (Dense|Sigmoid)", line)]
    for row in rows:
        name, shape = row.split("(200")[0].strip(), row[row.index("(200") :]
        ours = next(line for line in printed.splitlines() if line.startswith(name))
        theirs = [float(number) for number in re.findall(r"[-\d.e]+(?= |$)", shape.partition(")")[2])]
        numbers = [
            float(number) for number in re.findall(r"[-\d.e]+(?= |$)", ours[ours.index(")  ") :].partition(")")[2])
        ]
        assert len(theirs) > 4
        large = np.abs(theirs) > 1e-6  # smaller differences between outputs are float32's round-off
        np.testing.assert_allclose(np.array(numbers)[large], np.array(theirs)[large], rtol=0.1)


def test_the_pages_figures_are_there():
    figures = re.findall(r"\]\((figures/\w+\.png)\)", PAGE)
    assert len(figures) == 2
    assert all((ROOT / "docs" / figure).stat().st_size > 10_000 for figure in figures)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_the_demo_draws_and_says_what_vanishes(tmp_path, activation):
    result = start("--activation", activation, "--depth", 8, "--units", 16, "--epochs", 2, "--output", tmp_path)
    assert result.returncode == 0, result.stderr
    variants = json.loads((tmp_path / "results.json").read_text())["variants"]
    assert len(variants) == 4
    for name, variant in variants.items():
        assert len(variant["outputs"]) == len(variant["gradients"]) == len(variant["updates"]) == 9
        assert name in result.stdout
    vanished = {name: variant["gradients"][0] / variant["gradients"][-1] for name, variant in variants.items()}
    assert vanished["small weights"] < vanished["Xavier"] < 0.2 < vanished["Xavier, batch norm"]
    for figure in ("vanishing_gradients.png", "trace.png"):
        assert (tmp_path / figure).stat().st_size > 10_000


def test_mistakes_are_answered_in_one_sentence(tmp_path):
    for arguments, words in (
        (["--activation", "step"], "invalid choice"),
        (["--depth", "0"], "at least one layer"),
        (["--learning-rate", "-1", "--output", tmp_path], "the learning rate must be positive, got -1.0"),
    ):
        result = start(*arguments)
        assert result.returncode != 0
        assert words in result.stderr
        assert "Traceback" not in result.stderr
