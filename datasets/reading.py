"""Reading files that may be damaged or hostile: nothing is believed before it has arrived."""

import gzip
import math
import zipfile
import zlib
from contextlib import contextmanager

import numpy as np

LARGEST = 2**31  # bytes of one array; the images of SVHN's training set have 225 million
CHUNK = 2**20

DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)  # what the standard library's readers raise


class DataFileError(ValueError):
    """A data file is damaged, or is not what it should be; the message names the file."""


@contextmanager
def naming(path):
    """Every complaint about the content of a file becomes a `DataFileError` that begins with its path."""
    try:
        yield
    except DataFileError as error:
        raise DataFileError(f"{path}: {error}") from None
    except DAMAGE as error:
        raise DataFileError(f"{path}: the file is damaged or incomplete ({error})") from error


@contextmanager
def opened(path):
    """A stream of a file's bytes; of a gzipped file's, uncompressed.  Its first bytes tell, not its name."""
    with open(path, "rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if zipped:
            with gzip.open(file) as stream:
                yield stream
        else:
            yield file


def read_bytes(stream, size):
    """Exactly `size` bytes from a stream, as a uint8 array.

    A header may promise terabytes that never come: memory is used only as the bytes arrive (the pages of
    ``numpy.empty`` are not there before they are written to), and never more than `LARGEST`.
    """
    if size > LARGEST:
        raise DataFileError(f"its header promises {size:,} bytes, more than the {LARGEST:,} that one array may have")
    array = np.empty(size, np.uint8)
    view, filled = memoryview(array), 0
    while filled < size:
        count = stream.readinto(view[filled : filled + CHUNK])
        if not count:
            raise DataFileError(f"the file is truncated: {filled:,} of the {size:,} bytes that its header promises")
        filled += count
    return array


def read_array(stream, shape, dtype=np.uint8, order="C"):
    """An array of this shape, dtype and order from the next bytes of a stream."""
    dtype = np.dtype(dtype)
    return read_bytes(stream, math.prod(shape) * dtype.itemsize).view(dtype).reshape(shape, order=order)


def expect_end(stream):
    """Raise unless the stream ends here.  Reading its end also makes gzip, zlib and zip compare their checksums."""
    if stream.read(1):
        raise DataFileError("there are more bytes than its header promises")
