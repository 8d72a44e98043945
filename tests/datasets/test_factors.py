import numpy as np
import pytest

import datasets
from datasets import FactorDataset, dsprites, files


@pytest.fixture
def grid():
    """4 x 3 x 2 factors, each tuple twice except (0, 0, 0), which is there three times, and (3, 2, 1), which is not."""
    tuples = np.stack(np.unravel_index(np.arange(23), (4, 3, 2)), axis=1)
    tuples = np.concatenate([tuples, tuples, tuples[:1]])[np.random.default_rng(0).permutation(47)]
    images = (tuples @ [100, 10, 1]).astype(np.int32)[:, None, None] * np.ones((1, 2, 2), np.int32)
    return FactorDataset(images, tuples * [10, -1, 5] + [7, 0, 3], ("a", "b", "c"))


def test_values_are_numbered_in_ascending_order(grid):
    assert grid.factor_sizes == (4, 3, 2)
    assert [values.tolist() for values in grid.factor_values] == [[7, 17, 27, 37], [-2, -1, 0], [3, 8]]
    assert grid.factors.dtype == np.int64
    for j, values in enumerate(grid.factor_values):
        assert set(values[grid.factors[:, j]]) == set(values)
    np.testing.assert_array_equal(grid.images[:, 0, 0, 0], grid.factors @ [100, -10, 1] + 20)


def test_render_gives_an_image_with_these_factors(grid):
    rendered = grid.render(grid.factors)
    np.testing.assert_array_equal(rendered, grid.images)
    assert rendered.dtype == np.int32
    assert grid.render(grid.factors[5]).shape == (2, 2, 1)
    with pytest.raises(ValueError, match=r"no image has the factor values \[3 0 1\]"):
        grid.render([[0, 0, 0], [3, 0, 1]])
    with pytest.raises(ValueError, match="below"):
        grid.render([[4, 0, 0]])


def test_of_several_images_the_first_is_rendered():
    images = np.arange(3, dtype=np.uint8).reshape(3, 1, 1)
    assert FactorDataset(images, [[1], [0], [1]]).render([[1], [0]]).ravel().tolist() == [0, 1]


def test_samples_share_or_change_exactly_the_factor(grid):
    rng = np.random.default_rng(0)
    factors = grid.sample_factors(20_000, rng)
    counts = np.bincount(factors @ [6, 2, 1], minlength=24)
    zero = np.array([0, 2, 0]) @ [6, 2, 1]  # the tuple that is there three times
    np.testing.assert_allclose(counts[zero] / 20_000, 3 / 47, rtol=0.15)
    for factor in range(3):
        sharing = grid.sample_sharing(factors, factor, rng)
        np.testing.assert_array_equal(sharing[:, factor], factors[:, factor])
        other = (factor + 1) % 3
        assert abs(np.corrcoef(sharing[:, other], factors[:, other])[0, 1]) < 0.05
        grid.render(sharing)
        allowed = factors
        if factor == 2:  # (3, 0, 0) has no partner: (3, 0, 1) is missing
            allowed = factors[~((factors[:, 0] == 3) & (factors[:, 1] == 0))]
        changing = grid.sample_changing(allowed, factor, rng)
        assert ((changing != allowed).sum(axis=1) == 1).all()
        assert (changing[:, factor] != allowed[:, factor]).all()
        grid.render(changing)


def test_every_other_value_is_equally_likely(grid):
    factors = np.tile([1, 1, 0], (30_000, 1))
    changed = grid.sample_changing(factors, 0, np.random.default_rng(0))[:, 0]
    np.testing.assert_allclose(np.bincount(changed, minlength=4) / 30_000, [1 / 3, 0, 1 / 3, 1 / 3], atol=0.02)


def test_impossible_changes_are_named(grid):
    with pytest.raises(ValueError, match=r"no image differs from the factor values \[3 0 0\] in factor 2 alone"):
        grid.sample_changing(np.array([[3, 0, 0]]), 2, np.random.default_rng(0))
    constant = FactorDataset(np.zeros((2, 1, 1)), [[0, 5], [1, 5]])
    with pytest.raises(ValueError, match="factor 1 has one value only"):
        constant.sample_changing(constant.factors, 1, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("images", "factors", "names", "words"),
    [
        (np.zeros((3, 2, 2)), [[1], [2]], None, "3 images, but factors for 2"),
        (np.zeros((2, 2, 2)), [[1.5], [2]], None, "whole numbers"),
        (np.zeros((2, 4)), [[1], [2]], None, r"images must be \(n, height"),
        (np.zeros((2, 2, 2)), [[1], [2]], ("a", "b"), "as many different names"),
    ],
)
def test_what_does_not_fit_is_refused(images, factors, names, words):
    with pytest.raises(ValueError, match=words):
        FactorDataset(images, factors, names)


def test_a_subset_keeps_sizes_and_draws_from_itself_alone(grid):
    subset = grid.subset(grid.factors[:, 0] < 2)
    assert subset.factor_sizes == grid.factor_sizes
    assert subset.sample_factors(500, np.random.default_rng(0))[:, 0].max() == 1
    with pytest.raises(ValueError, match="no image has value 3 of factor 0"):
        subset.sample_sharing(np.array([[3, 0, 0]]), 0, np.random.default_rng(0))


def test_shapes_draw_from_all_combinations_in_a_part_too():
    test = datasets.ShapesSet().split()[2]
    rng = np.random.default_rng(0)
    assert isinstance(test, FactorDataset)
    factors = test.sample_factors(3000, rng)
    assert factors[factors[:, 0] == 0, 4].max() > 45  # rotations of squares that repeat others
    for factor in range(5):
        changing = test.sample_changing(factors, factor, rng)
        assert ((changing != factors).sum(axis=1) == 1).all()
        assert test.render(changing[:10]).shape == (10, 64, 64, 1)


@pytest.fixture
def sprites_file(tmp_path, monkeypatch):
    monkeypatch.setenv("DATASETS_HOME", str(tmp_path))
    monkeypatch.setattr(dsprites, "STEP", 5)
    path = tmp_path / dsprites.NAME
    imgs = np.random.default_rng(0).integers(2, size=(24, 64, 64), dtype=np.uint8)
    classes = np.stack(np.unravel_index(np.arange(24), (1, 3, 2, 2, 2, 1)), axis=1)
    metadata = np.array({"date": "never read"}, object)
    np.savez_compressed(path, metadata=metadata, imgs=imgs, latents_classes=classes, latents_values=classes * 0.5)
    return path, imgs, classes


def test_dsprites_is_unpacked_once_into_bits(sprites_file):
    path, imgs, classes = sprites_file
    sprites = datasets.load_dsprites()
    np.testing.assert_array_equal(sprites.images[:], imgs[..., None])
    np.testing.assert_array_equal(sprites.factors, classes)
    assert sprites.factor_sizes == (1, 3, 2, 2, 2, 1)
    assert isinstance(sprites.images.packed, np.memmap)
    packed = path.with_suffix(".packed.npy")
    written = packed.stat().st_mtime_ns
    datasets.load_dsprites()
    assert packed.stat().st_mtime_ns == written
    assert sorted(entry.name for entry in path.parent.iterdir()) == sorted([path.name, packed.name])
    packed.write_bytes(packed.read_bytes()[:300])
    with pytest.raises(datasets.DataFileError, match=r"packed.npy: the unpacked images are damaged.*delete"):
        datasets.load_dsprites()


def test_other_pixels_than_0_and_1_are_refused_and_nothing_is_left(sprites_file):
    path, imgs, classes = sprites_file
    imgs[20, 3, 3] = 255
    np.savez_compressed(path, imgs=imgs, latents_classes=classes)
    with pytest.raises(datasets.DataFileError, match=f"{path}: expected pixels 0 and 1, got a 255"):
        datasets.load_dsprites()
    assert list(path.parent.iterdir()) == [path]
    assert files.find(dsprites.FILE.name) == path
