"""Callbacks: when they are called, and what each of ours does."""

import csv
import math
from types import SimpleNamespace

import numpy as np
import pytest

import nn
from nn.losses import squared_error
from nn.training.live import sparkline


@pytest.fixture
def batches():
    rng = np.random.default_rng(0)
    return list(nn.Batches(rng.normal(size=(60, 3)), rng.normal(size=(60, 2)), size=20))


def make_network():
    return nn.Sequential(nn.Dense(3, 4, rng=0, dtype=float), nn.Tanh(), nn.Dense(4, 2, rng=1, dtype=float))


def fit(batches, callbacks, *, network=None, optimiser=None, epochs=2, **options):
    network = network or make_network()
    optimiser = optimiser or nn.SGD(network.parameters(), 0.05)
    return nn.fit(
        network, squared_error, optimiser, batches, epochs=epochs, callbacks=callbacks, progress=False, **options
    )


def test_each_hook_is_called_at_its_time(batches):
    calls = []

    class All:
        def __getattr__(self, hook):
            if hook not in nn.training.callbacks.HOOKS:
                raise AttributeError(hook)
            return lambda state: calls.append((hook, state.epoch, state.step, state.history.rows))

    fit(batches, [All()])
    of_a_step = [("before_step", 0), ("after_step", 1)]
    assert calls == [
        *((hook, 1, step + done, 0) for step in range(3) for hook, done in of_a_step),
        ("after_epoch", 1, 3, 1),
        *((hook, 2, step + done, 1) for step in range(3, 6) for hook, done in of_a_step),
        ("after_epoch", 2, 6, 2),
        ("after_training", 2, 6, 2),
    ]


def test_callbacks_see_the_gradients_and_the_terms(batches):
    class Look:
        def before_step(self, state):
            self.before = state.network.state()

        def after_step(self, state):
            assert float(state.terms["loss"]) > 0
            for name, parameter in state.network.named_parameters().items():
                np.testing.assert_allclose(parameter.data, self.before[name] - 0.05 * parameter.grad)

    fit(batches, [Look()])


def test_another_loop_can_call_the_same_callbacks():
    recorder = nn.Recorder(every=1)
    callbacks = nn.Callbacks([recorder])
    network = make_network()
    state = nn.TrainingState(network, nn.SGD(network.parameters()), nn.History(), epoch=1)
    for _ in range(2):
        state.optimiser.step()
        state.terms = {"objective": np.float32(3), "kl": np.array([0.5, 0.25])}
        callbacks.before_step(state)
        callbacks.after_step(state)
    assert recorder.history == {
        "epoch": [1, 1], "step": [1, 2], "objective": [3, 3], "kl.0": [0.5, 0.5], "kl.1": [0.25, 0.25],
    }  # fmt: skip


def test_a_callback_can_end_the_training(batches):
    class Enough:
        def after_epoch(self, state):
            state.stop = state.epoch == 3

    assert fit(batches, [Enough()], epochs=10)["epoch"] == [1, 2, 3]


def test_clipping_by_norm_bounds_every_step(batches):
    network = make_network()
    recorder = nn.Recorder(every=1)
    before = network.state()
    optimiser = nn.SGD(network.parameters(), 1.0)
    fit(batches, [nn.ClipGradients(norm=0.01), recorder], network=network, optimiser=optimiser)
    moved = math.sqrt(sum(((array - before[name]) ** 2).sum() for name, array in network.state().items()))
    assert moved <= 6 * 0.01
    assert min(recorder.history["gradient_norm"]) > 0.01


def test_clipping_by_value_bounds_every_number(batches):
    network = make_network()
    before = network.state()
    optimiser = nn.SGD(network.parameters(), 1.0)
    fit(batches, [nn.ClipGradients(value=0.01)], network=network, optimiser=optimiser)
    assert max(np.abs(array - before[name]).max() for name, array in network.state().items()) <= 6 * 0.01 + 1e-12


@pytest.mark.parametrize("arguments", [{}, {"norm": 1, "value": 1}, {"norm": 0}, {"value": -1}])
def test_clipping_needs_one_limit(arguments):
    with pytest.raises(ValueError, match=r"a positive norm=... or value=..."):
        nn.ClipGradients(**arguments)


def test_gradient_norms_are_recorded_by_those_after(batches):
    network, seen = make_network(), []

    class Norms:
        def after_step(self, state):
            norms = {name: np.linalg.norm(p.grad) for name, p in state.network.named_parameters().items()}
            seen.append(norms)

    recorder = nn.Recorder(every=2)
    fit(batches, [Norms(), nn.GradientNorms(every=2), recorder], network=network)
    assert recorder.history["step"] == [2, 4, 6]
    for name in network.named_parameters():
        assert recorder.history[f"gradient_norm.{name}"] == pytest.approx([norms[name] for norms in seen[1::2]])


def test_a_recorder_writes_each_epoch_as_csv_and_gives_a_frame(batches, tmp_path):
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "history.csv"
    recorder = nn.Recorder(path)
    history = fit(batches, [recorder], validation=batches)
    assert recorder.history == history
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["validation_loss"]) for row in rows] == history["validation_loss"]
    pandas.testing.assert_frame_equal(recorder.to_frame(), pandas.read_csv(path), check_dtype=False)
    assert list(tmp_path.iterdir()) == [path], "nothing temporary is left"


def test_a_history_without_pandas_says_so(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        nn.History(loss=[1.0]).to_frame()


def test_columns_that_come_and_go_are_nan_where_they_are_not():
    history = nn.History()
    history.add({"a": 1})
    history.add({"a": 2, "b": 5})
    history.add({"b": 6})
    assert history.rows == 3
    np.testing.assert_array_equal(history["a"], [1, 2, np.nan])
    np.testing.assert_array_equal(history["b"], [np.nan, 5, 6])


def test_early_stopping_brings_the_best_weights_back(batches):
    network, states = make_network(), []

    class Keep:
        def after_epoch(self, state):
            states.append(state.network.state())

    stopping = nn.EarlyStopping(patience=1, monitor="validation_made_up")
    values = iter([3.0, 1.0, 2.0, 2.0, 2.0])

    class MakeUp:
        def after_epoch(self, state):
            state.history["validation_made_up"] = [*state.history.get("validation_made_up", []), next(values)]

    history = fit(batches, [MakeUp(), Keep(), stopping], network=network, epochs=9)
    assert history["epoch"] == [1, 2, 3, 4]
    assert (stopping.best, stopping.best_epoch) == (1.0, 2)
    assert all(np.array_equal(array, states[1][name]) for name, array in network.state().items())


def test_early_stopping_without_its_column_says_what_there_is(batches):
    with pytest.raises(ValueError, match=r"EarlyStopping watches 'validation_loss': the history has .*loss"):
        fit(batches, [nn.EarlyStopping()])


def test_sparklines(batches, capsys):
    assert sparkline([1, 2, 8]) == "▁▂█ 8"
    assert sparkline([5, 5]) == "▁▁ 5"
    assert sparkline([0, math.nan, 7]) == "▁?█ 7"
    history = fit(batches, [nn.Sparkline(width=2)], epochs=3)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[-1] == f"loss {sparkline(history['loss'][-2:])}"
    with pytest.raises(ValueError, match="Sparkline draws 'los'"):
        fit(batches, [nn.Sparkline("los")])


def test_the_live_plot_is_a_picture_after_every_epoch(batches, tmp_path):
    path, sizes = tmp_path / "training.png", []

    class Look:
        def after_epoch(self, state):
            sizes.append(path.stat().st_size)

    fit(batches, [nn.LivePlot(path), Look()], validation=batches, metrics={"zero": lambda output, target: 0.0})
    assert len(sizes) == 2
    assert min(sizes) > 5000
    assert path.read_bytes().startswith(b"\x89PNG")
    assert list(tmp_path.iterdir()) == [path]


def test_tensorboard_gets_every_scalar(batches, tmp_path):
    tensorboardX = pytest.importorskip("tensorboardX", reason="pip install -e '.[tensorboard]'")
    written = []
    callback = nn.ScalarsToTensorBoard(tmp_path, every=3)
    add_scalar = callback._writer.add_scalar

    def add(name, value, step):
        written.append((name, value, step))
        add_scalar(name, value, step)

    callback._writer.add_scalar = add
    history = fit(batches, [callback])
    assert [(name, step) for name, _, step in written if name != "epoch/seconds"] == [
        ("step/loss", 3), ("epoch/loss", 1), ("step/loss", 6), ("epoch/loss", 2),
    ]  # fmt: skip
    assert [value for name, value, _ in written if name == "epoch/loss"] == history["loss"]
    assert tensorboardX
    (file,) = tmp_path.iterdir()
    assert file.name.startswith("events.out.tfevents")
    assert b"epoch/loss" in file.read_bytes()


def test_without_tensorboardx_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "tensorboardX", None)
    with pytest.raises(ImportError, match=r"pip install 'bare-vae\[tensorboard\]'"):
        nn.ScalarsToTensorBoard(tmp_path)


@pytest.mark.parametrize("make", [nn.Recorder, nn.GradientNorms, nn.ScalarsToTensorBoard, nn.Checkpoint])
@pytest.mark.parametrize("every", [0, -1, 1.5])
def test_every_is_a_positive_whole_number(make, every, tmp_path):
    arguments = [] if make is nn.GradientNorms else [tmp_path / "x"]
    with pytest.raises(ValueError, match=f"{make.__name__} takes every=..., a positive whole number"):
        make(*arguments, every=every)


def test_a_recorder_goes_on_from_its_file_where_the_training_does(tmp_path):
    """Killed after the file of epoch 2 was written, but before its checkpoint: epoch 2 is trained, and noted, again."""
    rows = [{"epoch": 1 + k // 4, "step": 1 + k, "loss": float(k)} for k in range(12)]
    earlier, whole = nn.History(), nn.History()
    for row in rows:
        whole.add(row)
        if row["epoch"] <= 2:
            earlier.add(row)
    earlier.save(tmp_path / "steps.csv")
    recorder = nn.Recorder(tmp_path / "steps.csv", every=1, resume=True)
    for row in rows[4:]:
        state = SimpleNamespace(step=row["step"], epoch=row["epoch"], terms={"loss": row["loss"]})
        recorder.after_step(state)
    recorder.after_epoch(state)
    assert recorder.history == whole
    assert nn.History.load(tmp_path / "steps.csv") == whole


def test_a_table_of_something_else_is_refused(tmp_path):
    (tmp_path / "steps.csv").write_text("step,loss\n1,two\n")
    with pytest.raises(ValueError, match=r"steps.csv is no table of numbers .*: delete it"):
        nn.Recorder(tmp_path / "steps.csv", every=1, resume=True)
