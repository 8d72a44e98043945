"""Corrupted images, for denoising autoencoders: the input is corrupted, the target is the clean image."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class SaltAndPepper:
    """Each pixel, with probability `share`, becomes 0 or 1, each equally likely.

    Half of the replaced pixels of a black and white image get the value they had, so that at most `share` and about
    share / 2 of them are flipped: "randomly flipping up to 20% of the pixels" (dissertation, Figure 4.8).
    """

    share: float = 0.2

    def __post_init__(self):
        if not 0 <= self.share <= 1:
            raise ValueError(f"share is the part of the pixels that is replaced, 0 to 1, got {self.share}")

    def __call__(self, images, rng):
        """A corrupted copy of float images in [0, 1], of any shape, in the same dtype."""
        images = _floats(images)
        chance = rng.random(images.shape, dtype=images.dtype)
        corrupted = images.copy()
        corrupted[chance < self.share] = 1
        corrupted[chance < self.share / 2] = 0
        return corrupted


@dataclass(frozen=True)
class GaussianNoise:
    """x + deviation * eps with eps ~ N(0, 1) for each pixel; the result is not clipped to [0, 1]."""

    deviation: float

    def __post_init__(self):
        if not 0 <= self.deviation < float("inf"):
            raise ValueError(f"deviation is a standard deviation, 0 or more, got {self.deviation}")

    def __call__(self, images, rng):
        """A corrupted copy of float images, of any shape, in the same dtype."""
        images = _floats(images)
        noise = rng.standard_normal(images.shape, dtype=images.dtype)
        noise *= self.deviation
        noise += images
        return noise


def _floats(images):
    images = np.asarray(images)
    if images.dtype not in (np.float32, np.float64):
        raise TypeError(f"corruption takes float32 or float64 images, got {images.dtype}: divide bytes by 255 first")
    return images
