"""docs/training.md: every callback stands there."""

from pathlib import Path

import nn

PAGE = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")


def test_every_public_name_of_the_training_stands_on_the_page():
    inner = {"Callbacks", "Meter", "evaluate", "History"}  # for other loops, or found in the docstring of fit
    for name in set(nn.training.__all__) - inner:
        assert f"nn.{name}" in PAGE, name
