"""What each latent follows, looked at again and again while a network learns."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import nn
from datasets import FactorDataset
from nn.files import atomic_write
from nn.training.history import check_every

from ..training import whole_sets
from .measures import means_by_factor

BATCH = 1000  # images encoded together


class MeansByFactor:
    """A callback that keeps the mean of each latent by the value of each factor (dissertation, eq. 4.1).

    >>> means = vae.evaluation.MeansByFactor(validation.subset(slice(0, None, 20)), every=200)
    >>> model.fit(images, callbacks=[means])
    >>> training_plots.means_over_training(means.steps, means.means)

    Parameters
    ----------
    data : images with their factors: a part of a `datasets.ShapesSet`, or any `datasets.FactorDataset`.  All of them
        are encoded at each look, with running statistics: a few thousand will do.
    every : steps from one look to the next; on a GPU each of them waits.
    factors : names of those to look at; None for all.
    path : of an .npz file with ``steps`` and the means of each factor, written anew after every epoch; None for none.
    resume : begin with what the file holds, as far as it lies before the step at which the training goes on.

    Attributes
    ----------
    steps : (looks,), after which steps it looked.
    means : {factor: (looks, values, latents)}, NaN where no image has the value.

    Raises ValueError for a factor that the data do not have and for a file of something else.
    """

    def __init__(
        self, data: FactorDataset, every: int = 100, factors: Iterable[str] | None = None,
        path: str | Path | None = None, resume: bool = False,
    ):  # fmt: skip
        check_every("MeansByFactor", every)
        self.data, self.every, self.path = data, every, path
        self.factors = list(data.factor_names if factors is None else factors)
        if unknown := [name for name in self.factors if name not in data.factor_names]:
            raise ValueError(f"the data have the factors {', '.join(data.factor_names)}, not {', '.join(unknown)}")
        self._steps, self._looks = [], {name: [] for name in self.factors}
        self._earlier = self._load() if resume and path is not None and Path(path).exists() else None

    @property
    def steps(self) -> np.ndarray:
        return np.array(self._steps, int)

    @property
    def means(self) -> dict[str, np.ndarray]:
        return {name: np.array(looks) for name, looks in self._looks.items()}

    def after_step(self, state: nn.TrainingState) -> None:
        """Look, if it is time."""
        if self._earlier is not None:
            self._take_earlier(state.step)
        if state.step % self.every == 0:
            codes, _ = whole_sets.encode(state.network, self.data.images, BATCH)
            self._steps.append(state.step)
            for name, looks in self._looks.items():
                k = list(self.data.factor_names).index(name)
                looks.append(means_by_factor(codes, self.data.factors[:, [k]], self.data.factor_sizes[k : k + 1]))

    def after_epoch(self, state: nn.TrainingState) -> None:
        """Write the file."""
        if self.path is not None:
            with atomic_write(self.path) as file:
                np.savez(file, steps=self.steps, **{f"means.{name}": array for name, array in self.means.items()})

    def _load(self):
        steps, means = load_means(self.path)
        if list(means) != self.factors:
            raise ValueError(f"{self.path} has the means by {', '.join(means)}, not by {', '.join(self.factors)}")
        return steps, means

    def _take_earlier(self, now):
        (steps, means), self._earlier = self._earlier, None
        before = steps < now
        self._steps = steps[before].tolist()
        self._looks = {name: list(array[before]) for name, array in means.items()}


def load_means(path):
    """(steps, means) out of the file that a `MeansByFactor` wrote; ValueError if it is none, or damaged."""
    try:
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            means = {name.removeprefix("means."): file[name] for name in file.files if name != "steps"}
            return file["steps"], means
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is damaged, or no file of a MeansByFactor ({error}): delete it") from error
