"""Where a gradient is wrong that has no name, and names that are refused because two explanations fit."""

import numpy as np
import pytest

import nn

SIZES = ((5, 3), (7, 11), (13, 7))


def draws(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=size) for size in SIZES]


def place(wrong, truth, **known):
    """Where the truth, made wrong by `wrong`, differs from it."""
    gradients = [wrong(t.copy(), k) for k, t in enumerate(truth)]
    finding = nn.diagnose(gradients, truth, axes=("batch", "feature"), **known)
    assert finding.name is None, finding
    return finding.location


X, DY, T = draws(1), draws(2), draws(3)


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (lambda x, dy: x > 0, "where x is positive"),
        (lambda x, dy: x > 0.5, "where x lies above about 0."),
        (lambda x, dy: x * dy < 0, "where x times dy is negative"),
        (lambda x, dy: np.abs(x - dy) > 1, "where |x - dy| lies above about"),
        (lambda x, dy: x == x.max(1, keepdims=True), "where x is the largest along feature"),
        (lambda x, dy: (x > 0) & (dy > 0), "where x is positive and dy is positive"),
        (lambda x, dy: np.arange(x.shape[1]) % 2 == np.ones_like(x), "feature"),
    ],
)
def test_conditions_that_pick_the_wrong_elements(mask, words):
    def wrong(t, k):
        return np.where(mask(X[k], DY[k]), t + np.sin(50 * t), t)

    assert words in place(wrong, T, quantities={"x": X, "dy": DY})


def test_what_stands_there_is_told():
    location = place(lambda t, k: np.where(X[k] > 0, DY[k], t), T, quantities={"x": X, "dy": DY})
    assert location == "where x is positive, where yours is dy"


def test_a_mask_of_scattered_elements_is_not_explained_by_chance():
    rng = np.random.default_rng(5)
    location = place(lambda t, k: t + (rng.random(t.shape) < 0.3), T, quantities={"x": X, "dy": DY})
    assert location.startswith("in ")


def test_a_named_mistake_in_a_part_has_a_place():
    truth = draws()
    finding = nn.diagnose([np.clip(t, -1, 1) for t in truth], truth)
    assert finding.name == "clipped"
    assert finding.location.startswith("where |the truth| lies above about")


def test_a_mask_that_lets_one_sign_through_is_not_clipping():
    assert place(lambda t, k: np.minimum(t, 0), T) == "where the truth is positive, where yours is 0"


def test_a_constant_that_is_a_size_in_all_draws_is_no_name():
    rng = np.random.default_rng(0)
    truth = [rng.normal(size=(batch, 9)) for batch in (5, 7, 11)]
    finding = nn.diagnose([3 * t for t in truth], truth, axes=("batch", "feature"))
    assert finding.name is None
    assert "9 is the feature size, in all draws. That may be chance" in finding.message


@pytest.mark.parametrize(
    ("factor", "name"), [(0, "missing"), (-1, "with the wrong sign"), (None, "(feature not divided)"), (1.7, None)]
)
def test_a_wrong_term_of_rows_is_found_without_the_formula(factor, name):
    """Rows of length 1: dx = (dy - y sum(dy y)) / |x|, with another second term."""
    lengths = [np.linalg.norm(x, axis=1, keepdims=True) for x in X]
    y = [x / n for x, n in zip(X, lengths, strict=True)]

    def dx(k, c):
        return (DY[k] - c * y[k] * (DY[k] * y[k]).sum(1, keepdims=True)) / lengths[k]

    truth = [dx(k, 1) for k in range(3)]
    gradient = [dx(k, truth[k].shape[1] if factor is None else factor) for k in range(3)]
    quantities = {"dy": DY, "y": y}
    finding = nn.diagnose(gradient, truth, axes=("batch", "feature"), quantities=quantities)
    assert finding.name == (f"the term along y {name}" if name else None)
    assert finding.location == "the term along y"


def test_which_factor_of_a_product_is_wrong():
    rng = np.random.default_rng(0)
    left, right, other = rng.normal(size=(11, 3)), rng.normal(size=(3, 7)), rng.normal(size=(3, 7))
    finding = nn.diagnose(left @ other, left @ right)
    assert finding.location == "the second factor of the product"


class Largest:
    """The largest of each 2 x 2 block."""

    def forward(self, x):
        self.blocks = x.reshape(len(x), x.shape[1] // 2, 2, x.shape[2] // 2, 2, x.shape[3])
        self.y = self.blocks.max(axis=(2, 4), keepdims=True)
        return self.y[:, :, 0, :, 0]

    def backward(self, dy):
        return (self.chosen() * dy[:, :, None, :, None]).reshape(len(dy), 2 * dy.shape[1], 2 * dy.shape[2], dy.shape[3])


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (lambda s: s.blocks == s.blocks.min(axis=(2, 4), keepdims=True), "the smallest element of its window"),
        (lambda s: s.blocks == s.blocks[:, :, :1, :, :1], "the first element of its window"),
        (lambda s: (s.blocks == s.y) & (s.y > 0.5), "dy that goes nowhere"),
        (lambda s: s.blocks == s.blocks.max(axis=2, keepdims=True), "dy to too many elements"),
    ],
)
def test_where_a_pooling_sends_dy(chosen, words):
    wrong = type("Wrong", (Largest,), {"chosen": chosen})
    assert words in nn.diagnose(wrong(), (3, 4, 6, 2)).location


def test_a_fresh_mask_is_the_right_factors_at_other_elements():
    class Dropout:
        def forward(self, x):
            self.shape = x.shape
            return x * self.mask(0)

        def mask(self, seed):
            return (np.random.default_rng(seed).random(self.shape) < 0.6) / 0.6

        def backward(self, dy):
            return dy * self.mask(1)

    assert nn.diagnose(Dropout(), (5, 3)).location == "the elements that the mask lets through"


@pytest.mark.parametrize(
    ("gradient", "words"),
    [
        (lambda x, t: np.tanh(x - np.roll(t, 1, 0)), "between one example and another"),
        (lambda x, t: np.tanh(x), "what comes from target"),
    ],
)
def test_what_a_loss_answers_to(gradient, words):
    def log_cosh(x, target):
        return np.log(np.cosh(x - target)).sum() / len(x), gradient(x, target) / len(x)

    rng = np.random.default_rng(0)
    assert nn.diagnose(log_cosh, rng.normal(size=(5, 3)), rng.normal(size=(5, 3))).location == words
