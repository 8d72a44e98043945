"""Optimisers, weighted losses, clipping, the training loop with its callbacks, and the trace: as on the CPU."""

import numpy as np
import pytest

import nn
from nn import losses

OPTIMISERS = {
    "SGD": nn.SGD,
    "Nesterov": lambda parameters, rate: nn.SGD(parameters, rate, momentum=0.9, nesterov=True),
    "AdaGrad": nn.AdaGrad,
    "RMSProp": nn.RMSProp,
    "Adam": nn.Adam,
    "AdamW": nn.AdamW,
}


def on_gpu(*arrays):
    return [nn.to_device(a, "gpu") for a in arrays]


def make_network():
    rng = np.random.default_rng(
        0
    )  # no bias before the batch norm: its gradient would be round-off, which Adam magnifies
    return nn.Sequential(
        nn.Dense(3, 8, bias=False, rng=rng, dtype=float), nn.BatchNorm(8, dtype=float), nn.ReLU(),
        nn.Dense(8, 2, rng=rng, dtype=float),
    )  # fmt: skip


@pytest.fixture
def data():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 3))
    return x, (x[:, 0] > 0).astype(int)


def both(run, data):
    """run(network, data) on the CPU, and on the GPU."""
    there = make_network()
    there.to_device("gpu")
    return run(make_network(), data), run(there, on_gpu(*data))


@pytest.mark.parametrize("optimiser", OPTIMISERS.values(), ids=OPTIMISERS)
def test_the_same_training_on_both(data, optimiser, tmp_path):
    def run(network, data):
        recorder = nn.Recorder(every=5)
        callbacks = [
            nn.ClipGradients(norm=0.5),
            nn.GradientNorms(every=5),
            nn.Checkpoint(tmp_path / "run.npz"),
            recorder,
        ]
        trained = optimiser(network.parameters(), nn.schedules.WarmUp(3, nn.schedules.Cosine(0.05, 40)))
        history = nn.fit(
            network, losses.softmax_cross_entropy, trained, nn.Batches(*data, size=20, rng=3), epochs=10,
            validation=[data], metrics={"accuracy": nn.metrics.accuracy}, callbacks=callbacks, progress=False,
        )  # fmt: skip
        restored = optimiser(network.parameters(), 0.1)
        nn.load_checkpoint(tmp_path / "run.npz", network, restored)
        assert restored.steps == trained.steps == 30
        return history, recorder.history, {name: nn.to_host(array) for name, array in network.state().items()}

    for here, there in zip(*both(run, data), strict=True):
        for name in here.keys() - {"seconds"}:
            np.testing.assert_allclose(there[name], here[name], rtol=1e-6, atol=1e-9, err_msg=name)


def test_the_same_trace_on_both(data):
    def run(network, data):
        optimiser = nn.SGD(network.parameters(), 0.1)
        with nn.trace(network) as trace:
            network.backward(losses.hinge(network.forward(data[0], training=True), data[1])[1])
            optimiser.step()
        return trace

    here, there = both(run, data)
    assert list(here.layers) == list(there.layers)
    for name, record in here.layers.items():
        for ours, theirs in ((record.y, there.layers[name].y), (record.dy, there.layers[name].dy)):
            np.testing.assert_array_equal(theirs.magnitudes, ours.magnitudes)
            assert (theirs.shape, theirs.zeros, theirs.dead) == (ours.shape, ours.zeros, ours.dead)
            assert theirs.deviation == pytest.approx(ours.deviation)
            assert theirs.between_examples == pytest.approx(ours.between_examples)
    for name, row in here.parameters.items():
        assert there.parameters[name].gradient == pytest.approx(row.gradient)
        assert there.parameters[name].update == pytest.approx(row.update)
    assert str(there).endswith("all numbers are finite")


def test_a_divergence_leaves_the_last_finite_weights(data):
    network = make_network()
    network.to_device("gpu")
    optimiser = nn.SGD(network.parameters(), lambda step: 0.01 if step < 3 else 1e308)
    history = nn.History()
    with pytest.raises(nn.DivergenceError, match="epoch 2"):
        nn.fit(
            network, losses.softmax_cross_entropy, optimiser, nn.Batches(*on_gpu(*data), size=20), epochs=4,
            history=history, progress=False,
        )  # fmt: skip
    assert history["epoch"] == [1]
    assert all(np.isfinite(nn.to_host(array)).all() for array in network.state().values())


def cases():
    rng = np.random.default_rng(2)
    numbers, labels = (
        (rng.normal(size=(5, 4)), rng.uniform(size=(5, 4))),
        (rng.normal(size=(5, 4)), np.array([0, 3, 1, 1, 2])),
    )
    for loss in (losses.bernoulli_nll, losses.gaussian_nll, losses.squared_error):
        yield pytest.param(loss, *numbers, id=loss.__name__)
    for loss in (losses.softmax_cross_entropy, losses.hinge):
        yield pytest.param(loss, *labels, id=loss.__name__)


@pytest.mark.parametrize(("loss", "prediction", "target"), list(cases()))
@pytest.mark.parametrize("weights", [None, np.array([0.5, 0, 2, 1, 3])], ids=["plain", "weighted"])
def test_losses(loss, prediction, target, weights):
    value, gradient = loss(prediction, target, weights=weights)
    there = loss(*on_gpu(prediction, target), weights=None if weights is None else nn.to_device(weights, "gpu"))
    np.testing.assert_allclose(nn.to_host(there[0]), value, rtol=1e-12)
    np.testing.assert_allclose(nn.to_host(there[1]), gradient, atol=1e-14)
    with pytest.raises(ValueError, match="empty batch"):
        loss(*on_gpu(prediction[:0], target[:0]))


@pytest.mark.parametrize("weights", [None, np.array([0.5, 0, 2, 1, 3])], ids=["plain", "weighted"])
def test_the_learned_variance(weights):
    rng = np.random.default_rng(4)
    mean, target = rng.normal(size=(2, 5, 3))
    results = []
    for device in ("cpu", "gpu"):
        log_variance = nn.Parameter(np.array(0.3))
        log_variance.to_device(device)
        arrays = [None if a is None else nn.to_device(a, device) for a in (mean, target, weights)]
        value, gradient = losses.learned_gaussian_nll(*arrays[:2], log_variance, arrays[2])
        results.append([nn.to_host(a) for a in (value, gradient, log_variance.grad)])
    for here, there in zip(*results, strict=True):
        np.testing.assert_allclose(there, here, rtol=1e-12)


def test_clipping_and_confusion(data):
    rng = np.random.default_rng(5)
    gradients = [rng.normal(size=(3, 2)), rng.normal(size=())]
    for clip in (nn.clip_by_norm, nn.clip_by_value):
        clipped = []
        for device in ("cpu", "gpu"):
            parameters = [nn.Parameter(np.zeros_like(gradient)) for gradient in gradients]
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.to_device(device)
                parameter.grad += nn.to_device(np.asarray(gradient), device)
            clip(parameters, 0.3)
            clipped.append([nn.to_host(parameter.grad) for parameter in parameters])
        for here, there in zip(*clipped, strict=True):
            np.testing.assert_allclose(there, here, rtol=1e-12)
    scores, labels = rng.normal(size=(60, 3)), data[1].astype(np.uint8)
    there = nn.metrics.confusion_matrix(*on_gpu(scores, labels))
    np.testing.assert_array_equal(nn.to_host(there), nn.metrics.confusion_matrix(scores, labels))
