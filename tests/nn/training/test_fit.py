"""The training loop: what it computes, what it leaves behind however it ends, and what it refuses."""

import math

import numpy as np
import pytest

import nn
from nn.losses import softmax_cross_entropy, squared_error


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(210, 2)).astype("f")
    return x, (x[:, 0] * x[:, 1] > 0).astype(int)  # no line separates these


def make_network():
    rng = np.random.default_rng(1)
    return nn.Sequential(nn.Dense(2, 16, rng=rng), nn.BatchNorm(16, momentum=0.9), nn.Tanh(), nn.Dense(16, 2, rng=rng))


def fit(network, batches, *, optimiser=None, loss=softmax_cross_entropy, epochs=2, progress=False, **options):
    optimiser = optimiser or nn.Adam(network.parameters(), 0.05)
    return nn.fit(network, loss, optimiser, batches, epochs=epochs, progress=progress, **options)


def test_it_learns_and_writes_it_down(data):
    network = make_network()
    history = fit(
        network, nn.Batches(*data, size=50, rng=0), epochs=30, validation=nn.Batches(*data),
        metrics={"accuracy": nn.metrics.accuracy},
    )  # fmt: skip
    assert history["epoch"] == list(range(1, 31))
    assert set(history) == {"epoch", "seconds", "loss", "accuracy", "validation_loss", "validation_accuracy"}
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert history["validation_accuracy"][-1] > 0.95
    assert nn.metrics.accuracy(network.forward(data[0]), data[1]) == pytest.approx(history["validation_accuracy"][-1])


def test_it_is_the_loop_that_one_would_write(data):
    by_hand, fitted = make_network(), make_network()
    batches = list(nn.Batches(*data, size=40))
    optimiser, losses = nn.Adam(by_hand.parameters(), 0.05), []
    for x, labels in batches * 2:
        optimiser.zero_grad()
        loss, dlogits = softmax_cross_entropy(by_hand.forward(x, training=True), labels)
        by_hand.backward(dlogits)
        optimiser.step()
        losses.append(float(loss) * len(x))
    history = fit(fitted, batches)
    for name, array in by_hand.state().items():
        np.testing.assert_array_equal(array, fitted.state()[name])
    n = len(losses) // 2
    assert history["loss"] == pytest.approx([sum(losses[:n]) / 210, sum(losses[n:]) / 210])


def test_validation_is_done_in_evaluation_and_changes_nothing(data):
    class Spy(nn.Identity):
        def forward(self, x, *, training=False):
            seen.append((training, len(x)))
            return super().forward(x, training=training)

    seen, network = [], make_network()
    network.layers.insert(0, Spy())
    fit(network, [data], epochs=1, validation=[(data[0][:7], data[1][:7])])
    assert seen == [(True, 210), (False, 7)]
    before = network.state()
    means = nn.evaluate(network, softmax_cross_entropy, nn.Batches(*data, size=33))
    assert means["loss"] == pytest.approx(float(softmax_cross_entropy(network.forward(data[0]), data[1])[0]), rel=1e-5)
    assert all(np.array_equal(array, before[name]) for name, array in network.state().items())


def test_weights_in_the_batches_go_to_the_loss(data):
    x, labels = data
    use = np.arange(210) % 2 == 0
    network = nn.Dense(2, 2, rng=0)
    other = nn.Dense(2, 2, rng=0)
    fit(network, [(x, labels, use.astype("f"))], optimiser=nn.SGD(network.parameters()), epochs=3)
    fit(other, [(x[use], labels[use])], optimiser=nn.SGD(other.parameters()), epochs=3)
    np.testing.assert_allclose(network.weight.data, other.weight.data, rtol=1e-5)


def test_a_loss_may_have_a_parameter_of_its_own():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3))
    y = x @ rng.normal(size=(3, 1)) + 0.1 * rng.normal(size=(300, 1))
    network, log_variance = nn.Dense(3, 1, rng=0, dtype=float), nn.Parameter(np.zeros(()), "log_variance")

    def loss(mean, target):
        return nn.losses.learned_gaussian_nll(mean, target, log_variance)

    optimiser = nn.Adam([*network.parameters(), log_variance], 0.05)
    fit(network, nn.Batches(x, y, rng=0), loss=loss, optimiser=optimiser, epochs=150)
    assert np.exp(log_variance.data / 2) == pytest.approx(0.1, rel=0.15)


def test_more_epochs_go_on_with_the_history(data):
    whole, halves = make_network(), make_network()
    batches = list(nn.Batches(*data, size=50))
    expected = fit(whole, batches, epochs=4)
    optimiser, history = nn.Adam(halves.parameters(), 0.05), nn.History()
    fit(halves, batches, optimiser=optimiser, epochs=2, history=history)
    returned = fit(halves, batches, optimiser=optimiser, epochs=4, history=history)
    assert returned is history
    assert history["loss"] == expected["loss"]
    assert history["epoch"] == [1, 2, 3, 4]
    assert fit(halves, batches, optimiser=optimiser, epochs=4, history=history)["epoch"] == [1, 2, 3, 4]


def test_a_divergence_is_an_error_in_words_and_leaves_the_last_finite_weights(data):
    network = make_network()
    optimiser = nn.SGD(network.parameters(), lambda step: 0.01 if step < 4 else 1e38, momentum=0.5)
    history, kept = nn.History(), []

    class Keep:
        def after_epoch(self, state):
            kept.append((state.network.state(), state.optimiser.state()))

    with pytest.raises(nn.DivergenceError, match=r"the loss is (nan|inf) at epoch 2, step \d; try a smaller"):
        fit(network, nn.Batches(*data, size=52), optimiser=optimiser, epochs=5, history=history, callbacks=[Keep()])
    assert history["epoch"] == [1]
    assert len(kept) == 1
    for now, then in zip((network.state(), optimiser.state()), kept[0], strict=True):
        assert all(np.array_equal(array, then[name]) for name, array in now.items())
    optimiser.learning_rate = 0.01
    fit(network, nn.Batches(*data, size=52), optimiser=optimiser, epochs=3, history=history)
    assert history["epoch"] == [1, 2, 3]


def test_parameters_that_the_last_step_broke_are_noticed():
    """No batch has seen them."""
    network = nn.Dense(1, 1, rng=0)
    optimiser = nn.SGD(network.parameters(), 1e38)
    start = network.state()
    with pytest.raises(nn.DivergenceError, match="parameters are no longer finite after epoch 1"):
        fit(network, [(np.full((1, 1), 1e5, "f"), np.zeros((1, 1), "f"))], loss=squared_error, optimiser=optimiser)
    assert all(np.array_equal(array, start[name]) for name, array in network.state().items())


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupt_leaves_the_network_as_it_is(data, error):
    network, calls = make_network(), []

    class Interrupt:
        def after_step(self, state):
            calls.append({name: array.copy() for name, array in state.network.arrays().items()})
            if state.step == 5:
                raise error

        def after_training(self, state):
            calls.append("closed")

    history = nn.History()
    with pytest.raises(error):
        fit(network, nn.Batches(*data, size=70), epochs=9, callbacks=[Interrupt()], history=history)
    assert history["epoch"] == [1]
    assert calls.pop() == "closed"
    assert all(np.array_equal(array, calls[-1][name]) for name, array in network.state().items())


def test_progress_says_what_happens(data, capsys):
    fit(make_network(), nn.Batches(*data), validation=[data], progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("epoch 1/2: loss ")
    assert "validation_loss" in lines[1]
    fit(make_network(), nn.Batches(*data), progress=False)
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


@pytest.mark.parametrize(
    ("batches", "options", "error", "words"),
    [
        (7, {}, TypeError, r"batches must be tuples \(x, target\)"),
        (lambda x, y: iter([(x, y)]), {}, TypeError, "batches is a generator, empty after one epoch"),
        (lambda x, y: [(x, y)], {"validation": iter([])}, TypeError, "validation is a generator"),
        (lambda x, y: [x], {}, TypeError, r"a batch is a tuple \(x, target\), got ndarray"),
        (lambda x, y: [], {}, ValueError, "there are no batches to train on"),
        (lambda x, y: [(x, y)], {"validation": []}, ValueError, "there are no batches to evaluate"),
        (lambda x, y: [(x, y)], {"epochs": 0}, ValueError, "epochs must be a whole number of at least 1, got 0"),
        (lambda x, y: [(x, y)], {"epochs": 1.5}, ValueError, "epochs must be a whole number"),
        (lambda x, y: [(x, y)], {"callbacks": [print]}, TypeError, "a callback is an object with some of the methods"),
        (lambda x, y: [(x, y)], {"callbacks": [nn.Recorder]}, TypeError, "a callback is an object"),
    ],
)
def test_unusable_arguments_are_refused(data, batches, options, error, words):
    with pytest.raises(error, match=words):
        fit(make_network(), batches(*data) if callable(batches) else batches, **options)


def test_an_optimiser_of_another_network_is_refused(data):
    with pytest.raises(ValueError, match="the optimiser has none of this network's parameters"):
        fit(make_network(), [data], optimiser=nn.Adam(make_network().parameters()))


@pytest.mark.parametrize(("n", "size", "sizes"), [(10, 3, [3, 3, 4]), (9, 3, [3, 3, 3]), (2, 5, [2]), (5, 5, [5])])
@pytest.mark.parametrize("rng", [None, 0])
def test_batches_hold_every_example_once(n, size, sizes, rng):
    batches = nn.Batches(np.arange(n), 10 * np.arange(n), size=size, rng=rng)
    for _ in range(2):
        parts = list(batches)
        assert [len(x) for x, _ in parts] == sizes
        assert len(parts) == len(batches)
        x, y = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        np.testing.assert_array_equal(np.sort(x), np.arange(n))
        np.testing.assert_array_equal(10 * x, y)


def test_batches_have_a_new_order_in_every_epoch_if_they_draw_one():
    drawn, plain = nn.Batches(np.arange(50), rng=3), nn.Batches(np.arange(50))
    first, second = (next(iter(drawn))[0] for _ in range(2))
    assert (first != second).any()
    np.testing.assert_array_equal(first, next(iter(nn.Batches(np.arange(50), rng=3)))[0])
    np.testing.assert_array_equal(next(iter(plain))[0], np.arange(50))


def test_unusable_batches_are_refused():
    with pytest.raises(ValueError, match=r"arrays of one length, at least 1, got \[3, 4\]"):
        nn.Batches(np.zeros(3), np.zeros(4))
    with pytest.raises(ValueError, match=r"got \[0\]"):
        nn.Batches(np.zeros(0))
    with pytest.raises(ValueError, match="a size of at least 1, got 0"):
        nn.Batches(np.zeros(3), size=0)


def test_a_meter_averages_over_examples_and_reads_every_so_many_steps():
    meter = nn.Meter(read_every=2)
    meter.add({"loss": math.nan}, 1)  # not read yet
    with pytest.raises(nn.DivergenceError, match="epoch 1, step 1"):
        meter.add({"loss": 1.0}, 1)
    meter = nn.Meter(read_every=2)
    for value, examples in ((1.0, 1), (2.0, 3), (6.0, 4)):
        meter.add({"loss": np.float32(value), "other": 2 * value}, examples)
    assert meter.means() == {"loss": 31 / 8, "other": 31 / 4}
