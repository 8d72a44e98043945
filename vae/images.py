"""What may come in as images."""

import math

import numpy as np

from datasets import PackedImages

CHUNK = 10_000  # images looked at together


def check_images(X, image_shape, name, at_least=1):
    """Return X as something with a length whose slices are images (n, height, width, channels) in [0, 1].

    X : `PackedImages`, or an array of shape (n, *image_shape), (n, height, width) for one channel, or (n, pixels).
    name : what error messages call X.
    at_least : how many images there must be.

    No image is copied.  Raises TypeError or ValueError, saying what was expected, for anything else, and for pixels
    that are NaN or outside [0, 1].
    """
    if not isinstance(X, PackedImages):
        X = host_array(X, name)
        if X.dtype.kind not in "fbiu":
            raise TypeError(f"{name} has dtype {X.dtype}: expected numbers in [0, 1]")
        X = _in_image_shape(X, image_shape, name)
    elif X.shape[1:] != image_shape:
        raise ValueError(f"{name} has images of shape {X.shape[1:]}, but this architecture takes {image_shape}")
    if len(X) == 0:
        raise ValueError(f"{name} is empty: there is no image in it")
    if len(X) < at_least:
        raise ValueError(f"{name} has {len(X)} images, fewer than batch_size = {at_least}: choose a smaller batch_size")
    if not isinstance(X, PackedImages):
        _check_range(X, name)
    return X


def host_array(a, name):
    """`a` as a NumPy array; TypeError if it is in a GPU's memory, where none of our public functions expects it."""
    if hasattr(a, "__cuda_array_interface__"):
        raise TypeError(
            f"{name} is an array on the GPU ({type(a).__module__}): pass a NumPy array, such as nn.to_host({name}); "
            "a model on the GPU moves it there itself, a batch at a time"
        )
    return np.asarray(a)


def _in_image_shape(X, image_shape, name):
    shapes = {image_shape, (math.prod(image_shape),)} | ({image_shape[:2]} if image_shape[2] == 1 else set())
    if X.shape[1:] not in shapes or X.ndim < 2:
        expected = " or ".join(f"(n, {', '.join(map(str, shape))})" for shape in sorted(shapes, key=len, reverse=True))
        raise ValueError(f"{name} has shape {X.shape}: this architecture takes {expected}")
    return X.reshape(len(X), *image_shape)


def _check_range(X, name):
    for start in range(0, len(X), CHUNK):
        low, high = X[start : start + CHUNK].min(), X[start : start + CHUNK].max()
        if not (low >= 0 and high <= 1):  # also for NaN
            found = "NaN" if np.isnan(low + high) else f"values from {low:g} to {high:g}"
            raise ValueError(
                f"{name} contains {found}: the Bernoulli likelihood takes pixels in [0, 1]; divide bytes by 255"
            )
