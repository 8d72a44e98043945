"""CUDA forms of functions of `vae`, for CuPy arrays; the plain forms say what they compute (see `nn.forms`)."""

import numpy as np

import nn
from datasets.corruption import thresholds
from nn.cuda.elementwise import elementwise

from .training.corruption import salt_and_pepper
from .network.gaussian_code import sample, sample_gradient
from .training.packed_on_gpu import unpack

_sample = elementwise(
    "T mean, T log_variance, U noise",
    "T z, T deviation, T kl",
    """
    deviation = exp(log_variance / 2);
    z = mean + deviation * noise;
    kl = (mean * mean + exp(log_variance) - 1 - log_variance) / 2;
    """,
    "sample",
)
_sample_gradient = elementwise(
    "T dz, T dkl, T mean, T deviation, U noise",
    "T dmean, T dlog_variance",
    """
    dmean = dz + dkl * mean;
    dlog_variance = (dz * noise * deviation + dkl * (deviation * deviation - 1)) / 2;
    """,
    "sample_gradient",
)
_salt_and_pepper = elementwise(  # `random_bits` of datasets/corruption.py, a thread for each pixel
    "T image, uint64 seed, int32 black, int32 white",
    "T corrupted",
    """
    unsigned long long z = (i / 4 + 1) * 0x9E3779B97F4A7C15ULL + seed;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    z ^= z >> 31;
    int bits = (z >> (16 * (i % 4))) & 0xFFFF;
    corrupted = bits < black ? T(0) : bits < white ? T(1) : image;
    """,
    "salt_and_pepper",
)
_unpack = elementwise(  # a thread for each pixel; the first pixel of eight is the highest bit
    "raw uint8 packed, raw int64 rows, int64 pixels",
    "float32 pixel",
    """
    ptrdiff_t k = i % pixels;
    pixel = packed[rows[i / pixels] * (pixels / 8) + k / 8] >> (7 - k % 8) & 1;
    """,
    "unpack",
)


def _corrupt(images, share, seed):
    return _salt_and_pepper(images, seed, *thresholds(share))


def _unpack_rows(packed, rows):
    pixels = packed.shape[1] * 8
    return _unpack(packed, rows, pixels, nn.array_module(packed).empty((len(rows), pixels), np.float32))


nn.add_forms(sample, cuda=_sample)
nn.add_forms(sample_gradient, cuda=_sample_gradient)
nn.add_forms(salt_and_pepper, cuda=_corrupt)
nn.add_forms(unpack, cuda=_unpack_rows)
