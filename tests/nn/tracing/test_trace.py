"""What a trace records is what went through the layers, and it leaves nothing behind."""

import copy

import numpy as np
import pytest

import nn
from nn.losses import softmax_cross_entropy
from nn.tracing.statistics import DECADES, statistics


class Twice(nn.Layer):
    """A custom layer that holds others."""

    def __init__(self, rng):
        self.first, self.others = nn.Dense(4, 4, rng=rng), [nn.Tanh(), nn.Dense(4, 4, rng=rng)]

    def forward(self, x, *, training=False):
        x = self.first.forward(x, training=training)
        for layer in self.others:
            x = layer.forward(x, training=training)
        return x

    def backward(self, dy):
        for layer in reversed(self.others):
            dy = layer.backward(dy)
        return self.first.backward(dy)


@pytest.fixture
def network():
    rng = np.random.default_rng(0)
    return nn.Sequential(
        nn.Dense(3, 4, rng=rng), nn.ReLU(), nn.Sequential(Twice(rng), nn.BatchNorm(4)), nn.Dense(4, 2, rng=rng)
    )


@pytest.fixture
def data():
    rng = np.random.default_rng(1)
    return rng.normal(size=(9, 3)).astype("f"), rng.integers(2, size=9)


def one_step(network, data, optimiser=None, backward="backward"):
    x, labels = data
    _, dlogits = softmax_cross_entropy(network.forward(x, training=True), labels)
    dx = getattr(network, backward)(dlogits)
    if optimiser:
        optimiser.step()
    return dlogits, dx


def test_every_layer_has_its_name(network, data):
    with nn.trace(network) as trace:
        one_step(network, data)
    assert list(trace.layers) == [
        "", "0", "1", "2", "2.0", "2.0.first", "2.0.others.0", "2.0.others.1", "2.1", "3",
    ]  # fmt: skip
    assert list(trace.parameters) == list(network.named_parameters())
    assert [name for name, record in trace.layers.items() if not record.is_leaf] == ["", "2", "2.0"]
    assert trace.layers["2.0.first"].layer == "Dense(4, 4)"


def test_the_numbers_are_those_of_the_arrays(network, data):
    x, _ = data
    expected_y = network.layers[1].forward(network.layers[0].forward(x))
    with nn.trace(network) as trace:
        dlogits, dx = one_step(network, data)
    relu, first, last = trace.layers["1"], trace.layers["0"], trace.layers["3"]
    for ours, array in ((relu.y, expected_y), (first.x, x), (last.dy, dlogits), (first.dx, dx)):
        assert ours.shape == array.shape
        assert ours.mean == pytest.approx(array.mean(), rel=1e-5, abs=1e-8)
        assert ours.deviation == pytest.approx(array.std(), rel=1e-5)
        assert ours.largest == pytest.approx(np.abs(array).max())
        assert ours.zeros == (array == 0).mean()
    for before, after in (("0", "1"), ("2.0.first", "2.0.others.0"), ("2.0", "2.1")):
        assert trace.layers[before].y.mean == trace.layers[after].x.mean
        assert trace.layers[before].dy.deviation == trace.layers[after].dx.deviation


def test_the_first_layer_without_dx(network, data):
    with nn.trace(network) as trace:
        one_step(network, data, backward="backward_parameters")
    assert trace.layers["0"].dx is None
    assert trace.layers["0"].dy.deviation > 0
    assert trace.layers["1"].dx.deviation == trace.layers["0"].dy.deviation
    assert trace.layers[""].dy.shape == (9, 2)


def test_alike_examples_are_noticed():
    alike = np.array([[1.0, -5, 2], [1, -5, 2]])
    assert statistics(alike).deviation > 3
    assert statistics(alike).between_examples == 0
    assert statistics(alike + np.array([[0], [2]])).between_examples == 1
    assert statistics(np.array([[[1.0], [2]], [[1], [4]]])).between_examples == np.sqrt(0.5)
    assert np.isnan(statistics(alike[:1]).between_examples)


def test_dead_units():
    numbers = statistics(np.array([[0, 1, 0.0], [0, 0, 2]]))
    assert (numbers.zeros, numbers.dead) == (4 / 6, 1 / 3)


def test_statistics_of_what_is_not_finite():
    numbers = statistics(np.array([[np.nan, np.inf], [-np.inf, -3]]))
    assert (numbers.nan, numbers.infinite, numbers.mean, numbers.largest) == (1, 2, -3, 3)
    assert not numbers.is_finite
    assert np.isnan(statistics(np.full(3, np.nan)).mean)
    assert statistics((np.ones(2), np.ones(2))) is None
    assert statistics(np.zeros((0, 2))) is None
    assert statistics(2.0).shape == statistics(np.float32(2)).shape == ()
    assert statistics(np.arange(3)).mean == 1


def test_magnitudes_count_every_finite_number_once():
    numbers = statistics(np.array([0, 1e-30, 1e-3, -1e-3, 1.0, 1e9, np.nan], float))
    assert numbers.magnitudes.sum() == 6
    assert numbers.magnitudes[0] == 2
    assert numbers.magnitudes[-1] == 1
    edges = np.linspace(*DECADES, len(numbers.magnitudes) + 1)
    assert numbers.magnitudes[np.searchsorted(edges, -3 + 1e-9) - 1] == 2


@pytest.mark.parametrize("optimiser", [nn.SGD, nn.Adam])
def test_updates_in_proportion(network, data, optimiser):
    before = network.state()
    with nn.trace(network) as trace:
        one_step(network, data, optimiser(network.parameters(), 0.1))
    for name, parameter in network.named_parameters().items():
        size, row = np.linalg.norm(before[name]), trace.parameters[name]
        assert row.norm == pytest.approx(size)
        assert row.gradient == pytest.approx(np.linalg.norm(parameter.grad), rel=1e-5)
        if size:
            assert row.update == pytest.approx(np.linalg.norm(parameter.data - before[name]) / size, rel=1e-4)
        else:
            assert row.update is None


def test_a_step_that_is_too_small_for_float32_is_an_update_of_zero(network, data):
    network.layers[0].weight.data[...] = 1e9
    with nn.trace(network) as trace:
        one_step(network, data, nn.SGD(network.parameters(), 1e-3))
    assert trace.parameters["0.weight"].update == 0
    assert trace.parameters["3.weight"].update > 0


def test_without_a_step_there_is_no_update(network, data):
    with nn.trace(network) as trace:
        one_step(network, data)
    assert {row.update for row in trace.parameters.values()} == {None}


class MakesNaN(nn.Identity):
    """Identity with one bad number, in forward or in backward."""

    def __init__(self, where):
        self.where = where

    def forward(self, x, *, training=False):
        y = super().forward(x).copy()
        y[0, 0] = np.nan if self.where == "forward" else y[0, 0]
        return y

    def backward(self, dy):
        dx = dy.copy()
        dx[0, 0] = np.inf if self.where == "backward" else dx[0, 0]
        return dx


@pytest.mark.parametrize(("where", "numbers"), [("forward", "1 NaN, 0 infinite"), ("backward", "0 NaN, 1 infinite")])
@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_nan_is_located_where_it_arises(network, data, where, numbers):
    network.layers[2].layers.insert(1, MakesNaN(where))
    with nn.trace(network) as trace:
        one_step(network, data)
    assert trace.not_finite == f"2.1: MakesNaN().{where} made them ({numbers} of 36) out of finite numbers"
    assert trace.not_finite in str(trace)


@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_bad_weights_are_named(network, data):
    network.layers[3].weight.data[0, 0] = np.nan
    with nn.trace(network) as trace:
        one_step(network, data)
    assert trace.not_finite.startswith("3: Dense(4, 2).forward made them (9 NaN")
    assert trace.not_finite.endswith("with its weight not finite")


@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_bad_input_is_not_the_layers_fault(network, data):
    data[0][0, 0] = np.nan
    with nn.trace(network) as trace:
        one_step(network, data)
    assert trace.not_finite == (
        "0: Dense(3, 4).forward was given numbers that are not finite: look at what comes before it"
    )


def test_the_network_computes_the_same_inside_and_nothing_is_left(network, data):
    kinds = (nn.Dense, nn.ReLU, nn.Sequential, nn.BatchNorm, Twice)
    before, other = {kind: dict(vars(kind)) for kind in kinds}, copy.deepcopy(network)
    optimisers = [nn.Adam(each.parameters()) for each in (network, other)]
    for _ in range(3):
        one_step(other, data, optimisers[1])
        with nn.trace(network):
            one_step(network, data, optimisers[0])
    assert all(np.array_equal(array, other.state()[name]) for name, array in network.state().items())
    assert all(dict(vars(kind)) == entries for kind, entries in before.items())
    assert set(vars(network)) == set(vars(other))


def test_an_error_inside_leaves_nothing_either(network, data):
    forward = nn.Dense.forward
    with pytest.raises(ValueError, match="expected"), nn.trace(network):
        network.forward(data[0][:, :2])
    assert nn.Dense.forward is forward


def test_other_networks_are_not_recorded(network, data):
    other = copy.deepcopy(network)
    with nn.trace(network) as trace:
        one_step(other, data)
    assert trace.layers == {}
    assert "nothing was traced" in str(trace)
    with pytest.raises(ValueError, match="nothing was traced"):
        trace.plot()


def test_inside_of_each_other_and_of_the_debug_mode(network, data):
    forward = nn.Dense.forward
    with nn.debug(), nn.trace(network) as outer, nn.trace(network.layers[2]) as inner:
        one_step(network, data)
    assert inner.layers["0.first"].y.mean == outer.layers["2.0.first"].y.mean
    assert nn.Dense.forward is forward


def test_a_copy_that_is_made_inside_is_a_network_of_its_own(network, data):
    with nn.trace(network):
        report = nn.check_gradients(network, data[0])
    assert report.ok, report


def test_the_table(network, data):
    with nn.trace(network) as trace:
        one_step(network, data, nn.SGD(network.parameters()))
    lines = str(trace).splitlines()
    assert len({line.find("shape") for line in lines[1:2]}) == 1
    assert [line.split(":")[0] for line in lines[4:13]] == list(trace.layers)[1:]
    row = next(line for line in lines if line.startswith("1: ReLU()"))
    y = trace.layers["1"].y
    assert f"{y.shape}" in row
    assert f"{y.zeros:.0%}" in row
    assert any(line.startswith("0.weight") and "(3, 4)" in line for line in lines)
    assert lines[-1] == "all numbers are finite"
    assert max(map(len, lines)) < 160


@pytest.mark.parametrize("optimiser", [None, nn.SGD])
def test_the_figure(network, data, tmp_path, optimiser):
    with nn.trace(network) as trace:
        one_step(network, data, optimiser and optimiser(network.parameters()))
    figure = trace.plot()
    figure.savefig(tmp_path / "trace.png")
    assert (tmp_path / "trace.png").stat().st_size > 10_000
    outputs, _, zeros, updates = figure.axes
    leaves = [record for record in trace.layers.values() if record.is_leaf]
    deviations = np.log10([record.y.deviation for record in leaves])
    np.testing.assert_allclose(outputs.lines[0].get_ydata(), deviations)
    assert [bar.get_height() for bar in zeros.patches[: len(leaves)]] == [record.y.zeros for record in leaves]
    assert bool(updates.lines) == (optimiser is not None)


def test_what_is_no_layer_is_refused():
    with pytest.raises(TypeError, match=r"nn\.trace takes a layer, such as a Sequential, got \["):
        nn.trace([nn.Tanh()])


def test_nn_does_not_load_matplotlib():
    import subprocess
    import sys

    code = "import nn, sys; assert 'matplotlib' not in sys.modules and 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
