"""Damaged files of every format: a clear error that names the file, or sound data; never anything else.

DAMAGED_FILES sets how many variants of each file are tried:
    DAMAGED_FILES=2000 python -m pytest tests/datasets/test_damaged_files.py
"""

import gzip
import io
import os
import struct
import tracemalloc

import numpy as np
import pytest
import scipy.io

from datasets import DataFileError, idx, matlab, npz

VARIANTS = int(os.environ.get("DAMAGED_FILES", "200"))
IMAGES = np.random.default_rng(0).integers(256, size=(5, 7, 6), dtype=np.uint8)
LABELS = np.array([[1.0], [10.0], [3.0]])


def idx_file(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def matlab_file(compressed, **arrays):
    file = io.BytesIO()
    scipy.io.savemat(file, arrays or {"other": np.eye(2), "X": IMAGES, "y": LABELS}, do_compression=compressed)
    return file.getvalue()


def npz_file(compressed):
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, X=IMAGES, y=LABELS)
    return file.getvalue()


def read_matlab(path):
    return list(matlab.read(path, ["X", "y"]).values())


def read_npz(path):
    return list(npz.read(path, ["X", "y"]).values())


def read_idx(path):
    return [idx.read(path, 3)]


FORMATS = {
    "idx": (idx_file(IMAGES), read_idx),
    "idx.gz": (gzip.compress(idx_file(IMAGES)), read_idx),
    "mat": (matlab_file(False), read_matlab),
    "mat-compressed": (matlab_file(True), read_matlab),
    "npz": (npz_file(False), read_npz),
    "npz-compressed": (npz_file(True), read_npz),
}


def damaged(content, rng):
    """Bits flipped, bytes set to extremes (mostly in the first 300, where headers are), cut off, appended, repeated."""
    content = bytearray(content)
    kind = rng.integers(6)
    place = int(rng.integers(min(300, len(content)) if rng.random() < 0.6 else len(content)))
    if kind == 0:
        content[place] ^= 1 << int(rng.integers(8))
    elif kind == 1:
        content[place : place + 4] = rng.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\x80"])
    elif kind == 2:
        del content[place:]
    elif kind == 3:
        content += rng.bytes(int(rng.integers(1, 50)))
    elif kind == 4:
        content[place:place] = content[: int(rng.integers(1, 40))]
    else:
        for other in rng.integers(len(content), size=5):
            content[other] = int(rng.integers(256))
    return bytes(content)


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_gives_an_error_that_names_it_or_sound_data(name, tmp_path):
    content, read = FORMATS[name]
    path = tmp_path / name
    path.write_bytes(content)
    for array, expected in zip(read(path), [IMAGES, LABELS], strict=False):
        np.testing.assert_array_equal(array, expected)
    rng = np.random.default_rng(1)
    refused = unnamed = 0
    tracemalloc.start()
    for variant in range(VARIANTS):
        path.write_bytes(damaged(content, rng))
        try:
            arrays = read(path)
        except DataFileError as error:
            refused += str(error).startswith(f"{path}: ")
            unnamed += not str(error).startswith(f"{path}: ")
        else:
            assert all(array.dtype.kind in "biuf" and array.nbytes < 10_000 for array in arrays), variant
        resident = tracemalloc.get_traced_memory()[0]
        assert resident < 20e6, variant
    tracemalloc.stop()
    assert unnamed == 0
    assert refused > VARIANTS / 4


def test_a_header_that_promises_terabytes_costs_nothing(tmp_path):
    path = tmp_path / "huge"
    for opener in (bytes, gzip.compress):
        path.write_bytes(opener(bytes([0, 0, 8, 3]) + b"\xff" * 12))
        with pytest.raises(DataFileError, match=f"{path}: its header promises .* more than"):
            idx.read(path, 3)
    path.write_bytes(idx_file(IMAGES)[:4] + struct.pack(">3I", 30_000, 200, 200) + b"few")
    with pytest.raises(DataFileError, match=r"truncated: 3 of the 1,200,000,000 bytes"):
        idx.read(path, 3)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing: it is empty"),
        (b"<html>not found</html>", "begins with 3c 68 74 6d"),
        (idx_file(IMAGES[0, 0]), "00 00 08 03; this one begins with 00 00 08 01"),
        (idx_file(IMAGES)[:10], "ends within its header"),
        (idx_file(IMAGES) + b"x", "more bytes"),
        (gzip.compress(idx_file(IMAGES) + bytes(10**7)), "more bytes"),
        (gzip.compress(idx_file(IMAGES))[:-9], "damaged or incomplete"),
        (gzip.compress(idx_file(IMAGES))[:-8] + bytes(8), "damaged or incomplete"),
    ],
)
def test_what_is_wrong_with_an_idx_file_is_said(content, words, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(DataFileError, match=words):
        idx.read(path, 3)


@pytest.mark.parametrize("compressed", [False, True])
def test_other_matlab_files_are_refused(compressed, tmp_path):
    path = tmp_path / "file.mat"
    for arrays, words in [
        ({"Z": np.eye(3)}, "expected the MATLAB variables X; it has Z"),
        ({"X": 1j * np.eye(3)}, "not an array of real numbers"),
        ({"X": "text"}, "not an array of real numbers"),
        ({"X": {"a": 1}}, "not an array of real numbers"),
    ]:
        path.write_bytes(matlab_file(compressed, **arrays))
        with pytest.raises(DataFileError, match=words):
            matlab.read(path, ["X"])
    path.write_bytes(b"MATLAB 7.3 MAT-file" + bytes(500))
    with pytest.raises(DataFileError, match="save it with -v7"):
        matlab.read(path, ["X"])


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8", "i8", "u8"])
@pytest.mark.parametrize("compressed", [False, True])
def test_matlab_arrays_are_read_as_scipy_reads_them(dtype, compressed, tmp_path):
    path = tmp_path / "file.mat"
    array = np.random.default_rng(0).integers(100, size=(3, 4, 5)).astype(dtype)
    path.write_bytes(matlab_file(compressed, X=array, tiny=array[:1, :1, 0]))
    found = matlab.read(path, ["X", "tiny"])
    np.testing.assert_array_equal(found["X"], scipy.io.loadmat(path)["X"])
    np.testing.assert_array_equal(found["tiny"], array[:1, :1, 0])


def test_nothing_is_unpickled(tmp_path):
    path = tmp_path / "pickled.npz"
    np.savez(path, X=np.array([{}, None], object))
    with pytest.raises(DataFileError, match="expected plain numbers"):
        npz.read(path, ["X"])
    with pytest.raises(DataFileError, match="no array 'images', only X"):
        npz.read(path, ["images"])
