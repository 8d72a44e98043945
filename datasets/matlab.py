"""Numeric arrays from MATLAB v5 files (what `save -v6` and `save -v7` write), read within bounds.

SciPy reads these files too, but a damaged one can end the whole process (SciPy 1.17.1, with a segmentation fault, on
variants of tests/datasets/test_damaged_files.py).  The part that a data set needs is this page.

Source: "MAT-File Format", The MathWorks, Level 5.

    file      128 bytes of header, then elements
    element   type and size, four bytes each, then the content
    matrix    an element whose content is elements: flags, sizes, name, numbers (in column-major order)
    compressed an element whose content is one matrix, deflated
"""

import io
import math
import os
import struct
import zlib

import numpy as np

from .reading import CHUNK, DataFileError, expect_end, naming, read_array

MATRIX, COMPRESSED = 14, 15
INT8, INT32, UINT32 = 1, 5, 6
DTYPES = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
NUMERIC_CLASSES = range(6, 16)  # double, single, integers; below are cells, structures, objects, text, sparse arrays
COMPLEX = 0x0800
LONGEST = 256  # bytes of a matrix's flags, sizes and name


def read(path, names):
    """The numeric variables of these names: {name: array}, in MATLAB's shape, in the type that they are stored in.

    (MATLAB stores an array of doubles as bytes if all are whole and small: labels may come as uint8 or float64.)
    Raises `DataFileError` if the file is damaged, of another format, or lacks one of them.
    """
    with naming(path), open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        order = _byte_order(file.read(128))
        arrays, others = {}, []
        while tag := file.read(8):
            kind, length = _unpack(order, "II", tag)
            end = file.tell() + length
            if end > size:
                raise DataFileError(f"the file is truncated: {size:,} bytes of at least {end:,}")
            name, array = _variable(file, kind, length, order, names)
            if array is None:
                others.append(name)
            else:
                arrays[name] = array
            file.seek(end)
        for name in names:
            if name not in arrays:
                found = ", ".join([*arrays, *others][:10]) or "nothing"
                raise DataFileError(f"expected the MATLAB variables {', '.join(names)}; it has {found}")
        return arrays


def _byte_order(header):
    if header[:8] == b"\x89HDF\r\n\x1a\n" or header.startswith(b"MATLAB 7.3"):
        raise DataFileError("this is a MATLAB file of version 7.3: save it with -v7")
    order = {b"IM": "<", b"MI": ">"}.get(header[126:128])
    if order is None or _unpack(order, "H", header[124:126]) != (0x0100,):
        raise DataFileError("this is not a MATLAB file of version 5 to 7")
    return order


def _variable(file, kind, length, order, names):
    """The name of the next variable and, if it is one of `names`, its array (otherwise None)."""
    if kind == MATRIX:
        return _matrix(file, order, names)
    if kind != COMPRESSED:
        raise DataFileError(f"expected a matrix, found an element of type {kind}")
    stream = io.BufferedReader(_Inflated(file, length))
    if _tag(stream, order)[0] != MATRIX:
        raise DataFileError("a compressed element is not a matrix")
    name, array = _matrix(stream, order, names)
    if array is not None:
        expect_end(stream)
    return name, array


def _matrix(stream, order, names):
    flags = _small_array(stream, order, UINT32)
    shape = tuple(map(int, _small_array(stream, order, INT32)))
    name = _small_array(stream, order, INT8).tobytes().decode("ascii", "replace")
    if name not in names:
        return name, None
    if len(flags) != 2 or flags[0] & 0xFF not in NUMERIC_CLASSES or flags[0] & COMPLEX:
        raise DataFileError(f"variable {name} is not an array of real numbers")
    kind, length, stored = _tag(stream, order)
    if kind not in DTYPES or len(shape) < 2 or min(shape) < 0:
        raise DataFileError(f"variable {name} has the unknown number type {kind} or the impossible shape {shape}")
    dtype = np.dtype(order + DTYPES[kind])
    if math.prod(shape) * dtype.itemsize != length:
        raise DataFileError(f"variable {name} has {length:,} bytes, which is not {dtype} of shape {shape}")
    array = read_array(stored or stream, shape, dtype, "F")
    if not stored:
        stream.read(-length % 8)
    return name, array


def _small_array(stream, order, kind):
    """One of the elements before the numbers: flags, sizes or name."""
    found, length, stored = _tag(stream, order)
    dtype = np.dtype(order + DTYPES[kind])
    if found != kind or length > LONGEST or length % dtype.itemsize:
        raise DataFileError(f"expected an element of type {kind}, found {length:,} bytes of type {found}")
    array = read_array(stored or stream, (length // dtype.itemsize,), dtype)
    if not stored:
        stream.read(-length % 8)
    return array


def _tag(stream, order):
    """Type and size in bytes of the next element; and its content, if that is so small that it is within the tag."""
    tag = stream.read(8)
    kind, length = _unpack(order, "II", tag)
    if kind <= 0xFFFF:
        return kind, length, None
    if kind >> 16 > 4:
        raise DataFileError(f"a small element of {kind >> 16} bytes, of 4 at most")
    return kind & 0xFFFF, kind >> 16, io.BytesIO(tag[4:])


def _unpack(order, layout, content):
    if len(content) != struct.calcsize("<" + layout):
        raise DataFileError("the file is truncated")
    return struct.unpack(order + layout, content)


class _Inflated(io.RawIOBase):
    """The next `length` bytes of a file, deflated there, as a stream that inflates no more than is asked for."""

    def __init__(self, file, length):
        self.file, self.left = file, length
        self.inflate = zlib.decompressobj()

    def readable(self):
        return True

    def readinto(self, buffer):
        while not self.inflate.eof:
            source = self.inflate.unconsumed_tail
            if not source:
                source = self.file.read(min(CHUNK, self.left))
                self.left -= len(source)
            content = self.inflate.decompress(source, len(buffer))
            if content:
                buffer[: len(content)] = content
                return len(content)
            if not source:
                raise EOFError("its compressed data end too early")
        return 0
