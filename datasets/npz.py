"""NumPy's .npz files, read without pickle and within bounds."""

import zipfile
from contextlib import contextmanager

import numpy as np

from .reading import DataFileError, expect_end, naming, read_array


def read(path, names):
    """The arrays of these names: {name: array}.

    Raises `DataFileError` if the file is damaged or has no such array of numbers.
    """
    with naming(path), opened(path) as archive:
        arrays = {}
        for name in names:
            with member(archive, name) as (stream, shape, dtype, order):
                arrays[name] = read_array(stream, shape, dtype, order)
                expect_end(stream)
        return arrays


@contextmanager
def opened(path):
    """The file as a `zipfile.ZipFile`."""
    with open(path, "rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except Exception as error:  # zipfile lets a damaged directory raise what it happens to meet
            raise DataFileError(f"this is no .npz file, or a damaged one ({error})") from error
        with archive:
            yield archive


@contextmanager
def member(archive, name):
    """One array of an open archive, not read yet: (stream of its bytes, shape, dtype, order)."""
    try:
        info = archive.getinfo(f"{name}.npy")
    except KeyError:
        found = ", ".join(entry.filename.removesuffix(".npy") for entry in archive.infolist()[:10])
        raise DataFileError(f"it has no array {name!r}, only {found or 'nothing'}") from None
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
        raise DataFileError(f"array {name!r} is encrypted, or compressed in another way than NumPy does")
    try:
        stream = archive.open(info)
    except Exception as error:  # as above
        raise DataFileError(f"array {name!r} cannot be found in it ({error})") from error
    with stream:
        yield stream, *_header(stream, name)


def _header(stream, name):
    """Shape, dtype and order of the array that follows; the format's version 1 is what NumPy writes for numbers."""
    try:
        if np.lib.format.read_magic(stream) != (1, 0):
            raise ValueError("another version of the format than 1.0")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    except Exception as error:  # the header is a Python expression: damaged, it can raise nearly anything
        raise DataFileError(f"array {name!r} has no readable header ({error})") from error
    if dtype.kind not in "biuf" or dtype.shape or min(shape, default=0) < 0:
        raise DataFileError(f"array {name!r} has dtype {dtype} and shape {shape}: expected plain numbers")
    return shape, dtype, "F" if fortran else "C"
