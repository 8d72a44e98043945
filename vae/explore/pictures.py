"""The held-out images that a page is made with, and what is known about them."""

from dataclasses import dataclass

import numpy as np

import datasets
from datasets import npz

SPLIT_SEED = 2  # of ShapesSet, as in the main demo
SPELLED_OUT = {"x": "horizontal", "y": "vertical", "scale": "size"}


@dataclass(frozen=True)
class Pictures:
    """Images with factors (n, k), whole numbers from 0, and k names; or None and ()."""

    images: object
    factors: np.ndarray | None = None
    factor_names: tuple = ()

    @property
    def factor_sizes(self):
        """How many values each factor takes, at least."""
        return tuple(self.factors.max(axis=0) + 1)

    def caption(self, row):
        """The factors of one image in words; "" if they are not known."""
        if self.factors is None:
            return ""
        values = zip(self.factor_names, self.factors[row], strict=True)
        return ", ".join(f"{name} {value}" for name, value in values)


def pictures_of(data):
    """`Pictures` out of a `datasets.FactorDataset`, `datasets.LabelledImages` or an array."""
    images = getattr(data, "images", data)
    if getattr(data, "factors", None) is not None:
        return Pictures(images, data.factors, tuple(SPELLED_OUT.get(name, name) for name in data.factor_names))
    if getattr(data, "labels", None) is not None:
        return Pictures(images, np.asarray(data.labels)[:, None], ("class",))
    return Pictures(images)


def load(name):
    """The held-out images called `name`, one of `LOADERS`, or those in a .npz file with the array ``images``.

    The file may also have ``factors``, (n, k) whole numbers.  Raises ValueError or OSError for a file that does not do.
    """
    return LOADERS[name]() if name in LOADERS else _from_file(name)


def guess(model):
    """The name of the data set that a model was made for, by its images' shape; ValueError if that does not tell."""
    shapes = {(64, 64, 1): "shapes", (28, 28, 1): "mnist", (28, 20, 1): "frey", (32, 32, 3): "svhn"}
    if model.image_shape_ not in shapes:
        raise ValueError(
            f"the model takes images of shape {model.image_shape_}, as no data set here has them: "
            "give yours with --data FILE.npz"
        )
    return shapes[model.image_shape_]


def _from_file(path):
    images = npz.read(path, ["images"])["images"]
    with npz.opened(path) as archive:
        if "factors.npy" not in archive.namelist():
            return images
    return datasets.FactorDataset(images, npz.read(path, ["factors"])["factors"])


LOADERS = {
    "shapes": lambda: datasets.ShapesSet().split(SPLIT_SEED)[2],
    "mnist": lambda: datasets.load_mnist("test"),
    "frey": datasets.load_frey,
    "svhn": datasets.load_svhn,
}
