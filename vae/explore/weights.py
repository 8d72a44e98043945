"""Arrays as a page carries them: small ones in float32, large ones rounded to int8 or float16, all in one text."""

import base64

import numpy as np

KINDS = ("int8", "float16")
SMALL = 20_000  # numbers: so few cost next to nothing, and stay float32


class Pack:
    """Arrays one after another, as bytes; each is found again by the reference that `add` returns.

    Parameters
    ----------
    kind : "int8" or "float16", what large arrays become (`rounded` says which numbers they then stand for).
    """

    def __init__(self, kind):
        self.kind, self._parts, self._size = kind, [], 0

    def add(self, array):
        """Append a float array; returns {kind, at, length, ...}: what its bytes are, and where they begin."""
        array = np.asarray(array, np.float32)
        if array.size <= SMALL:
            return self.append(array)
        if self.kind == "float16":
            return self.append(array.astype(np.float16))
        steps, scale = quantise(array)
        return self.append(steps) | {"scale": self.append(scale)}

    def append(self, array):
        """Append the array as it is."""
        array = np.ascontiguousarray(array)
        reference = {"kind": array.dtype.name, "at": self._size, "length": array.size}
        content = array.astype(array.dtype.newbyteorder("<")).tobytes()
        content += bytes(-len(content) % 4)  # a browser reads float32 at multiples of four bytes only
        self._parts.append(content)
        self._size += len(content)
        return reference

    def text(self):
        """All bytes in base64."""
        return base64.b64encode(b"".join(self._parts)).decode("ascii")


def quantise(array):
    """w ~ scale * q: whole numbers q from -127 to 127 (int8), and a float32 scale for each entry of the last axis.

    The scale is max |w| / 127, so that no number is off by more than half of it.
    """
    scale = np.abs(array).max(axis=tuple(range(array.ndim - 1))) / np.float32(127)
    scale[scale == 0] = 1
    return np.rint(array / scale).astype(np.int8), scale.astype(np.float32)


def rounded(array, kind):
    """The numbers that a page has in the place of `array`: what it reads back from its int8 or float16."""
    array = np.asarray(array, np.float32)
    if array.size <= SMALL:
        return array
    if kind == "float16":
        return array.astype(np.float16).astype(np.float32)
    steps, scale = quantise(array)
    return steps * scale
