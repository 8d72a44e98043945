"""Images around 0 with deviation 1, and back."""

from dataclasses import dataclass

import numpy as np

from .packed import PackedImages

CHUNK = 1000  # images looked at together


@dataclass(frozen=True, eq=False)
class Standardisation:
    """y = (x - mean) / deviation, with a mean for each pixel and one deviation for all of them.

    One deviation for all: so x = A s + noise stays what it is, a linear process with isotropic noise (mixing A /
    deviation, noise variance v / deviation^2, source mean moved), and pixels that are always black divide nothing
    by 0.  The thesis on inference in the beta-VAE standardises its canvases ("Data Processing and Generation").

    Attributes
    ----------
    mean : (height, width, channels) float32.
    deviation : float, the root of the mean squared difference from `mean` over all pixels of all images.
    """

    mean: np.ndarray
    deviation: float

    @classmethod
    def of(cls, images: np.ndarray | PackedImages) -> "Standardisation":
        """The standardisation of these images: (n, height, width, channels) of any number type, or `PackedImages`.

        Raises ValueError if all images are equal.
        """
        if len(images) == 0:
            raise ValueError("there is no image to standardise")
        mean = sum(chunk.sum(axis=0, dtype=np.float64) for chunk in _chunks(images)) / len(images)
        square = sum(((chunk - mean) ** 2).sum() for chunk in _chunks(images)) / (len(images) * mean.size)
        if not np.isfinite(square) or square < 1e-12 * (1 + (mean**2).mean()):
            raise ValueError("all images are equal, or not finite: their deviation cannot be made 1")
        return cls(mean.astype(np.float32), float(np.sqrt(square)))

    def apply(self, images: np.ndarray | PackedImages) -> np.ndarray:
        """The images standardised; float64 stays, everything else becomes float32."""
        images = images[:]
        return (images.astype(np.result_type(images.dtype, np.float32), copy=False) - self.mean) / self.deviation

    def undo(self, images: np.ndarray) -> np.ndarray:
        """Standardised images, or what a network made of them, as they were before."""
        return images * self.deviation + self.mean


def _chunks(images):
    return (images[start : start + CHUNK] for start in range(0, len(images), CHUNK))
