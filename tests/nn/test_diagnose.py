"""The five techniques on plain arrays, what keeps them from false names, and what the front door refuses."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.diagnosis import formulas

BATCHES = (5, 7, 11)


def draws(*shape, seed=0):
    """Three arrays (batch, *shape) with other batch sizes."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(batch, *shape)) for batch in BATCHES]


def test_a_right_gradient_is_ok():
    truth = draws(3)
    finding = nn.diagnose([t.copy() for t in truth], truth)
    assert finding.ok
    assert finding.names == ()


def test_a_ratio_is_factored_and_told():
    truth = draws(3)
    finding = nn.diagnose([len(t) * t for t in truth], truth, name="dW", axes=("batch", "feature"))
    assert finding.names == ("batch not divided",)
    assert "dW is exactly 5, 7 and 11 (draw by draw) times the truth" in str(finding)


def test_one_draw_whose_batch_has_the_size_of_another_axis_gets_both_names():
    truth = np.random.default_rng(0).normal(size=(5, 5))
    finding = nn.diagnose(5 * truth, truth, axes=("batch", "feature"))
    assert {"batch not divided", "feature not divided"} <= set(finding.names)


def test_a_ratio_that_differs_from_draw_to_draw_without_a_reason_has_no_name():
    truth = draws(3)
    finding = nn.diagnose([r * t for r, t in zip((1.3, 0.7, 2.2), truth, strict=True)], truth)
    assert finding.name is None
    assert not finding.ok


def test_a_name_must_hold_in_all_draws():
    truth = draws(3)
    gradient = [-truth[0], -truth[1], truth[2] * np.arange(1, 4)]
    assert nn.diagnose(gradient, truth).name is None


@pytest.mark.parametrize(
    ("operator", "name"),
    [
        (lambda t: t[:, ::-1], "reversed along column"),
        (lambda t: np.broadcast_to(t.sum(axis=1, keepdims=True), t.shape), "summed over the column axis"),
        (lambda t: np.concatenate([np.zeros_like(t[:, :1]), t[:, :-1]], axis=1), "shifted by one pixel"),
        (lambda t: np.clip(t, -0.5, 0.5), "clipped"),
        (np.abs, "absolute value"),
    ],
)
def test_operators_on_the_truth(operator, name):
    truth = draws(13)
    assert nn.diagnose([operator(t) for t in truth], truth).names == (name,)


def test_a_power_of_a_quantity():
    truth, scale = draws(3), [np.array([0.5, -2.0, 3.0])] * 3
    gradient = [t / s**2 for t, s in zip(truth, scale, strict=True)]
    assert nn.diagnose(gradient, truth, quantities={"scale": scale}).names == ("divided by scale^2",)


def test_terms_missing_doubled_and_flipped():
    a, b, c = draws(3), draws(3, seed=1), draws(3, seed=2)
    truth = [x + y + z for x, y, z in zip(a, b, c, strict=True)]
    terms = {"a": a, "b": b, "c": c}
    for coefficients, name in {(1, 0, 1): "b missing", (2, 1, 1): "a doubled", (1, 1, -1): "sign of c flipped"}.items():
        gradient = [sum(k * x for k, x in zip(coefficients, xs, strict=True)) for xs in zip(a, b, c, strict=True)]
        finding = nn.diagnose(gradient, truth, terms=terms)
        assert finding.names == (name,)
        assert "term" in finding.location


def test_three_wrong_terms_are_no_explanation():
    parts = [draws(3, seed=k) for k in range(4)]
    truth = [sum(xs) for xs in zip(*parts, strict=True)]
    gradient = [1.3 * a + 0.2 * b - 2.1 * c + d for a, b, c, d in zip(*parts, strict=True)]
    assert nn.diagnose(gradient, truth, terms=dict(zip("abcd", parts, strict=True))).name is None


def test_terms_that_cannot_be_told_apart_explain_nothing():
    a, b = draws(3), draws(3, seed=1)
    twins = [x + 1e-9 * y for x, y in zip(a, b, strict=True)]
    truth = [x + y for x, y in zip(a, twins, strict=True)]
    gradient = [x + 1.7 * y for x, y in zip(a, b, strict=True)]
    assert nn.diagnose(gradient, truth, terms={"a": a, "its twin": twins}).name is None


def test_exchanged_weights_of_a_running_average():
    old, new = draws(3), draws(3, seed=1)
    right = [0.9 * a + 0.1 * b for a, b in zip(old, new, strict=True)]
    wrong = [0.1 * a + 0.9 * b for a, b in zip(old, new, strict=True)]
    finding = nn.diagnose(wrong, right, name="running mean", terms={"the old value": old, "the batch's": new})
    assert finding.names == ("weights of the old value and the batch's exchanged",)


def test_examples_left_out_are_listed():
    x, dy = draws(3), draws(7, seed=1)
    summands = [a[:, :, None] * b[:, None, :] for a, b in zip(x, dy, strict=True)]
    truth = [s.sum(axis=0) for s in summands]
    gradient = [s[:-1].sum(axis=0) for s in summands]
    finding = nn.diagnose(gradient, truth, summands={"example": summands})
    assert finding.names == ("some example left out",)
    assert "[4], [6], [10]" in finding.location


def test_a_candidate_that_is_nearly_the_truth_names_nothing():
    truth = draws(3)
    rng = np.random.default_rng(1)
    near = [t + 1e-4 * rng.normal(size=t.shape) for t in truth]
    gradient = [t + 1e-4 * rng.normal(size=t.shape) for t in truth]
    assert nn.diagnose(gradient, truth, mutants={"nearly": near}).name is None


def test_two_mutants_with_the_same_numbers_are_both_told():
    truth, mutant = draws(3), draws(3, seed=1)
    finding = nn.diagnose([m.copy() for m in mutant], truth, mutants={"one": mutant, "other": mutant})
    assert finding.names == ("one", "other")


@pytest.mark.parametrize(
    "mistake", ["no bias correction", "eps inside the root", "t counted from 0", "root forgotten", "1 - beta for beta"]
)
def test_mistakes_in_adam(mistake):
    rights, wrongs, everything = [], [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        gradients, start = rng.normal(size=(4, 3, 5)), rng.normal(size=(3, 5))
        right, mutants = formulas.adam(gradients, start, eps=1e-3)
        rights.append(right - start)
        wrongs.append(mutants[mistake] - start)
        everything.append({name: array - start for name, array in mutants.items()})
    finding = nn.diagnose(wrongs, rights, mutants=everything)
    assert finding.names == (mistake,)


@pytest.mark.parametrize(
    ("corrupt", "location"),
    [
        (lambda g: g.__setitem__((slice(None), 2), 7.0), "column last (2)"),
        (lambda g: g.__setitem__(0, 0.0), "row first (0)"),
        (lambda g: g.__setitem__((1, 1), np.nan), "(1, 1)"),
    ],
)
def test_what_has_no_name_has_a_place(corrupt, location):
    truth = draws(3)
    gradient = [t.copy() for t in truth]
    for g in gradient:
        corrupt(g)
    finding = nn.diagnose(gradient, truth)
    assert finding.name is None
    assert location in finding.location


def test_the_border_of_images_is_told():
    truth = draws(5, 7, 3)
    gradient = [2.7 * t for t in truth]
    for g, t in zip(gradient, truth, strict=True):
        g[:, 1:-1, 1:-1] = t[:, 1:-1, 1:-1]
    location = nn.diagnose(gradient, truth).location
    assert location == "at the border of height and width, where yours is 2.7 times the truth"


@pytest.mark.parametrize(
    ("shape", "name"),
    [((1, 7), "kept as (1, n)"), ((5,), "summed over the wrong axis"), ((), "summed over everything")],
)
def test_wrong_shapes_of_a_bias(shape, name):
    finding = nn.diagnose(np.ones(shape), np.ones(7), sizes={"batch": 5})
    assert finding.name == name
    assert finding.stage == "shape"


def test_single_precision_is_named():
    truth = draws(3)
    assert nn.diagnose([t.astype("f") for t in truth], truth).name == "float32 inside"


def test_what_is_not_written_is_said():
    class Stub:
        def forward(self, x):
            raise NotImplementedError("Stub.forward")

    finding = nn.diagnose(Stub(), (5, 3))
    assert finding.names == ("not written",)
    assert finding.stage == "written"


def test_a_memory_of_the_first_call_is_found():
    class Remembering:
        def forward(self, x):
            if not hasattr(self, "slope"):
                self.slope = 1 - np.tanh(x) ** 2
            return np.tanh(x)

        def backward(self, dy):
            return dy * self.slope[: len(dy)] if len(dy) <= len(self.slope) else np.zeros_like(dy)

    assert nn.diagnose(Remembering(), (5, 3)).name == "stale cache"


def test_the_layer_itself_is_not_touched():
    layer = nn.BatchNorm(3)
    before = {name: array.copy() for name, array in layer.state().items()}
    assert nn.diagnose(layer, np.random.default_rng(0).normal(size=(5, 3)).astype("f")).ok
    for name, array in layer.state().items():
        np.testing.assert_array_equal(array, before[name])


def test_clear_errors():
    with pytest.raises(TypeError, match="give an array with its truth"):
        nn.diagnose("dW", np.ones(3))
    with pytest.raises(TypeError, match="without an x"):
        nn.diagnose(nn.Tanh())
    with pytest.raises(ValueError, match="2 gradients and 1 truths"):
        nn.diagnose([np.ones(3), np.ones(3)], np.ones(3))
    with pytest.raises(ValueError, match="smaller example"):
        nn.diagnose(nn.Dense(2000, 1000), (5, 2000))


def test_it_needs_numpy_and_nothing_else(tmp_path):
    shutil.copytree(Path(nn.diagnosis.__file__).parent, tmp_path / "diagnosis")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import diagnosis, numpy as np\n"
        "print(diagnosis.diagnose(-np.arange(6.0), np.arange(6.0)).name)\n"
        "print([m for m in ('nn', 'scipy', 'sklearn', 'threadpoolctl') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["sign flipped", "[]"]
