"""Dropout, layer and group normalisation, embeddings, branches, smooth activations: gradients, small cases, errors."""

import numpy as np
import pytest

import nn
from nn.embedding import sum_by_index
from nn.layer_norm import normalise_groups, normalise_groups_gradient

in_both_modes = pytest.mark.parametrize("training", [True, False])


def randomised(layer, rng):
    for parameter in layer.parameters():
        parameter.data[...] = rng.normal(size=parameter.data.shape)
    return layer


def residual():
    return nn.Residual(nn.Sequential(nn.Dense(4, 3), nn.Tanh()), nn.Dense(4, 3, bias=False))


CASES = [
    (nn.Softplus, (3, 5)),
    (nn.ELU, (3, 5)),
    (lambda: nn.ELU(0.3), (2, 3, 2, 2)),
    (nn.SiLU, (3, 5)),
    (nn.GELU, (2, 3, 2, 2)),
    (lambda: nn.Dropout(0.3, rng=0), (5, 7)),
    (lambda: nn.Sequential(nn.Dense(4, 3), nn.Dropout(rng=1), nn.Tanh(), nn.Dropout(rng=2)), (3, 4)),
    (lambda: nn.LayerNorm(5), (3, 5)),
    (lambda: nn.LayerNorm(2), (1, 2)),
    (lambda: nn.LayerNorm(3), (2, 3, 5, 3)),
    (lambda: nn.GroupNorm(2, 6), (3, 6)),
    (lambda: nn.GroupNorm(3, 6), (2, 3, 5, 6)),
    (lambda: nn.GroupNorm(1, 3), (1, 2, 1, 3)),
    (lambda: nn.GroupNorm(4, 4), (2, 3, 1, 4)),
    (residual, (3, 4)),
    (lambda: nn.Residual(nn.Sequential(nn.Conv2D(2, 2, 3, bias=False), nn.BatchNorm(2), nn.SiLU())), (2, 3, 4, 2)),
    (lambda: nn.Residual(nn.Identity(), nn.Identity()), (2, 3)),
    (lambda: nn.Residual(nn.Residual(nn.Dense(3, 3))), (2, 3)),
    (lambda: nn.Concatenate(nn.Identity(), nn.Dense(4, 1), nn.Dense(4, 3)), (3, 4)),
    (lambda: nn.Concatenate(nn.Conv2D(2, 3, 1), nn.Conv2D(2, 1, 3), nn.MaxPool2D(3, 1, "same")), (2, 4, 3, 2)),
    (lambda: nn.Concatenate(residual()), (1, 4)),
]


@pytest.mark.parametrize(("make", "shape"), CASES)
@in_both_modes
def test_gradients(make, shape, training):
    rng = np.random.default_rng(1)
    layer = randomised(make(), rng)
    layer(rng.normal(size=shape).astype("f"), training=True)
    report = nn.check_gradients(layer, rng.normal(1, 2, size=shape), training=training)
    assert report.ok, report


@pytest.mark.parametrize(("make", "shape"), CASES)
@in_both_modes
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays_and_nobody_changes_the_input_or_dy(make, shape, training, dtype):
    rng = np.random.default_rng(2)
    layer = make()
    for parameter in layer.parameters():
        parameter.data = parameter.data.astype(dtype)
        parameter.zero_grad()
    x = rng.normal(size=shape).astype(dtype)
    x_before = x.copy()
    y = layer(x, training=training)
    dy = rng.normal(size=y.shape).astype(dtype)
    dy_before = dy.copy()
    dx = layer.backward(dy)
    assert y.dtype == dx.dtype == dtype
    assert {parameter.grad.dtype for parameter in layer.parameters()} <= {np.dtype(dtype)}
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(dy, dy_before)


@pytest.mark.parametrize(("make", "shape"), CASES)
def test_a_gradient_of_a_wrong_shape_or_too_early(make, shape):
    layer = make()
    with pytest.raises(RuntimeError, match="backward was called before forward"):
        layer.backward(np.ones(shape, np.float32))
    layer(np.ones(shape, np.float32), training=True)
    with pytest.raises(ValueError, match="dy is the gradient for that output"):
        layer.backward(np.ones((1, 1), np.float32))


# ---- Dropout


def test_dropout_keeps_the_mean_and_the_share():
    y = nn.Dropout(0.2, rng=0)(np.ones((100, 1000), np.float32), training=True)
    assert set(np.unique(y)) == {0, np.float32(1 / 0.8)}
    assert (y == 0).mean() == pytest.approx(0.2, abs=0.01)
    assert y.mean() == pytest.approx(1, abs=0.01)


def test_dropout_draws_a_new_mask_each_time_and_the_same_ones_for_a_seed():
    x = np.ones((4, 50), np.float32)
    one, other = nn.Dropout(rng=3), nn.Dropout(rng=3)
    first, second = one(x, training=True), one(x, training=True)
    assert (first != second).any()
    np.testing.assert_array_equal(other(x, training=True), first)


def test_dropout_does_nothing_in_evaluation():
    layer, x = nn.Dropout(0.9), np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(layer(x), x)
    np.testing.assert_array_equal(layer.backward(2 * x), 2 * x)


def test_a_gradient_check_leaves_the_generator_alone():
    layer, x = nn.Dropout(rng=0), np.ones((4, 50), np.float32)
    expected = nn.Dropout(rng=0)(x, training=True)
    assert nn.check_gradients(layer, x).ok
    np.testing.assert_array_equal(layer(x, training=True), expected)


def test_a_wrong_gradient_of_a_random_layer_is_noticed():
    class Wrong(nn.Dropout):
        def backward(self, dy):
            return super().backward(dy) * (1 - self.rate)

    assert not nn.check_gradients(Wrong(rng=0), np.ones((4, 5))).ok


# ---- Normalisation


def test_each_row_and_each_group_is_normalised():
    x = np.random.default_rng(0).normal(3, 5, size=(4, 3, 5, 6))
    rows = nn.LayerNorm(6, dtype=np.float64)(x)
    np.testing.assert_allclose(rows.mean(axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose(rows.var(axis=-1), 1, rtol=1e-3)
    groups = nn.GroupNorm(3, 6, dtype=np.float64)(x)[..., 2:4]
    np.testing.assert_allclose(groups.mean(axis=(1, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(groups.var(axis=(1, 2, 3)), 1, rtol=1e-3)


def test_one_group_of_rows_is_layer_norm():
    x = np.random.default_rng(0).normal(size=(4, 6)).astype("f")
    np.testing.assert_allclose(nn.GroupNorm(1, 6)(x), nn.LayerNorm(6)(x), rtol=1e-5)


@pytest.mark.parametrize("shape", [(3, 5, 2, 4), (2, 1, 3, 1), (1, 6, 1, 2), (4, 7, 6, 1)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-5), (np.float64, 1e-12)])
def test_both_forms_of_the_normalisation_agree(shape, dtype, tolerance):
    rng = np.random.default_rng(7)
    x, dx_hat = (rng.normal(3, 2, size=shape).astype(dtype) for _ in range(2))
    results = {}
    for form in ("plain", "fast"):
        with nn.use(form):
            x_hat, deviation = normalise_groups(x, 1e-2)
            results[form] = x_hat, deviation, normalise_groups_gradient(dx_hat, x_hat, deviation)
    for plain, fast in zip(*results.values(), strict=True):
        assert plain.dtype == fast.dtype == dtype
        np.testing.assert_allclose(fast, plain, rtol=tolerance, atol=tolerance * np.abs(plain).max())


def test_a_constant_row_stays_finite():
    np.testing.assert_array_equal(nn.LayerNorm(4)(np.full((2, 4), 1e4, np.float32)), 0)


# ---- Embedding


@pytest.mark.parametrize("shape", [(7,), (2, 3), (1, 2, 2)])
@pytest.mark.parametrize("dtype", [np.int64, np.uint8])
@in_both_modes
def test_embedding_gradients(shape, dtype, training):
    rng = np.random.default_rng(3)
    layer = nn.Sequential(nn.Embedding(4, 3, rng=rng), nn.LayerNorm(3), nn.Tanh())
    report = nn.check_gradients(layer, rng.integers(4, size=shape).astype(dtype), training=training)
    assert report.ok, report
    assert [comparison.name for comparison in report.comparisons] == ["0.weight", "1.scale", "1.shift"]


def test_an_embedding_is_a_dense_layer_of_one_hot_vectors():
    rng = np.random.default_rng(4)
    embedding, dense = nn.Embedding(5, 3, rng=rng), nn.Dense(5, 3, bias=False)
    dense.weight.data = embedding.weight.data
    x, dy = np.array([4, 0, 4, 1]), rng.normal(size=(4, 3)).astype("f")
    np.testing.assert_array_equal(embedding(x), dense(np.eye(5, dtype=np.float32)[x]))
    assert embedding.backward(dy) is None
    dense.backward(dy)
    np.testing.assert_allclose(embedding.weight.grad, dense.weight.grad, rtol=1e-6)


@pytest.mark.parametrize("m", [0, 1, 50])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_both_forms_of_the_sum_by_index_agree(m, dtype):
    rng = np.random.default_rng(5)
    rows, index = rng.normal(size=(m, 3)).astype(dtype), rng.integers(7, size=m)
    with nn.use("plain"):
        plain = sum_by_index(rows, index, 7)
    fast = sum_by_index(rows, index, 7)
    assert plain.dtype == fast.dtype == dtype
    assert type(fast) is np.ndarray
    np.testing.assert_allclose(fast, plain, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("index", [-1, 4])
def test_indices_outside(index):
    with pytest.raises(ValueError, match=rf"Embedding\(4, 2\) got indices from .*{index}.*: expected 0 to 3"):
        nn.Embedding(4, 2)(np.array([0, index]))


def test_indices_that_are_no_integers():
    with pytest.raises(TypeError, match=r"got an input of dtype float64: expected integers"):
        nn.Embedding(4, 2)(np.array([0.0, 1.0]))


# ---- Branches


def test_where_branches_meet_their_gradients_add():
    layer, x = nn.Residual(nn.Sequential(nn.Dense(3, 3, rng=0))), np.ones((2, 3), np.float32)
    dense = layer.inner[0]
    np.testing.assert_array_equal(layer(x), dense(x) + x)
    np.testing.assert_allclose(layer.backward(x), x @ dense.weight.data.T + x, rtol=1e-6)
    assert list(layer.named_parameters()) == ["inner.0.weight", "inner.0.bias"]


@pytest.mark.parametrize("make", [residual, lambda: nn.Concatenate(nn.Dense(4, 2), nn.Dense(4, 3))])
def test_backward_parameters(make):
    rng = np.random.default_rng(6)
    layer = randomised(make(), rng)
    gradients = []
    for backward in (layer.backward, layer.backward_parameters):
        for parameter in layer.parameters():
            parameter.zero_grad()
        backward(np.ones_like(layer(rng.normal(size=(3, 4)).astype("f") * 0 + 1)))
        gradients.append([parameter.grad.copy() for parameter in layer.parameters()])
    for whole, without_input in zip(*gradients, strict=True):
        np.testing.assert_array_equal(whole, without_input)
        assert (whole != 0).any()


def test_a_concatenation_of_embeddings_learns():
    layer = nn.Concatenate(nn.Embedding(3, 2, rng=0), nn.Embedding(3, 1, rng=1))
    layer.backward_parameters(np.ones_like(layer(np.array([0, 2]))))
    np.testing.assert_array_equal(layer.branches[0].weight.grad, [[1, 1], [0, 0], [1, 1]])


def test_branches_that_do_not_fit():
    x = np.ones((2, 4, 4, 3), np.float32)
    with pytest.raises(ValueError, match=r"\(2, 2, 2, 3\) from its inner layer, but \(2, 4, 4, 3\) from its shortcut"):
        nn.Residual(nn.MaxPool2D(2))(x)
    with pytest.raises(ValueError, match="from its branches: they may differ in the last axis only"):
        nn.Concatenate(nn.MaxPool2D(2), nn.Identity())(x)


# ---- Arguments


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: nn.Dropout(1), r"rate must be in \[0, 1\), got 1"),
        (lambda: nn.ELU(0), "alpha must be positive, got 0"),
        (lambda: nn.LayerNorm(1), "at least two channels"),
        (lambda: nn.LayerNorm(3)(np.ones((2, 4), np.float32)), "expected 3 channels as its last axis"),
        (lambda: nn.GroupNorm(2, 3), "groups of equally many channels, got 2 groups of 3 channels"),
        (lambda: nn.GroupNorm(3, 3)(np.ones((2, 3), np.float32)), "one number a group has no variance"),
        (lambda: nn.GroupNorm(1, 3)(np.ones((2, 4), np.float32)), "expected 3 channels as its last axis"),
        (lambda: nn.Embedding(0, 2), "at least one index and one output"),
        (lambda: nn.Concatenate(), "at least one branch"),
        (lambda: nn.Residual(*[nn.ReLU()] * 2), "stands in the network twice"),
        (lambda: nn.Concatenate(*[nn.ReLU()] * 2), "stands in the network twice"),
    ],
)
def test_unusable_arguments(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("kind", [nn.Residual, nn.Concatenate])
def test_branches_are_layers(kind):
    with pytest.raises(TypeError, match=f"{kind.__name__} takes layers, got"):
        kind(np.tanh)


@pytest.mark.parametrize(
    "layer",
    [nn.Softplus(), nn.ELU(), nn.SiLU(), nn.GELU(), nn.Dropout(), nn.LayerNorm(3), nn.GroupNorm(1, 3)],
    ids=repr,
)
def test_inputs_that_are_not_floats(layer):
    with pytest.raises(TypeError, match="convert it first"):
        layer(np.ones((2, 3), np.int32))


# ---- Initialisers


def test_truncated_normal():
    w = nn.truncated_normal((300, 200), 300, 200, np.random.default_rng(0))
    assert w.var() == pytest.approx(1 / 300, rel=0.03)
    assert np.abs(w).max() <= 2 / np.sqrt(300 * 0.77)
    assert np.abs(w).max() > 1.9 / np.sqrt(300 * 0.78)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (3, 2, 2, 5), (1, 1, 2, 5)])
def test_orthogonal(shape):
    w = nn.orthogonal(shape, 1, 1, np.random.default_rng(0))
    assert w.shape == shape
    w = w.reshape(-1, shape[-1])
    gram = w.T @ w if len(w) >= w.shape[1] else w @ w.T
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)


def test_all_orthogonal_matrices_are_equally_likely():
    signs = [np.sign(nn.orthogonal((2, 2), 2, 2, np.random.default_rng(seed))) for seed in range(400)]
    np.testing.assert_allclose(np.mean(signs, axis=0), 0, atol=0.2)


@pytest.mark.parametrize("initialiser", [nn.truncated_normal, nn.orthogonal])
def test_layers_take_the_initialisers(initialiser):
    for make in (lambda rng: nn.Dense(4, 3, initialiser=initialiser, rng=rng),
                 lambda rng: nn.ConvTranspose2D(4, 3, 2, initialiser=initialiser, rng=rng)):  # fmt: skip
        weight = make(0).weight.data
        assert weight.dtype == np.float32
        np.testing.assert_array_equal(make(0).weight.data, weight)
        assert (make(1).weight.data != weight).any()
