"""Binary images kept at one bit a pixel."""

import numpy as np


class PackedImages:
    """Binary images, packed eight pixels to a byte; indexing unpacks.

    ``images[key]`` gives float32 images of 0 and 1, (n, height, width, 1), for a slice or an array of positions, and
    one image, (height, width, 1), for a single position.  Only what is asked for is unpacked: 187,000 images of 64x64
    take 96 MB packed and 3 GB as floats.

    Parameters
    ----------
    packed : (rows, height * width / 8) uint8, as ``numpy.packbits`` makes them from flattened images.
    size : (height, width), with height * width divisible by 8.
    rows : which rows of `packed` are in the set, in which order; all of them if None.
    """

    dtype = np.dtype(np.float32)
    ndim = 4

    def __init__(self, packed: np.ndarray, size: tuple[int, int], rows: np.ndarray | None = None):
        height, width = size
        if packed.dtype != np.uint8 or packed.ndim != 2 or packed.shape[1] * 8 != height * width:
            raise ValueError(
                f"PackedImages of {height}x{width} takes a uint8 array (n, {height * width // 8}), "
                f"got {packed.dtype} {packed.shape}"
            )
        self.packed = packed
        self.rows = np.arange(len(packed)) if rows is None else np.asarray(rows)
        self.size = (height, width)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return (len(self.rows), *self.size, 1)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, key: int | slice | np.ndarray) -> np.ndarray:
        rows = self.rows[key]
        bits = np.unpackbits(self.packed[rows], axis=-1)
        return bits.reshape(*rows.shape, *self.size, 1).astype(np.float32)

    def subset(self, positions: np.ndarray | slice) -> "PackedImages":
        """The images at these positions, as PackedImages that share the memory of this one."""
        return PackedImages(self.packed, self.size, self.rows[positions])

    def __repr__(self):
        return f"PackedImages({len(self)} of {self.size[0]}x{self.size[1]})"
