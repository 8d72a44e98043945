"""docs/training.md: its code runs and prints what its comments say; every callback stands there."""

import re
from pathlib import Path

import nn

PAGE = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")


def test_the_code_blocks_run_and_print_what_the_page_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    for block in blocks:
        exec(block, names)
    expected = re.findall(r"^print\(.*\)  # (.*)$", "\n".join(blocks), re.MULTILINE)
    assert len(expected) == 7
    assert capsys.readouterr().out.splitlines() == expected
    assert {path.name for path in tmp_path.iterdir()} == {"steps.csv", "means.png", "norms.png"}
    assert names["history"]["epoch"][-1] > 20


def test_every_public_name_of_the_training_stands_on_the_page():
    inner = {"Callbacks", "Meter", "evaluate", "History"}  # for other loops, or found in the docstring of fit
    for name in set(nn.training.__all__) - inner:
        assert f"nn.{name}" in PAGE, name
