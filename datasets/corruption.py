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

    def __call__(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A corrupted copy of float images in [0, 1], of any shape, in the same dtype."""
        return salt_and_pepper(_floats(images), self.share, draw_seed(rng))


def salt_and_pepper(images, share, seed):
    """`SaltAndPepper` by a seed below 2^63: the pixel with number i has 16 random bits, as a number u < 2^16.

    u < share / 2 * 2^16 makes it 0, otherwise u < share * 2^16 makes it 1.
    """
    bits = random_bits(seed, images.size).reshape(images.shape)
    black, white = thresholds(share)
    corrupted = images.copy()
    corrupted[bits < white] = 1
    corrupted[bits < black] = 0
    return corrupted


def thresholds(share):
    """Below which of 2^16 numbers a pixel becomes black, and below which it becomes white if it is not black."""
    return round(share / 2 * 2**16), round(share * 2**16)


def random_bits(seed, n):
    """n numbers of 16 random bits, uint16, four out of each number of SplitMix64 (Steele, Lea and Flood 2014).

    The generator is a hash of a counter, so that any part of the numbers can be computed by itself: on a GPU a thread
    for each pixel gets the same bits.
    """
    z = np.arange(1, -(-n // 4) + 1, dtype="<u8")
    z *= np.uint64(0x9E3779B97F4A7C15)
    z += np.uint64(seed)
    z ^= z >> np.uint64(30)
    z *= np.uint64(0xBF58476D1CE4E5B9)
    z ^= z >> np.uint64(27)
    z *= np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return z.view("<u2")[:n]


def draw_seed(rng):
    """A seed for `salt_and_pepper`."""
    return int(rng.integers(2**63))


@dataclass(frozen=True)
class GaussianNoise:
    """x + deviation * noise with noise ~ N(0, 1) for each pixel; the result is not clipped to [0, 1]."""

    deviation: float

    def __post_init__(self):
        if not 0 <= self.deviation < float("inf"):
            raise ValueError(f"deviation is a standard deviation, 0 or more, got {self.deviation}")

    def __call__(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
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
