"""Packed images in the GPU's memory: a batch is unpacked there, and only its positions and noise come from the host."""

import numpy as np

import nn


@nn.several_forms
def unpack(packed, rows):
    """Rows of packed images, (n, bytes) uint8 and (batch,) int64, as float32 of 0 and 1, (batch, 8 * bytes)."""
    return np.unpackbits(packed[rows], axis=-1).astype(np.float32)


class PackedOnGPU:
    """The images of a `datasets.PackedImages` on the GPU; a slice or a CuPy array of positions gives float32 images."""

    def __init__(self, images):
        self.packed = nn.to_device(images.packed[images.rows], "gpu")
        self.shape = images.shape

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, key):
        rows = nn.array_module(self.packed).arange(*key.indices(len(self))) if isinstance(key, slice) else key
        return unpack(self.packed, rows).reshape(len(rows), *self.shape[1:])
