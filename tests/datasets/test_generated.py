"""Digit canvases, corruption, standardisation."""

import numpy as np
import pytest

from datasets import DigitPositions, GaussianNoise, MixedDigits, PackedImages, SaltAndPepper, Standardisation

DIGITS = np.random.default_rng(0).integers(256, size=(2, 28, 28, 1), dtype=np.uint8)


def test_mixed_digits_follow_their_linear_process():
    mixed = MixedDigits(DIGITS, n=4000, noise_variance=0.3, seed=1)
    assert (mixed.images.shape, mixed.images.dtype) == ((4000, 40, 40, 1), np.float32)
    assert mixed.mixing.shape == (1600, 2)
    canvas = mixed.mixing[:, 1].reshape(40, 40)
    np.testing.assert_allclose(canvas[6:34, 6:34], DIGITS[1, ..., 0] / 255)
    assert np.count_nonzero(canvas) == np.count_nonzero(DIGITS[1])
    noise = mixed.images.reshape(4000, -1) - mixed.sources @ mixed.mixing.T
    assert noise.var() == pytest.approx(0.3, rel=0.01)
    assert abs(np.corrcoef(noise[:, 800], mixed.sources[:, 0])[0, 1]) < 0.05
    np.testing.assert_allclose(np.cov(mixed.sources.T), np.eye(2), atol=0.07)


def test_canvases_repeat_with_the_seed():
    for make in (lambda seed: MixedDigits(DIGITS, 5, seed=seed), lambda seed: DigitPositions(DIGITS[0], 5, seed=seed)):
        np.testing.assert_array_equal(make(3).images, make(3).images)
        assert (make(3).images != make(4).images).any()


def test_a_digit_stands_where_its_sources_say():
    moved = DigitPositions(DIGITS[0], n=500, mixing=[[4, 1], [0, 3]], offset=(5, 7))
    exact = moved.sources @ np.array([[4, 0], [1, 3]]) + [5, 7]
    assert moved.positions.min() == 0
    assert moved.positions.max() == 12
    inside = ((exact > 0) & (exact < 12)).all(axis=1)
    assert np.abs(moved.positions - exact)[inside].max() <= 0.5
    for image, (x, y) in zip(moved.images[:50], moved.positions, strict=False):
        np.testing.assert_allclose(image[y : y + 28, x : x + 28], DIGITS[0] / np.float32(255), rtol=1e-6)
        assert np.count_nonzero(image) == np.count_nonzero(DIGITS[0])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: MixedDigits(np.zeros((2, 28, 27))), r"\(k, 28, 28\), got \(2, 28, 27\)"),
        (lambda: MixedDigits(np.full((2, 28, 28), 200.0)), r"floats in \[0, 1\]"),
        (lambda: MixedDigits(DIGITS, noise_variance=-1), "noise_variance"),
        (lambda: MixedDigits(DIGITS, n=0), "at least 1"),
        (lambda: DigitPositions(DIGITS[0], mixing=np.eye(3)), r"mixing \(2, 2\)"),
        (lambda: SaltAndPepper(1.5), "0 to 1, got 1.5"),
        (lambda: GaussianNoise(-0.1), "0 or more, got -0.1"),
        (lambda: Standardisation.of(np.ones((5, 2, 2, 1))), "all images are equal"),
    ],
)
def test_bad_arguments_are_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_salt_and_pepper_replaces_its_share_by_black_and_white(dtype):
    images = np.full((50, 40, 40, 1), 0.5, dtype)
    corrupted = SaltAndPepper(0.2)(images, np.random.default_rng(0))
    assert corrupted.dtype == dtype
    assert (images == 0.5).all()
    shares = [(corrupted == value).mean() for value in (0, 0.5, 1)]
    np.testing.assert_allclose(shares, [0.1, 0.8, 0.1], atol=0.005)
    np.testing.assert_array_equal(SaltAndPepper(0)(images, np.random.default_rng(0)), images)
    assert set(np.unique(SaltAndPepper(1)(images, np.random.default_rng(0)))) == {0, 1}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gaussian_noise_has_its_deviation(dtype):
    images = np.full((50, 40, 40, 1), 0.5, dtype)
    corrupted = GaussianNoise(0.3)(images, np.random.default_rng(0))
    assert corrupted.dtype == dtype
    assert (images == 0.5).all()
    assert corrupted.mean() == pytest.approx(0.5, abs=0.005)
    assert corrupted.std() == pytest.approx(0.3, rel=0.01)


def test_bytes_are_not_corrupted_unnoticed():
    with pytest.raises(TypeError, match="divide bytes by 255"):
        SaltAndPepper()(DIGITS, np.random.default_rng(0))


def test_standardised_images_have_mean_0_and_deviation_1_and_come_back():
    images = np.random.default_rng(0).normal(3, 5, size=(2345, 4, 3, 1)).astype(np.float32)
    images[:, 0, 0] = 7  # a constant pixel does no harm
    standardisation = Standardisation.of(images)
    flat = images.astype(np.float64)
    np.testing.assert_allclose(standardisation.mean, flat.mean(axis=0), rtol=1e-6)
    assert standardisation.deviation == pytest.approx((flat - flat.mean(axis=0)).std())
    standardised = standardisation.apply(images)
    assert standardised.dtype == np.float32
    np.testing.assert_allclose(standardised.mean(axis=0), 0, atol=1e-5)
    assert standardised.std() == pytest.approx(1, rel=1e-5)
    np.testing.assert_allclose(standardisation.undo(standardised), images, rtol=1e-4, atol=1e-4)


def test_bytes_and_packed_images_are_standardised():
    bits = np.random.default_rng(0).integers(2, size=(9, 4, 4, 1), dtype=np.uint8)
    packed = PackedImages(np.packbits(bits.reshape(9, -1), axis=1), (4, 4))
    for images in (bits, packed):
        standardisation = Standardisation.of(images)
        assert standardisation.apply(images).dtype == np.float32
        np.testing.assert_allclose(standardisation.undo(standardisation.apply(images)), bits, atol=1e-6)
