"""The IDX format of MNIST's files, plain or gzipped: big-endian sizes, then the bytes.

    0, 0, type (8: unsigned bytes), number of dimensions d | d sizes of four bytes | the array in C order

Source: https://yann.lecun.com/exdb/mnist (section "The IDX file format").
"""

import struct

from .reading import DataFileError, expect_end, naming, opened, read_array

UNSIGNED_BYTE = 8


def read(path, ndim):
    """The uint8 array of an IDX file, plain or gzipped.

    ndim : 1 for labels, 3 for images.
    Raises `DataFileError` for anything but one complete array of bytes with `ndim` dimensions.
    """
    with naming(path), opened(path) as stream:
        magic = stream.read(4)
        if magic != bytes([0, 0, UNSIGNED_BYTE, ndim]):
            raise DataFileError(
                f"expected an IDX file of bytes with {ndim} dimension{'s' * (ndim > 1)}, which begins with "
                f"00 00 08 {ndim:02x}; this one begins with {magic.hex(' ') or 'nothing: it is empty'}"
            )
        sizes = stream.read(4 * ndim)
        if len(sizes) < 4 * ndim:
            raise DataFileError("the file is truncated: it ends within its header")
        shape = struct.unpack(f">{ndim}I", sizes)
        array = read_array(stream, shape)
        expect_end(stream)
        return array
