"""Arrays as a page carries them."""

import base64

import numpy as np
import pytest

from vae.explore.weights import SMALL, Pack, quantise, rounded


@pytest.fixture
def large():
    weight = np.random.default_rng(0).standard_normal((300, 100)).astype(np.float32)
    return weight * np.geomspace(1e-3, 1e3, 100, dtype=np.float32)


def read(pack, reference):
    """What a browser finds at a reference."""
    content = base64.b64decode(pack.text())
    array = np.frombuffer(content, np.dtype(reference["kind"]), reference["length"], reference["at"])
    return array if "scale" not in reference else array.reshape(-1, 100) * read(pack, reference["scale"])


def test_no_int8_weight_is_off_by_more_than_half_a_step_of_its_own_column(large):
    steps, scale = quantise(large)
    assert steps.dtype == np.int8
    assert np.abs(steps).max() == 127
    assert (np.abs(steps * scale - large) <= 0.5001 * scale).all()
    assert (scale <= np.abs(large).max(axis=0) / 127 * 1.0001).all()


def test_a_column_of_zeros_stays_zero():
    weight = np.zeros((300, 100), np.float32)
    assert not rounded(weight, "int8").any()


@pytest.mark.parametrize("kind", ["int8", "float16"])
def test_a_browser_reads_the_rounded_numbers(large, kind):
    pack = Pack(kind)
    pack.append(np.arange(3, dtype=np.uint8))  # so that the next begins at no multiple of four by itself
    reference = pack.add(large)
    assert reference["kind"] == kind
    assert reference["at"] % 4 == 0
    found = read(pack, reference).astype(np.float32).reshape(large.shape)
    assert np.array_equal(found, rounded(large, kind))
    assert not np.array_equal(found, large)


def test_small_arrays_stay_as_they_are():
    small, pack = np.random.default_rng(0).random(SMALL, dtype=np.float32), Pack("int8")
    assert np.array_equal(read(pack, pack.add(small)), small)
    assert np.array_equal(rounded(small, "int8"), small)
