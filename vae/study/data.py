"""Large data that all processes of a study share: one file, mapped into the memory of each."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL
from filelock import FileLock

import datasets
from datasets import shapes
from datasets.files import data_folder
from nn.files import atomic_write, writable_folder


def mapped(path: str | Path, make: Callable[[], np.ndarray]) -> np.ndarray:
    """The array that ``make()`` returns, kept in the .npy file `path` and mapped into memory: a read-only np.memmap.

    The first process that asks makes it, the others wait for it.  All that map the file share one copy in memory.
    """
    path = Path(path)
    if not path.exists():
        writable_folder(path.parent)
        with FileLock(f"{path}.lock"):
            if not path.exists():
                with atomic_write(path) as file:
                    np.save(file, make())
    try:
        return np.load(path, mmap_mode="r")
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}): delete it, and it is made anew") from error


def shapes_set(seed: int = 0) -> datasets.ShapesSet:
    """`datasets.ShapesSet` with its images, 142 MB, in a file of the data folder that all processes share."""
    path = data_folder() / "shapes" / f"pillow-{PIL.__version__}.npy"
    return datasets.ShapesSet(seed, pixels=mapped(path, shapes.all_images))
