"""Corruption of a batch where it is, on either device."""

import nn
from datasets import SaltAndPepper
from datasets import corruption as host


@nn.several_forms
def salt_and_pepper(images, share, seed):
    """`datasets.corruption.salt_and_pepper`; the same bits on both devices."""
    return host.salt_and_pepper(images, share, seed)


def corrupt(corruption, images, rng):
    """corruption(images, rng) for images on either device; what is drawn is the same.

    Gaussian noise is drawn on the host, so that images on a GPU go there and back.
    """
    if isinstance(corruption, SaltAndPepper):
        return salt_and_pepper(images, corruption.share, host.draw_seed(rng))
    return nn.to_device(corruption(nn.to_host(images), rng), nn.forms.device_of(images))
