"""Settings of a model as JSON: numbers, texts, and the few descriptions (dataclasses) that may stand among them."""

from dataclasses import fields, is_dataclass

import datasets
import nn

from ..specification import layers
from ..specification.architecture import Architecture

CORRUPTIONS = (datasets.SaltAndPepper, datasets.GaussianNoise)
SCHEDULES = nn.schedules.SCHEDULES
DESCRIPTIONS = {
    kind.__name__: kind
    for kind in (
        Architecture, layers.Dense, layers.Conv2D, layers.ConvTranspose2D, layers.Reshape, layers.Output, *CORRUPTIONS,
        *SCHEDULES,
    )
}  # fmt: skip


def to_json(value):
    """`value` out of dicts, lists, numbers and texts; a description becomes a dict with its type."""
    if is_dataclass(value):
        parts = {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
        return {"type": type(value).__name__} | parts
    if isinstance(value, dict):
        return {name: to_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(part) for part in value]
    return value.item() if hasattr(value, "item") else value


def from_json(value):
    """What `to_json` was given.  Raises ValueError or TypeError for anything that it cannot have written."""
    if isinstance(value, list):
        return [from_json(part) for part in value]
    if not isinstance(value, dict):
        return value
    parts = {name: from_json(part) for name, part in value.items() if name != "type"}
    if "type" not in value:
        return parts
    if value["type"] not in DESCRIPTIONS:
        raise ValueError(f"unknown description {value['type']!r}")
    return DESCRIPTIONS[value["type"]](**parts)
