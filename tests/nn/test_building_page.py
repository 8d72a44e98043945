"""docs/building.md lists all layers."""

import re
from pathlib import Path

import nn

PAGE = Path(__file__).parents[2] / "docs" / "building.md"


def test_all_layers_and_initialisers_are_in_the_tables():
    text = PAGE.read_text(encoding="utf-8")
    layers = {
        name for name in nn.__all__ if isinstance(getattr(nn, name), type) and issubclass(getattr(nn, name), nn.Layer)
    }
    named = set(re.findall(r"`(\w+)\(", text))
    assert layers - {"Layer"} <= named
    initialisers = {
        name for name, value in vars(nn.initialisers).items() if getattr(value, "__module__", "") == "nn.initialisers"
    }
    assert initialisers <= set(re.findall(r"`nn\.(\w+)`", text))
