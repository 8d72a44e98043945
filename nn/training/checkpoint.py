"""A training that goes on after a pause exactly as if there had been none."""

import json
import zipfile
from pathlib import Path

import numpy as np

from ..device import to_host
from ..files import atomic_write
from ..layer import Layer
from ..optimisers import Optimiser
from .callbacks import TrainingState
from .history import History, check_every


class Checkpoint:
    """A callback that writes network, optimiser and history into one .npz file, whole or not at all.

    Parameters
    ----------
    path : of the file; it is written anew every time.
    rng : the numpy Generator that draws the batches (and whatever else the training draws), whose state belongs to it.
    every : after every so many epochs.

    `load_checkpoint` goes on from it:

    >>> rng = np.random.default_rng(0)
    >>> history = nn.load_checkpoint("run.npz", network, optimiser, rng) if Path("run.npz").exists() else None
    >>> batches = nn.Batches(images, labels, rng=rng)
    >>> nn.fit(network, loss, optimiser, batches, epochs=20, history=history, callbacks=[nn.Checkpoint("run.npz", rng)])
    """

    def __init__(self, path: str | Path, rng: np.random.Generator | None = None, every: int = 1):
        check_every("Checkpoint", every)
        self.path, self.rng, self.every = path, rng, every

    def after_epoch(self, state: TrainingState) -> None:
        """Write the file, if it is time."""
        if state.epoch % self.every:
            return
        header = {"history": state.history, "rng": None if self.rng is None else self.rng.bit_generator.state}
        arrays = {f"network.{name}": array for name, array in state.network.arrays().items()}
        arrays |= {f"optimiser.{name}": array for name, array in state.optimiser.arrays().items()}
        with atomic_write(self.path) as file:
            np.savez(file, header=json.dumps(header), **{name: to_host(array) for name, array in arrays.items()})


def load_checkpoint(
    path: str | Path, network: Layer, optimiser: Optimiser, rng: np.random.Generator | None = None
) -> History:
    """Bring network, optimiser and rng to where they were when a `Checkpoint` was written; returns the `History`.

    Raises OSError if the file cannot be read; ValueError if it is damaged, no checkpoint, or one of another network,
    optimiser, or training without (or with) an rng.
    """
    try:
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        header = json.loads(str(arrays.pop("header")))
        history = History({name: list(column) for name, column in header["history"].items()})
        rng_state = header["rng"]
    except (KeyError, TypeError, ValueError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is damaged, or no checkpoint of nn.Checkpoint ({error})") from error
    if (rng is None) != (rng_state is None):
        there, here = ("no" if state is None else "an" for state in (rng_state, rng))
        raise ValueError(f"{path} was written with {there} rng, and {here} rng is given: give both the same one")
    before = network.state()
    network.load_state(_part(arrays, "network."))
    try:
        optimiser.load_state(_part(arrays, "optimiser."))
    except ValueError:
        network.load_state(before)
        raise
    if rng is not None:
        rng.bit_generator.state = rng_state
    return history


def _part(arrays, prefix):
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
