"""What may come in as images."""

import math
import warnings
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from datasets import PackedImages

CHUNK = 10_000  # images looked at together

Images: TypeAlias = ArrayLike | PackedImages  # (n, height, width, channels), (n, height, width), or rows


def shape_of_images(X):
    """The shape of one image (height, width, channels), or (features,), in an array of them, (n, ...)."""
    return X.shape[1:] if X.ndim != 3 else (*X.shape[1:], 1)


def check_on_host(a, name):
    """Raise TypeError if `a`, called `name`, is in a GPU's memory, where none of our public functions expects it."""
    if hasattr(a, "__cuda_array_interface__"):
        raise TypeError(
            f"{name} is an array on the GPU ({type(a).__module__}): pass a NumPy array, such as nn.to_host({name}); "
            "a model on the GPU moves it there itself, a batch at a time"
        )


def check_images(X, image_shape, name, *, unit_interval):
    """Return X as something with a length whose slices are images (n, *image_shape).

    X : `PackedImages`, or an array of shape (n, *image_shape), (n, height, width) for one channel, or (n, pixels).
        Its numbers are bytes (dtype uint8), 0 to 255, which stay bytes until `to_float`; booleans; or others, which
        count as they are.
    name : what error messages call X.
    unit_interval : whether the pixels must lie in [0, 1], as a Bernoulli likelihood needs them.

    No image is copied.  Raises TypeError or ValueError, saying what was expected, for anything else, and for NaN and
    infinity.
    """
    if not isinstance(X, PackedImages):
        if X.dtype.kind not in "fbiu":
            raise TypeError(f"{name} has dtype {X.dtype}: expected real numbers")
        X = _in_image_shape(X, image_shape, name)
    elif X.shape[1:] != image_shape:
        raise ValueError(f"{name} has images of shape {X.shape[1:]}, but this architecture takes {image_shape}")
    if len(X) == 0:
        raise ValueError(f"{name} is empty: there is no image in it")
    if not isinstance(X, PackedImages) and X.dtype.kind != "b" and X.dtype != np.uint8:
        _check_range(X, name, unit_interval)
    return X


def warn_of_dark_bytes(X, name):
    """Warn if bytes, whose white is 255, hold nothing above 1: whoever wrote them may have meant 1 as white."""
    if getattr(X, "dtype", None) == np.uint8 and all(
        X[start : start + CHUNK].max() <= 1 for start in range(0, len(X), CHUNK)
    ):
        warnings.warn(
            f"{name} has dtype uint8, whose white is 255, but nothing above 1, so that all images are nearly black; "
            f"if 1 is white, give {name}.astype(bool)",
            stacklevel=3,
        )


def to_float(images, dtype):
    """A batch as the network takes it, in `dtype`: bytes become 0 ... 1, all else stays as it is."""
    converted = images.astype(dtype, copy=False)
    if images.dtype == np.uint8:
        converted /= 255
    return converted


def _in_image_shape(X, image_shape, name):
    shapes = {image_shape, (math.prod(image_shape),)} | ({image_shape[:2]} if image_shape[2:] == (1,) else set())
    if X.shape[1:] not in shapes or X.ndim < 2:
        expected = " or ".join(
            f"({', '.join(map(str, ('n', *shape)))})" for shape in sorted(shapes, key=len, reverse=True)
        )
        raise ValueError(f"{name} has shape {X.shape}: this architecture takes {expected}")
    return X.reshape(len(X), *image_shape)


def _check_range(X, name, unit_interval):
    for start in range(0, len(X), CHUNK):
        low, high = X[start : start + CHUNK].min(), X[start : start + CHUNK].max()
        if not np.isfinite(low) or not np.isfinite(high):
            raise ValueError(f"{name} contains NaN or infinity")
        if unit_interval and not (low >= 0 and high <= 1):
            raise ValueError(
                f"{name} contains values from {low:g} to {high:g}: the Bernoulli likelihood takes pixels in [0, 1]; "
                "give bytes as uint8, or take likelihood='gaussian'"
            )
