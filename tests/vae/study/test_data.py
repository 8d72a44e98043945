"""Data in one file for all processes."""

import threading

import numpy as np
import pytest

import datasets
from vae.study import mapped, shapes_set


def test_an_array_is_made_once_and_mapped(tmp_path):
    made = []

    def make():
        made.append(1)
        return np.arange(12).reshape(3, 4)

    path = tmp_path / "new" / "numbers.npy"
    threads = [threading.Thread(target=mapped, args=(path, make)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    array = mapped(path, make)
    assert len(made) == 1
    assert isinstance(array, np.memmap)
    assert array.tolist() == np.arange(12).reshape(3, 4).tolist()
    with pytest.raises(ValueError, match="read-only"):
        array[0, 0] = 1


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "numbers.npy"
    mapped(path, lambda: np.arange(1000))
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"numbers\.npy is damaged .*: delete it, and it is made anew"):
        mapped(path, lambda: np.arange(1000))


def test_shapes_set_lies_in_a_file(tmp_path, monkeypatch):
    monkeypatch.setenv("DATASETS_HOME", str(tmp_path))
    pixels = datasets.shapes.all_images()
    monkeypatch.setattr(datasets.shapes, "all_images", lambda: pixels)
    shapes, same = shapes_set(seed=3), datasets.ShapesSet(seed=3)
    assert isinstance(shapes.images.packed, np.memmap)
    assert shapes_set(seed=3).images.packed.filename == shapes.images.packed.filename
    rows = np.arange(0, len(same), 1000)
    np.testing.assert_array_equal(shapes.images[rows], same.images[rows])
    np.testing.assert_array_equal(shapes.factors, same.factors)
    assert isinstance(shapes.split()[0].images.packed, np.memmap)
    assert type(shapes.images[:3]) is np.ndarray
