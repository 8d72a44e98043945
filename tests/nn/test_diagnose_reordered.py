"""The right numbers elsewhere, one number along an axis, a curve over the right ones; and wrong lengths of axes."""

import numpy as np

import nn

SIZES = ((5, 13), (7, 11), (13, 7))
RNG = np.random.default_rng(0)
T = [RNG.normal(size=size) for size in SIZES]


def found(wrong, truth=T, **known):
    return nn.diagnose([wrong(t) for t in truth], truth, axes=("batch", "feature"), **known)


def test_the_right_numbers_in_another_order():
    finding = found(lambda t: t.ravel()[np.random.default_rng(1).permutation(t.size)].reshape(t.shape))
    assert finding.name is None
    assert finding.location == "the order of the numbers"
    nearly = found(lambda t: 1.0001 * t.ravel()[np.random.default_rng(1).permutation(t.size)].reshape(t.shape))
    assert nearly.location != "the order of the numbers"


def test_one_number_along_an_axis():
    finding = found(lambda t: np.broadcast_to(np.sin(t).sum(axis=1, keepdims=True), t.shape))
    assert finding.name is None
    assert finding.location == "one number along feature"


def test_a_curve_over_the_truth():
    finding = found(lambda t: np.log(1 + np.exp(t)))
    assert finding.name is None
    assert finding.location == "a function of the truth"
    noisy = found(lambda t: np.log(1 + np.exp(t)) + 0.2 * np.random.default_rng(2).normal(size=t.shape))
    assert noisy.location != "a function of the truth"


def test_numbers_that_stand_there_twice_make_no_curve():
    truth = [np.concatenate([t, t], axis=1) for t in T]
    finding = found(lambda t: t + np.random.default_rng(3).normal(size=t.shape), truth)
    assert finding.location != "a function of the truth"
    symmetric = [t @ t.T for t in T]
    finding = found(lambda s: s + np.outer(s[0], s[0]), symmetric)
    assert finding.location != "a function of the truth"


def test_a_factor_and_a_constant():
    finding = found(lambda t: 0.3 * t + 0.7)
    assert finding.location == "a factor and a constant"
    assert "0.3 times the right one plus 0.7" in finding.message


def test_a_running_sum_over_rows_and_columns():
    assert found(lambda t: np.cumsum(t).reshape(t.shape)).name == "cumulative sum of all elements"


def test_one_number_everywhere_is_not_called_clipped():
    assert found(lambda t: np.ones_like(t)).name is None


def test_which_axis_is_too_short():
    finding = found(lambda t: t[:, :-2])
    assert finding.name is None
    assert "axis 1 is too short by 2 in all draws" in finding.message


def test_axes_that_have_changed_places():
    truth = [np.random.default_rng(4).normal(size=(size, 3, 17)) for size in (5, 7, 11)]
    finding = nn.diagnose([np.swapaxes(t, 1, 2) for t in truth], truth)
    assert "have axes changed places" in finding.message
