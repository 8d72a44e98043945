"""Images with the labels that came with them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, eq=False, repr=False)
class LabelledImages:
    """Images with labels; ``images, labels = load_mnist()`` unpacks it.

    Attributes
    ----------
    images : (n, height, width, channels) uint8.
    labels : (n,) int64, or None for a set without labels.
    groups : (n,) int64, or None.  Images of one group are no independent examples (SVHN cuts the neighbouring digits
        of one house number from one photograph, and the crops overlap): `split` keeps a group together.
    source : which file they were read from, and what part of the published set that is.

    Every selection below keeps the order of the images.
    """

    images: np.ndarray
    labels: np.ndarray | None = None
    groups: np.ndarray | None = None
    source: str = ""

    def __post_init__(self):
        for name in ("labels", "groups"):
            values = getattr(self, name)
            if values is not None and (np.ndim(values) != 1 or len(values) != len(self.images)):
                raise ValueError(f"{len(self.images)} images, but {name} of shape {np.shape(values)}: one each, please")

    def __iter__(self) -> Iterator[Any]:
        return iter((self.images, self.labels))

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self):
        labels = "no labels" if self.labels is None else f"{len(np.unique(self.labels))} classes"
        return f"LabelledImages({self.images.shape}, {labels}, from {self.source or 'memory'})"

    def subset(self, rows: ArrayLike | slice) -> "LabelledImages":
        """The images at these positions (an array of positions or of booleans, or a slice)."""
        pick = {name: getattr(self, name) for name in ("images", "labels", "groups")}
        return replace(self, **{name: values[rows] for name, values in pick.items() if values is not None})

    def of_class(self, *labels: int) -> "LabelledImages":
        """The images with one of these labels: ``mnist.of_class(3)``, ``mnist.of_class(3, 8)``."""
        missing = sorted(set(labels) - set(self._labels("of_class").tolist()))
        if missing or not labels:
            known = ", ".join(map(str, np.unique(self.labels)))
            raise ValueError(f"no image has the label {', '.join(map(str, missing)) or 'asked for'}: there are {known}")
        return self.subset(np.isin(self.labels, labels))

    def fraction(self, share: float, seed: int = 0) -> "LabelledImages":
        """A random part in which every class keeps its share: round(share * count) images, but at least one.

        With the same seed a smaller fraction is part of a larger one.
        """
        if not 0 < share <= 1:
            raise ValueError(f"a fraction is above 0 and at most 1, got {share}")
        rng = np.random.default_rng(seed)
        kept = [rows[: max(1, round(share * len(rows)))] for rows in self._shuffled_classes(rng)]
        return self.subset(np.sort(np.concatenate(kept)))

    def split(self, seed: int = 0, validation: float = 0.15, test: float = 0.15) -> "tuple[LabelledImages, ...]":
        """Split at random into training, validation and test set, which together are the whole.

        Each class is split by itself in these shares; images without labels are split as one class.  Where there are
        `groups`, a group goes wholly into one part: the shares hold up to one group, the classes then only on average.
        """
        if min(validation, test) < 0 or validation + test >= 1:
            raise ValueError(f"validation and test are shares that leave some for training, got {validation}, {test}")
        rng = np.random.default_rng(seed)
        parts = ([], [], [])
        for rows in [self._shuffled_groups(rng)] if self.groups is not None else self._shuffled_classes(rng):
            cuts = [round((1 - validation - test) * len(rows)), round((1 - test) * len(rows))]
            if self.groups is not None:
                cuts = [_group_start(self.groups[rows], cut) for cut in cuts]
            for part, chosen in zip(parts, np.split(rows, cuts), strict=True):
                part.append(chosen)
        return tuple(self.subset(np.sort(np.concatenate(part))) for part in parts)

    def _labels(self, wanted_by):
        if self.labels is None:
            raise ValueError(f"{wanted_by} needs labels, and these images have none")
        return self.labels

    def _shuffled_classes(self, rng):
        labels = np.zeros(len(self), int) if self.labels is None else self.labels
        return [rng.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]

    def _shuffled_groups(self, rng):
        """All positions, the groups in random order, each in one piece."""
        names, group = np.unique(self.groups, return_inverse=True)
        return np.argsort(rng.permutation(len(names))[group], kind="stable")


def _group_start(groups, cut):
    """The position nearest below `cut` where a group begins."""
    while 0 < cut < len(groups) and groups[cut] == groups[cut - 1]:
        cut -= 1
    return cut
