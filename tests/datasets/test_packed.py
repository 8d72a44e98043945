import numpy as np
import pytest

from datasets import PackedImages


@pytest.fixture
def bits():
    return np.random.default_rng(0).integers(2, size=(7, 4, 6, 1)).astype(np.float32)


@pytest.fixture
def images(bits):
    return PackedImages(np.packbits(bits.reshape(7, -1).astype(bool), axis=1), (4, 6))


@pytest.mark.parametrize(
    "key", [3, -1, slice(1, 5), slice(None, None, 2), [4, 0, 0], np.array([True] * 3 + [False] * 4)]
)
def test_indexing_unpacks_what_was_packed(images, bits, key):
    unpacked = images[key]
    assert unpacked.dtype == np.float32
    np.testing.assert_array_equal(unpacked, bits[key])


def test_it_has_the_length_and_shape_of_the_unpacked_array(images):
    assert len(images) == 7
    assert images.shape == (7, 4, 6, 1)


def test_a_subset_shares_memory_and_keeps_its_order(images, bits):
    subset = images.subset([5, 2, 2])
    assert subset.packed is images.packed
    np.testing.assert_array_equal(subset[:], bits[[5, 2, 2]])
    np.testing.assert_array_equal(subset.subset([1])[0], bits[2])


def test_other_arrays_are_refused():
    with pytest.raises(ValueError, match=r"takes a uint8 array \(n, 3\), got float64 \(2, 3\)"):
        PackedImages(np.zeros((2, 3)), (4, 6))
