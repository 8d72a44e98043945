"""What is said of mistakes that nobody has planned: which part of the error is wrong, and nothing where all is."""

import numpy as np
import pytest

import nn

SIZES = ((5, 3), (7, 11), (13, 7))


def draws(seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=size) for size in SIZES]


X, DY, T, NOISE = draws(1), draws(2), draws(3), draws(4)


def finding(gradients, truth, **known):
    known.setdefault("axes", ("batch", "feature"))
    return nn.diagnose([*gradients], [*truth], **known)


def each(f, *lists):
    return [f(*arrays) for arrays in zip(*lists, strict=True)]


def rows(a):
    return np.random.default_rng(len(a)).normal(size=(len(a), 1))


def centred(a):
    return a - a.mean(axis=1, keepdims=True)


KNOWN = {"x": X, "dy": DY}
PARTS = {
    "the term along x in each example": each(lambda t, x: t + rows(t) * x, T, X),
    "one number for each example": each(lambda t: t + rows(t), T),
    "a term 0.37 times x times dy^2": each(lambda t, x, dy: t + 0.37 * x * dy**2, T, X, DY),
    "a term of a single column times a single row": each(lambda t: t + rows(t) * rows(t.T).T, T),
    "a number for each example plus one for each feature": each(lambda t: t + rows(t) + rows(t.T).T, T),
    "a factor for each example and feature": each(lambda t: t * rows(t) * rows(t.T).T, T),
    "all but the sum of gradient over each example": each(lambda t, e: t + centred(e), T, NOISE),
    "a term: a function of x alone": each(lambda t, x: t + 1 / (1 + x**4), T, X),
    "a factor that depends on dy alone": each(lambda t, dy: t * np.cos(dy) ** 3, T, DY),
}


@pytest.mark.parametrize("place", PARTS)
def test_the_wrong_part_of_an_error(place):
    found = finding(PARTS[place], T, quantities=KNOWN)
    assert found.name is None
    assert found.location == place


@pytest.mark.parametrize("size", [1e-3, 1.0])
def test_an_error_without_parts_is_everywhere(size):
    gradients = each(lambda t, e: t + size * e, T, NOISE)
    assert finding(gradients, T, quantities=KNOWN).location == "everywhere"


def test_a_sum_that_should_be_0_is_told_and_no_other():
    truth, noise = each(centred, T), each(lambda e: e * (1 + e), NOISE)
    gradients = each(np.add, truth, noise)
    assert finding(gradients, truth).location == "the sum of gradient over each example: not 0"
    assert finding(each(np.add, T, noise), T).location == "everywhere"


def test_a_wrong_slope_is_told_over_what_it_depends_on():
    truth = each(lambda x, dy: dy / np.cosh(x) ** 2, X, DY)
    found = finding(each(lambda x, dy: dy / (1 + x**4), X, DY), truth, quantities=KNOWN)
    assert found.location == "what depends on x in each element"
    assert "dy times what depends on x alone, as it should be" in found.message
    noisy = each(lambda x, dy, e: dy / (1 + x**4) * (2 + e), X, DY, NOISE)
    assert finding(noisy, truth, quantities=KNOWN).location == "everywhere"


def test_what_does_not_depend_on_enough():
    truth = each(lambda x, e: x * np.sin(3 * e) + e, X, NOISE)
    found = finding(each(lambda x: np.sin(x) ** 3 + x, X), truth, quantities=KNOWN)
    assert found.location == "no more in it than a function of x alone"


@pytest.mark.parametrize(
    ("power", "place"), [(2, "a power of what dy is multiplied with"), (0, "nothing but dy in it"), (1.3, "everywhere")]
)
def test_a_power_of_all_but_a_known_factor(power, place):
    roots = each(lambda e: 1 + np.abs(e), NOISE)
    truth = each(lambda dy, r: dy / r, DY, roots)
    scales = iter((1.0, 0.7, 1.9))
    gradients = each(lambda dy, r: next(scales) * dy / r**power, DY, roots)
    assert finding(gradients, truth, quantities={"dy": DY}).location == place


@pytest.mark.parametrize(
    ("error", "place"),
    [
        (lambda x: 0.3 * len(x), "a constant for each example"),
        (lambda x: 0.5 * np.abs(x).sum() / len(x), "a term with the sum of |x|"),
        (lambda x: (x**2 - x).sum() / len(x), "a term with the sum of x and the sum of x^2"),
        (lambda x: np.sin(x).sum(), "everywhere"),
    ],
)
def test_the_error_of_a_single_number(error, place):
    truth = [np.float64(5.0 + k) for k in range(3)]
    sizes = [{"batch": len(x)} for x in X]
    wrong = [t + error(x) for t, x in zip(truth, X, strict=True)]
    assert nn.diagnose(wrong, truth, sizes=sizes, quantities={"x": X}, name="loss").location == place


@pytest.mark.parametrize(
    ("summed", "name"),
    [(lambda x, dy: np.abs(dy), "|dy| for dy"), (lambda x, dy: dy * x**2, "dy x^2 for dy"),
     (lambda x, dy: np.sin(5 * dy), None)],
)  # fmt: skip
def test_formulas_under_a_sum(summed, name):
    truth = [dy.sum(axis=0) for dy in DY]
    gradients = [summed(x, dy).sum(axis=0) for x, dy in zip(X, DY, strict=True)]
    assert nn.diagnose(gradients, truth, axes=("channel",), quantities=KNOWN).name == name


WIDE = [np.random.default_rng(k).normal(size=(3 + k, 13)) for k in range(3)]  # fewer rows than columns
BACK = [np.random.default_rng(9 + k).normal(size=(3 + k, 11)) for k in range(3)]


def product(change):
    known = {"x": WIDE, "dy": BACK}
    gradients = [x.T @ change(dy) for x, dy in zip(WIDE, BACK, strict=True)]
    truth = [x.T @ dy for x, dy in zip(WIDE, BACK, strict=True)]
    return nn.diagnose(gradients, truth, axes=("input", "output"), quantities=known)


def test_products_of_known_tables_have_a_name():
    assert product(lambda dy: dy**2).name == "equals x^T dy^2"
    assert product(lambda dy: dy - dy.mean(axis=0)).name == "equals x^T (dy - mean)"


def test_a_matrix_product_too_much_is_told():
    truth = each(lambda x, dy: x.T @ dy + np.sin(x.T @ dy), WIDE, BACK)
    known = {"x": WIDE, "dy": BACK}
    gradients = each(lambda t, x, dy: t + 3 * x.T @ np.abs(dy), truth, WIDE, BACK)
    assert nn.diagnose(gradients, truth, quantities=known).location == "a term 3 times the matrix product x^T |dy|"
    gradients = each(lambda t, x, dy: t + np.exp(x.T @ dy), truth, WIDE, BACK)
    assert nn.diagnose(gradients, truth, quantities=known).location == "a function of the truth"


def test_the_factor_behind_a_known_one_is_looked_into():
    found = product(lambda dy: np.arctan(2 * dy))
    assert found.name is None
    assert found.location.startswith("what stands behind x^T: what depends on dy")
    assert product(lambda dy: np.random.default_rng(0).normal(size=dy.shape)).location == "what stands behind x^T"
    gradients = [np.random.default_rng(k).normal(size=(13, 11)) for k in range(3)]
    truth = [x.T @ dy for x, dy in zip(WIDE, BACK, strict=True)]
    assert nn.diagnose(gradients, truth, quantities={"x": WIDE, "dy": BACK}).location == "everywhere"


def test_an_array_that_the_truth_does_not_need_is_no_part_of_it():
    """As batch norm in evaluation: the truth is made of dy alone, and not "of dy and x"."""
    scale = [np.random.default_rng(k).uniform(1, 2, size=dy.shape[1]) for k, dy in enumerate(BACK)]
    truth = each(lambda dy, s: s * dy, BACK, scale)
    gradients = each(lambda t: t - t.mean(axis=0), truth)
    x = [np.random.default_rng(k).normal(size=dy.shape) for k, dy in enumerate(BACK)]
    said = nn.diagnose(gradients, truth, axes=("batch", "channel"), quantities={"dy": BACK, "x": x}).message
    assert "should be made of" not in said
    assert "one and the same number in all of each channel" in said


def test_a_quotient_of_sizes_is_told_both_ways():
    truth = each(lambda dy: 1.0 * dy, BACK)
    gradients = each(lambda dy: dy * len(dy) / dy.shape[1], BACK)
    found = nn.diagnose(gradients, truth, axes=("batch", "latents"))
    assert found.name == "times batch / latents"
    assert "divided by latents where batch is meant" in found.message


def test_numbers_that_are_wrong_in_some_draws_only():
    assert nn.diagnose([1.5, 2.0, 3.0], [1.0, 2.0, 3.0]).location == "in 1 of 3 draws"
