"""What the names in type hints stand for.

Those of the standard library come along, so that a file of the textbook needs one line for all of its hints.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = [
    "Any",
    "Array",
    "ArrayModule",
    "Callable",
    "DType",
    "Device",
    "Function",
    "Initialiser",
    "Iterable",
    "Iterator",
    "Loss",
    "Padding",
    "Rate",
    "Scalar",
    "Seed",
    "Shape",
    "Size",
]

Array: TypeAlias = NDArray[Any]  # NumPy's; wherever one may stand, CuPy's may too
ArrayModule: TypeAlias = Any  # numpy or cupy
Scalar: TypeAlias = np.floating[Any]  # one number that was computed from arrays; on a GPU an array of no axes
DType: TypeAlias = DTypeLike  # what numpy.dtype takes, such as "float64"
Seed: TypeAlias = np.random.Generator | int | None  # what numpy.random.default_rng takes
Device: TypeAlias = Literal["cpu", "gpu", "auto"]
Shape: TypeAlias = tuple[int, ...]
Size: TypeAlias = int | tuple[int, int]  # n, or (vertical, horizontal)
Padding: TypeAlias = (
    Literal["same", "valid"] | tuple[tuple[int, int], tuple[int, int]]
)  # or (top, bottom), (left, right)
Initialiser: TypeAlias = Callable[[Shape, float, float, np.random.Generator], Array]
Loss: TypeAlias = Callable[..., tuple[Scalar, Array]]
Rate: TypeAlias = float | Callable[[int], float]  # a number or a schedule
Function = TypeVar("Function", bound=Callable[..., Any])
