"""What a learnt code is compared with: functions from images to codes, for any metric's first argument."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from sklearn.decomposition import PCA, FastICA

from nn.type_hints import Seed, Shape

from ..network.images import Images
from ..specification.papers import ARCHITECTURES

BATCH = 500
Representation: TypeAlias = Callable[[Images], np.ndarray]


def pixels(images: Images) -> np.ndarray:
    """The images themselves, flattened: (n, height * width * channels)."""
    images = np.asarray(images[:])
    return images.reshape(len(images), -1)


def pca(images: Images, latents: int = 10, rng: Seed = 0) -> Representation:
    """Principal components, fitted to images (scikit-learn's PCA), each scaled to unit variance as a code is.

    images : (n, height, width, channels), a few thousand will do.  Returns a function images -> (n, latents).
    """
    fitted = PCA(latents, whiten=True, random_state=_seed(rng)).fit(pixels(images))
    return _named(lambda images: fitted.transform(pixels(images)), f"PCA({latents})")


def ica(images: Images, latents: int = 10, rng: Seed = 0) -> Representation:
    """Independent components, fitted to images (scikit-learn's FastICA), of unit variance.

    Parameters and result as in `pca`.  scikit-learn warns if its iteration has not converged.
    """
    fitted = FastICA(latents, whiten="unit-variance", max_iter=1000, random_state=_seed(rng)).fit(pixels(images))
    return _named(lambda images: fitted.transform(pixels(images)), f"ICA({latents})")


def untrained(
    architecture: str = "shapes-dense", latents: int = 10, rng: Seed = 0, image_shape: Shape | None = None
) -> Representation:
    """The mean code of an encoder with its initial random weights.  Returns a function images -> (n, latents).

    image_shape : of the images, for an architecture that takes any.
    """
    network = ARCHITECTURES[architecture].build(latents, np.random.default_rng(rng), np.dtype("float32"), image_shape)

    def represent(images):
        batches = [np.asarray(images[start : start + BATCH], np.float32) for start in range(0, len(images), BATCH)]
        return np.concatenate([network.encode(batch)[0] for batch in batches])

    return _named(represent, f"untrained {architecture}")


def _seed(rng):
    return int(np.random.default_rng(rng).integers(2**31))


def _named(function, name):
    function.__qualname__ = name  # it stands in the settings of every score
    return function
