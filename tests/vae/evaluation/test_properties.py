"""Properties of images that are known because the test draws them."""

import numpy as np
import pytest

from vae.evaluation import properties


def canvas(*boxes):
    """Images with one white box each: (top, left, height, width)."""
    images = np.zeros((len(boxes), 32, 40, 1), np.float32)
    for image, (top, left, height, width) in zip(images, boxes, strict=True):
        image[top : top + height, left : left + width] = 1
    return images


def sheared(height, width, shift):
    """A box whose every row is `shift` pixels further to the left than the one above."""
    image = np.zeros((1, 40, 60, 1), np.float32)
    for row in range(height):
        image[0, 5 + row, 30 - shift * row : 30 - shift * row + width] = 1
    return image


def test_a_box_has_its_own_sides_and_centre():
    measured = properties.strokes(canvas((3, 5, 20, 3), (10, 2, 4, 15)))
    assert measured["height"] == pytest.approx([20, 4])
    assert measured["width"] == pytest.approx([3, 15])
    assert measured["x"] == pytest.approx([6, 9])
    assert measured["y"] == pytest.approx([12.5, 11.5])
    assert measured["slant"] == pytest.approx([0, 0])


def test_bytes_and_grey_levels_do_not_change_the_form():
    images = canvas((3, 5, 20, 3))
    of_floats, of_bytes = properties.strokes(images), properties.strokes((images * 255).astype(np.uint8))
    dimmed = properties.strokes(0.3 * images)
    for name in properties.STROKES:
        assert of_bytes[name] == pytest.approx(of_floats[name])
        assert dimmed[name] == pytest.approx(of_floats[name])


@pytest.mark.parametrize(("shift", "degrees"), [(1, 45), (-1, -45), (0, 0)])
def test_a_sheared_box_keeps_its_sides_and_tells_its_slant(shift, degrees):
    measured = properties.strokes(sheared(16, 3, shift))
    assert measured["slant"] == pytest.approx([degrees])
    assert measured["height"] == pytest.approx([16])
    assert measured["width"] == pytest.approx([3])


@pytest.mark.parametrize("thickness", [2, 3, 5])
def test_thickness_is_that_of_the_stroke_whatever_its_direction(thickness):
    length = 25
    expected = thickness * length / (thickness + length)  # of a box: 2 area / perimeter
    upright, lying = canvas((2, 3, length, thickness), (3, 2, thickness, length))
    for image in (upright, lying):
        assert properties.strokes(image[None])["thickness"][0] == pytest.approx(expected, rel=0.03)


def test_thickness_of_a_ring_is_the_difference_of_its_radii():
    y, x = np.mgrid[-30:31, -30:31]
    radius = np.hypot(x, y)
    ring = np.clip(radius - 19.5, 0, 1) * np.clip(24.5 - radius, 0, 1)  # soft edges, as of MNIST: 20 to 24
    measured = properties.strokes(ring[None, :, :, None])["thickness"][0]
    assert measured == pytest.approx(4, rel=0.07)  # a slanted edge counts a little too long


def test_a_black_image_has_no_form():
    with np.errstate(all="raise"):
        measured = properties.strokes(np.zeros((1, 8, 8, 1)))
    assert all(np.isnan(values).all() for values in measured.values())


def test_lighting_of_a_ramp():
    ramp = np.linspace(0.2, 0.6, 16)[None, None, :, None] * np.ones((1, 12, 1, 3))
    ramp[..., 0] += 0.1
    measured = properties.lighting(ramp)
    assert measured["brightness"] == pytest.approx([0.4 + 0.1 / 3])
    assert measured["contrast"] == pytest.approx([np.linspace(0.2, 0.6, 16).std()])
    assert measured["redness"] == pytest.approx([0.1])
    assert measured["from the right"] == pytest.approx([0.4])
    assert measured["from below"] == pytest.approx([0])
    below = properties.lighting(ramp.transpose(0, 2, 1, 3))
    assert (below["from below"][0], below["from the right"][0]) == pytest.approx((0.4, 0))


def test_the_latent_that_follows_a_property_is_found():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(500, 3))
    measured = {"slant": 2 - 3 * codes[:, 1], "height": codes[:, 0] + codes[:, 2], "flat": np.ones(500)}
    r2 = properties.squared_correlations(codes, measured)
    assert r2[1, 0] == pytest.approx(1)
    assert r2[0, 1] == pytest.approx(np.corrcoef(codes[:, 0], measured["height"])[0, 1] ** 2)
    assert (r2[:, 2] == 0).all()
    best, second = properties.follow(codes, measured)
    assert best["slant"] == pytest.approx(1)
    assert second["slant"] < 0.02
    assert best["height"] - second["height"] < 0.2


def test_images_without_a_form_do_not_count():
    codes = np.arange(6.0)[:, None]
    measured = {"slant": np.array([0, 1, 2, 3, np.nan, 5])}
    assert properties.squared_correlations(codes, measured)[0, 0] == pytest.approx(1)
