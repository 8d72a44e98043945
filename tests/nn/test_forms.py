"""Each form of each function against the plain one, on random cases; and `nn.use`, which chooses between them.

One table says what has several forms; one test goes through it.
"""

import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nn
from nn.forms import TABLE
from nn.patches import windows_on

EXACT = 1e-12  # float64: the largest difference allowed, relative to the largest number
ROUNDING = 8  # float32: the largest error allowed, in multiples of the plain form's own
FINENESS = np.finfo(np.float32).eps  # the plain form is never thought to be better than this

ROWS = {name: forms for name, forms in TABLE.items() if forms["plain"].__module__.startswith("nn.")}


# ---- A random case for each row: its arguments, in float64


def rng_of(draw):
    return np.random.default_rng(draw(st.integers(0, 2**32 - 1)))


@st.composite
def windows_cases(draw):
    """(windows, batch, c_in, c_out, rng): a geometry on which the kernel fits, and channels from few to many."""
    kernel_size, stride = (draw(st.tuples(st.integers(1, high), st.integers(1, high))) for high in (5, 4))
    zeros = st.tuples(st.integers(0, 4), st.integers(0, 4))
    padding = draw(st.one_of(st.sampled_from(["same", "valid"]), st.tuples(zeros, zeros)))
    amounts = padding if isinstance(padding, tuple) else ((0, 0), (0, 0))
    least = [max(1, 1 if padding == "same" else k - sum(a)) for k, a in zip(kernel_size, amounts, strict=True)]
    image = tuple(draw(st.integers(size, size + 8)) for size in least)
    batch, c_in, c_out = (draw(st.integers(1, high)) for high in (4, 40, 40))
    return windows_on(image, kernel_size, stride, padding), batch, c_in, c_out, rng_of(draw)


@st.composite
def unfold_case(draw):
    windows, batch, c_in, _, rng = draw(windows_cases())
    return rng.normal(size=(batch, *windows.image_size, c_in)), windows


@st.composite
def fold_case(draw):
    windows, batch, c_in, _, rng = draw(windows_cases())
    rows, columns = np.prod(windows.output_size), np.prod(windows.kernel_size)
    return rng.normal(size=(batch * rows, columns * c_in)), windows, batch


@st.composite
def correlate_case(draw, adjoint=False):
    windows, batch, c_in, c_out, rng = draw(windows_cases())
    source = rng.normal(size=(batch, *windows.output_size, c_out) if adjoint else (batch, *windows.image_size, c_in))
    bias = draw(st.sampled_from([0, rng.normal(size=c_in if adjoint else c_out)]))
    return source, rng.normal(size=(*windows.kernel_size, c_in, c_out)), windows, bias


@st.composite
def kernel_gradient_case(draw):
    windows, batch, c_in, c_out, rng = draw(windows_cases())
    x = rng.normal(size=(batch, *windows.image_size, c_in))
    return x, rng.normal(size=(batch, *windows.output_size, c_out)), windows


@st.composite
def bias_gradient_case(draw):
    shape = draw(st.tuples(*[st.integers(1, 6)] * 4))
    return (rng_of(draw).normal(1, size=shape),)  # a sum near 0 would consist of round-off


shapes = st.lists(st.integers(1, 6), min_size=2, max_size=4).map(tuple)


@st.composite
def elementwise_case(draw, *kinds):
    """Arrays of one shape: x normal with zeros among it, y in (-1, 1), p in [0, 1], or where a normal one is > 0."""
    rng, shape = rng_of(draw), draw(shapes)
    x = lambda: rng.normal(size=shape) * rng.choice([0, 1, 10], shape)  # noqa: E731
    makers = {"x": x, "y": lambda: np.tanh(x()), "p": lambda: rng.uniform(size=shape), ">0": lambda: x() > 0}
    return tuple(makers[kind]() if kind in makers else kind for kind in kinds)


@st.composite
def leaky_relu_case(draw):
    x, positive = draw(elementwise_case("x", ">0"))
    return x, positive, draw(st.floats(0, 1))


@st.composite
def zero_gradient_case(draw):
    return (rng_of(draw).normal(size=draw(st.one_of(st.just(()), shapes))),)


@st.composite
def normalise_case(draw, batch=False):
    rng, shape = rng_of(draw), draw(shapes.filter(lambda shape: np.prod(shape[:-1]) > 1))
    n = shape[-1]
    x = rng.normal(rng.normal(0, 3, n), rng.uniform(0.5, 2, n), shape)
    scale, shift, mean, variance = rng.normal(size=n), rng.normal(size=n), rng.normal(size=n), rng.uniform(0.1, 3, n)
    if batch:
        return x, scale, shift, 1e-4, mean, variance, draw(st.floats(1e-3, 1))
    return x, mean, variance, scale, shift, 1e-4


@st.composite
def normalise_gradient_case(draw):
    rng, shape = rng_of(draw), draw(shapes.filter(lambda shape: np.prod(shape[:-1]) > 2))  # or dx cancels out
    n = shape[-1]
    dy, centred = rng.normal(1, size=shape), rng.normal(size=shape)
    return dy, centred, rng.uniform(0.5, 2, n), rng.normal(size=n), draw(st.booleans())


@st.composite
def adam_update_case(draw):
    rng, t = rng_of(draw), draw(st.integers(1, 10_000))
    sizes = draw(st.lists(st.one_of(st.just(()), shapes), min_size=1, max_size=3))
    theta, g, m = ([rng.normal(size=shape) + 0.0 for shape in sizes] for _ in range(3))
    v = [rng.uniform(0.1, 2, shape) for shape in sizes]
    as_arrays = [[np.asarray(a) for a in arrays] for arrays in (theta, g, m, v)]
    return *as_arrays, t, 1e-2, 0.9, 0.999, draw(st.sampled_from([1e-8, 1e-3]))


@st.composite
def sum_by_index_case(draw):
    rng, (m, c, n) = rng_of(draw), draw(st.tuples(*[st.integers(1, 40)] * 3))
    return rng.normal(1, size=(m, c)), rng.integers(n, size=m), n


@st.composite
def normalise_groups_case(draw, gradient=False):
    rng, shape = rng_of(draw), draw(st.tuples(*[st.integers(2, 6)] * 4))  # rows, positions, groups, channels of each
    if gradient:
        return rng.normal(1, size=shape), rng.normal(size=shape), rng.uniform(0.5, 2, (shape[0], 1, shape[2], 1))
    return rng.normal(rng.normal(0, 3), rng.uniform(0.5, 2), shape), 1e-5


CASES = {
    "sum_by_index": sum_by_index_case(),
    "normalise_groups": normalise_groups_case(),
    "normalise_groups_gradient": normalise_groups_case(gradient=True),
    "zero_gradient": zero_gradient_case(),
    "unfold": unfold_case(),
    "fold": fold_case(),
    "correlate": correlate_case(),
    "correlate_adjoint": correlate_case(adjoint=True),
    "kernel_gradient": kernel_gradient_case(),
    "bias_gradient": bias_gradient_case(),
    "relu": elementwise_case("x"),
    "relu_gradient": elementwise_case("x", ">0"),
    "leaky_relu": leaky_relu_case(),
    "tanh_gradient": elementwise_case("x", "y"),
    "normalise": normalise_case(),
    "normalise_batch": normalise_case(batch=True),
    "normalise_gradient": normalise_gradient_case(),
    "bernoulli_nll": elementwise_case("x", "p"),
    "adam_update": adam_update_case(),
}


# ---- The comparison


def cast(value, dtype):
    """A copy of an argument, floats in the dtype."""
    if isinstance(value, list):
        return [cast(each, dtype) for each in value]
    is_float = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return value.astype(dtype) if is_float else copy.deepcopy(value)


def arrays_in(values):
    """All values as arrays, those in lists among them too."""
    return [a for value in values for a in (arrays_in(value) if isinstance(value, list) else [np.asarray(value)])]


def results(form, arguments, dtype):
    """What a form returns, and what it makes of its arguments, some of which it changes in place."""
    arguments = [cast(a, dtype) for a in arguments]
    returned = form(*arguments)
    returned = returned if isinstance(returned, tuple) else (returned,)
    return [a for a in arrays_in([*returned, *arguments]) if a.dtype != object]


def assert_same_as_plain(name, form, arguments):
    """The form computes what the plain one does, in float64 to EXACT and in float32 within its rounding."""
    plain = TABLE[name]["plain"]
    in_single = [cast(a, np.float32) for a in arguments]
    exact = results(plain, arguments, np.float64)
    exact_of_single = results(plain, [cast(a, np.float64) for a in in_single], np.float64)
    for ours, theirs in zip(results(form, arguments, np.float64), exact, strict=True):
        assert_alike(ours, theirs, name)
        assert error(ours, theirs) <= EXACT, f"{name} in float64 is off by {error(ours, theirs):.1e}"
    in_float32 = [results(f, in_single, np.float32) for f in (form, plain)]
    for ours, theirs, right in zip(*in_float32, exact_of_single, strict=True):
        assert_alike(ours, theirs, name)
        allowed = ROUNDING * max(error(theirs, right), FINENESS)
        assert error(ours, right) <= allowed, f"{name} in float32 is off by {error(ours, right):.1e} > {allowed:.1e}"


def assert_alike(ours, theirs, name):
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), f"{name}: {ours.dtype} {ours.shape}"


def error(a, exact):
    """The largest difference, relative to the largest number."""
    if exact.dtype.kind != "f":
        return float((a != exact).any())
    return float(np.abs(a.astype(np.float64) - exact).max() / max(np.abs(exact).max(), 1e-30))


def cpu_forms(name):
    return {form: function for form, function in ROWS[name].items() if form not in ("plain", "cuda")}


@pytest.mark.parametrize("name", [name for name in ROWS if cpu_forms(name)])
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_form_computes_what_the_plain_one_does(name, data):
    arguments = data.draw(CASES[name])
    for form in cpu_forms(name).values():
        assert_same_as_plain(name, form, arguments)


def test_every_row_of_the_table_has_a_case():
    assert set(CASES) == set(ROWS)
    assert {row.partition(".")[2] for row in nn.table.ROWS} == set(ROWS), "a form that nn/table.py does not list"


def test_every_row_says_which_forms_it_has():
    for row, forms in nn.table.ROWS.items():
        assert ROWS[row.partition(".")[2]].keys() == {"plain", *forms.split()}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("tanh_gradient", lambda dy, y: dy * (1 - y)),
        ("tanh_gradient", lambda dy, y: (dy * (1 - y * y)).astype(np.float32)),
        ("tanh_gradient", lambda dy, y: (dy.astype("f") * (1 - y * y).astype("f")).astype(dy.dtype)),
        ("bias_gradient", lambda dy: dy.sum(axis=(0, 1, 2)) + 1e-9),
        ("bias_gradient", lambda dy: dy.sum(axis=(0, 1, 2))[:, None]),
        ("correlate", lambda x, kernel, windows, bias: nn.fast.convolution.correlate(x, kernel, windows)),
        ("normalise_batch", lambda x, *others: TABLE["normalise_batch"]["plain"](x, *copy.deepcopy(others))),
        ("adam_update", lambda *a: TABLE["adam_update"]["plain"](*a[:4], a[4] + 1, *a[5:])),
    ],
)
def test_a_wrong_form_is_noticed(name, wrong):
    """A wrong formula, dtype, precision or shape, a forgotten bias or running average, a wrong step."""
    noticed = []

    @settings(max_examples=30, deadline=None, derandomize=True, database=None)
    @given(CASES[name])
    def compare(arguments):
        try:
            assert_same_as_plain(name, wrong, arguments)
        except AssertionError:
            noticed.append(True)

    compare()
    assert noticed


# ---- Choosing a form


def train(steps=5, dtype=np.float64):
    """A few steps of a small network of everything; the parameters afterwards."""
    rng = np.random.default_rng(0)
    network = nn.Sequential(
        nn.Conv2D(2, 4, 3, rng=rng, dtype=dtype), nn.BatchNorm(4, dtype=dtype), nn.LeakyReLU(0.2),
        nn.Conv2D(4, 3, 4, 2, rng=rng, dtype=dtype), nn.Tanh(),
        nn.ConvTranspose2D(3, 2, 3, 2, rng=rng, dtype=dtype), nn.ReLU(),
        nn.Flatten(), nn.Dense(6 * 8 * 2, 5, rng=rng, dtype=dtype),
    )  # fmt: skip
    x, target = rng.normal(size=(6, 6, 8, 2)).astype(dtype), rng.uniform(size=(6, 5)).astype(dtype)
    adam = nn.Adam(network.parameters(), learning_rate=0.01, eps=1e-3)
    for _ in range(steps):
        adam.zero_grad()
        _, dlogits = nn.losses.bernoulli_nll(network.forward(x, training=True), target)
        network.backward(dlogits)
        adam.step()
    return network.state()


def test_plain_and_fast_train_alike():
    with nn.use("plain"):
        plain = train()
    with nn.use("fast"):
        fast = train()
        start = train(steps=0)
    for name, array in plain.items():
        np.testing.assert_allclose(fast[name], array, rtol=1e-9, atol=1e-11, err_msg=name)
    assert all((array != start[name]).any() for name, array in plain.items()), "something has not been trained"


def my_correlate(x, kernel, windows, bias=0):
    """A reader's: the docstring's sum, one position after another."""
    padded = np.pad(x, ((0, 0), *windows.padding, (0, 0)))
    (high, wide), (down, right) = windows.kernel_size, windows.stride
    y = np.empty((len(x), *windows.output_size, kernel.shape[3]), x.dtype)
    for p, q in np.ndindex(*windows.output_size):
        patch = padded[:, p * down : p * down + high, q * right : q * right + wide]
        y[:, p, q] = np.tensordot(patch, kernel, 3)
    return y + bias


@pytest.mark.parametrize("mode", ["plain", "fast"])
def test_a_readers_own_function_trains_the_network(mode):
    calls = []

    def counted(*arguments):
        calls.append(1)
        return my_correlate(*arguments)

    with nn.use(mode):
        expected = train()
        with nn.use(correlate=counted):
            own = train()
        assert len(calls) == 5 * 3, "forward of two convolutions, backward of the transposed one"
        again = train()
    assert len(calls) == 5 * 3, "it is gone afterwards"
    for name, array in expected.items():
        np.testing.assert_allclose(own[name], array, rtol=1e-9, atol=1e-11, err_msg=name)
        np.testing.assert_array_equal(again[name], array, name)


@pytest.fixture
def seen(monkeypatch):
    """seen() -> which form of tanh_gradient computes now; all that `use` does is undone afterwards."""
    for form in ("plain", "fast"):
        monkeypatch.setitem(TABLE["tanh_gradient"], form, lambda dy, y, form=form: form)
    with nn.use("fast"):
        yield lambda: nn.activations.tanh_gradient(np.ones(1), np.ones(1))


def test_use_as_a_call_counts_from_then_on(seen):
    assert seen() == "fast"
    nn.use("plain")
    assert seen() == "plain"
    nn.use("fast")
    assert seen() == "fast"


def test_use_as_a_context_manager_counts_for_the_block(seen):
    with nn.use("plain"):
        assert seen() == "plain"
        with nn.use(tanh_gradient=lambda dy, y: "own"):
            assert seen() == "own"
            with nn.use("fast"):
                assert seen() == "fast", "a mode forgets own functions"
            assert seen() == "own"
        assert seen() == "plain"
    assert seen() == "fast"


def test_own_functions_stand_together_and_beside_a_mode(seen):
    with nn.use(tanh_gradient=lambda dy, y: "own"), nn.use(relu=lambda x: ("own", x > 0)):
        assert seen() == "own"
        assert nn.activations.relu(np.ones(1))[0] == "own"
    with nn.use("plain", relu=lambda x: ("own", x > 0)):
        assert seen() == "plain"
        assert nn.activations.relu(np.ones(1))[0] == "own"
    assert seen() == "fast"


def test_use_restores_after_an_exception(seen):
    with pytest.raises(ZeroDivisionError), nn.use("plain", tanh_gradient=lambda dy, y: 1 / 0):
        seen()
    assert seen() == "fast"


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        (["quick"], {}, ValueError, "nn.use takes 'plain' or 'fast', got 'quick'"),
        (["cuda"], {}, ValueError, "got 'cuda'"),
        ([], {"corelate": len}, ValueError, "corelate is no function with several forms: choose from .*correlate"),
        ([], {"correlate": 3}, TypeError, r"nn.use\(correlate=...\) takes a function, got 3"),
        (["plain"], {"correlate": "mine"}, TypeError, "takes a function, got 'mine'"),
    ],
)
def test_use_refuses_what_it_does_not_know(arguments, options, error, words, seen):
    with pytest.raises(error, match=words):
        nn.use(*arguments, **options)
    assert seen() == "fast", "and changes nothing"


def test_arguments_may_have_names():
    value, _ = nn.losses.bernoulli_nll(logits=np.zeros((1, 2)), target=np.zeros((1, 2)))
    assert value == pytest.approx(2 * np.log(2))


@pytest.mark.parametrize("logits", [[[0.0]], None, "0"])
def test_what_is_no_array_is_refused_in_words(logits):
    for arguments in ((logits, np.zeros((1, 1))), (np.zeros((1, 1)), logits)):
        with pytest.raises(TypeError, match=r"expected a NumPy or CuPy array, got .*: convert it with numpy\.asarray"):
            nn.losses.bernoulli_nll(*arguments)


def test_one_name_stands_for_one_function():
    with pytest.raises(ValueError, match="two functions with several forms that are called relu"):
        nn.several_forms(nn.activations.relu.__wrapped__)
