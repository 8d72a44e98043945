"""Corruption of a batch where it is, on either device."""

import nn
from datasets import SaltAndPepper
from datasets import corruption as host
from nn.kernels import gpu_form, kernel

_salt_and_pepper_kernel = kernel(  # `random_bits` of datasets/corruption.py, a thread for each pixel
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


def _salt_and_pepper_on_gpu(images, share, seed):
    return _salt_and_pepper_kernel(images, seed, *host.thresholds(share))


@gpu_form(_salt_and_pepper_on_gpu)
def salt_and_pepper(images, share, seed):
    """`datasets.corruption.salt_and_pepper`; the same bits on both devices."""
    return host.salt_and_pepper(images, share, seed)


def corrupt(corruption, images, rng):
    """corruption(images, rng) for images on either device; what is drawn is the same.

    Gaussian noise is drawn on the host, so that images on a GPU go there and back.
    """
    if isinstance(corruption, SaltAndPepper):
        return salt_and_pepper(images, corruption.share, host.draw_seed(rng))
    return nn.to_device(corruption(nn.to_host(images), rng), nn.device.device_of(images))
