"""Models in files: one .npz with named arrays and a JSON header, no pickle.

A file is foreign or damaged until shown otherwise: what it says is compared with what the network needs before any
array is read, so that a wrong file gives one clear sentence (`ModelFileError`) and cannot exhaust the memory.
"""

import json
import tokenize
import zipfile
import zlib

import numpy as np

from nn.files import atomic_write

FORMAT, VERSION = "bare-vae", 2
HEADER_LIMIT = 50_000_000  # bytes; the history of a very long training stays far below


class ModelFileError(ValueError):
    """The file is not one that this program wrote, or it is damaged."""


def save(path, header, arrays):
    """Write the JSON-able dict `header` and the dict of host arrays `arrays`, atomically.

    Raises ValueError, before anything is written, for NaN and infinity, which no reader takes.
    """
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"{path} was not written: {name} contains NaN or infinity (has the training diverged?)")
    header = {"format": FORMAT, "version": VERSION} | header
    with atomic_write(path) as file:
        np.savez(file, header=np.frombuffer(json.dumps(header).encode(), np.uint8), **arrays)


def load_header(path):
    """The dict that `save` was given as header.  Raises ModelFileError, or OSError if the file cannot be opened."""
    with _reading(path) as archive:
        header = json.loads(_read(archive, "header", np.uint8, None, path).tobytes())
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ModelFileError(f"{path} is not a bare-vae model")
    if header.get("version") != VERSION:
        raise ModelFileError(f"{path} has format version {header.get('version')}; this program reads {VERSION}")
    return header


def load_arrays(path, expected):
    """The arrays named in `expected`, a dict of arrays whose dtypes and shapes the file must match."""
    with _reading(path) as archive:
        missing = sorted(set(expected) - {name.removesuffix(".npy") for name in archive.namelist()})
        if missing:
            raise ModelFileError(f"{path} lacks {', '.join(missing[:3])}{' ...' if len(missing) > 3 else ''}")
        return {name: _read(archive, name, like.dtype, like.shape, path) for name, like in expected.items()}


class _reading:
    """Open a .npz; whatever is wrong inside comes out as a ModelFileError that names the file."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        self.file = open(self.path, "rb")
        try:
            return zipfile.ZipFile(self.file)
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise

    def __exit__(self, kind, error, traceback):
        self.file.close()
        if isinstance(error, ModelFileError):
            return
        damage = (zipfile.BadZipFile, zlib.error, tokenize.TokenError, ValueError, KeyError, EOFError,
                  NotImplementedError, RuntimeError, OSError, SyntaxError, TypeError, OverflowError,
                  RecursionError)  # fmt: skip
        if isinstance(error, damage):
            raise ModelFileError(f"{self.path} is damaged, or not a bare-vae model ({error})") from error


def _read(archive, name, dtype, shape, path):
    """One array, after its own header has been compared with the dtype and shape (None: any length) expected."""
    with archive.open(f"{name}.npy") as member:
        version = np.lib.format.read_magic(member)
        reader = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        stored_shape, fortran_order, stored_dtype = reader(member)
        if shape is None and len(stored_shape) == 1 and stored_shape[0] <= HEADER_LIMIT:
            shape = stored_shape
        if stored_dtype != dtype or stored_shape != shape or fortran_order:
            raise ModelFileError(
                f"{path}: {name} is {stored_dtype} {stored_shape}, but this model needs {np.dtype(dtype)} {shape}"
            )
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        content = member.read(size + 1)  # one more than there should be: reading to the end checks the checksum
        if len(content) != size:
            raise ModelFileError(f"{path}: {name} holds {len(content)} bytes, expected {size}")
        array = np.frombuffer(content, dtype).reshape(shape)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ModelFileError(f"{path}: {name} contains NaN or infinity")
        return array
