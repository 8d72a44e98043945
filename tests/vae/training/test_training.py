"""Batches, early stopping, divergence, and going on after an interruption."""

import numpy as np
import pytest

import nn

import datasets
import vae
from vae.estimator.checks import checked_images
from vae.training import checkpoints
from vae.training import trainer as training
from vae.training.checkpoints import fingerprint
from vae.training import Trainer
from vae.training.whole_sets import validate


def make_trainer(batch_size=16, learning_rate=1e-3):
    network = vae.ARCHITECTURES["tiny"].build(3, np.random.default_rng(0), np.dtype("float32"))
    rng = np.random.default_rng(1)
    return Trainer(network, learning_rate=learning_rate, batch_size=batch_size, rng=rng, device="cpu")


@pytest.mark.parametrize(("n", "sizes"), [(48, [16, 16, 16]), (50, [16, 16, 18]), (16, [16]), (31, [31])])
def test_the_remainder_joins_the_last_batch(n, sizes):
    batches = make_trainer().batches(n)
    assert [batch.stop - batch.start for batch in batches] == sizes
    assert sum(sizes) == n


def with_validation_objectives(monkeypatch, objectives):
    values = iter(objectives)

    def fake_validate(*arguments):
        return {"objective": next(values), "reconstruction": 0.0, "kl": 0.0}

    monkeypatch.setattr(training, "validate", fake_validate)


@pytest.mark.parametrize(
    ("objectives", "patience", "epochs", "best"),
    [
        ([5, 4, 3, 2, 1, 0], 1, 6, 6),  # always better: the limit of epochs ends it
        ([5, 6, 6], 1, 3, 1),  # more than one epoch without improvement
        ([5, 6, 4, 5, 5], 1, 5, 3),  # an improvement starts the count again
        ([5, 5, 5], 1, 3, 1),  # equal is no improvement
        ([5, 6], 0, 2, 1),
    ],
)
def test_early_stopping(monkeypatch, bars, objectives, patience, epochs, best):
    with_validation_objectives(monkeypatch, objectives)
    trainer = make_trainer()
    states = []

    class Keep:
        def after_epoch(self, state):
            states.append(state.network.state())

    trainer.fit(bars, bars, epochs=6, patience=patience, progress=False, callbacks=[Keep()])
    assert trainer.epoch == len(states) == epochs
    assert trainer.best_epoch == best
    for name, array in trainer.network.state().items():
        np.testing.assert_array_equal(array, states[best - 1][name])


def test_without_validation_the_last_parameters_stay(bars):
    trainer = make_trainer()
    trainer.fit(bars, None, epochs=2, patience=0, progress=False)
    assert trainer.epoch == 2
    assert "validation_objective" not in trainer.history


def test_evaluation_is_repeatable_and_leaves_the_running_statistics(bars):
    trainer = make_trainer()
    trainer.fit(bars, None, epochs=1, patience=0, progress=False)
    before = {name: array.copy() for name, array in trainer.network.state().items()}
    first = validate(trainer.network, bars, 16)
    assert validate(trainer.network, bars, 16) == first
    assert validate(trainer.network, bars, 50)["objective"] == pytest.approx(first["objective"], rel=1e-3)
    for name, array in trainer.network.state().items():
        np.testing.assert_array_equal(array, before[name])


def test_every_image_is_seen_once_an_epoch_in_a_new_order(bars, monkeypatch):
    trainer = make_trainer()
    marked = np.zeros_like(bars)
    marked[:, 0, 0, 0] = np.arange(len(bars)) / len(bars)
    seen = []
    original = Trainer.step
    monkeypatch.setattr(Trainer, "step", lambda self, x: (seen.append(x[:, 0, 0, 0].copy()), original(self, x))[1])
    trainer.fit(marked, None, epochs=2, patience=0, progress=False)
    first, second = np.split(np.concatenate(seen), 2)
    np.testing.assert_allclose(np.sort(first), marked[:, 0, 0, 0])
    np.testing.assert_allclose(np.sort(second), marked[:, 0, 0, 0])
    assert (first != second).any()


def test_a_diverging_run_stops_at_once_and_keeps_the_best_parameters(bars, monkeypatch, make_model):
    model = make_model(max_epochs=5)
    original = Trainer.step

    def step(self, images):
        if self.epoch == 2 and self.optimiser.steps == 2 * 12 + 4:
            self.network.code.mean.bias.data[0] = np.nan
        return original(self, images)

    monkeypatch.setattr(Trainer, "step", step)
    with pytest.raises(vae.DivergenceError, match="objective is nan at epoch 3, step 5; try a smaller learning rate"):
        model.fit(bars, validation=bars)
    assert model.history_["epoch"] == [1, 2]
    assert all(np.isfinite(array).all() for array in model.network_.state().values())
    assert np.isfinite(model.score(bars))


def test_an_enormous_learning_rate_is_reported_in_words_without_warnings(bars, make_model):
    with pytest.raises(vae.DivergenceError, match="training diverged"):
        make_model(learning_rate=1e30, max_epochs=5).fit(bars)


def diverging_at(monkeypatch, epoch, step):
    """The weights become NaN before this step (from 0) of this epoch (from 0)."""
    original = Trainer.step

    def broken(self, images):
        if self.epoch == epoch and self.optimiser.steps == epoch * 12 + step:
            self.network.code.mean.bias.data[0] = np.nan
        return original(self, images)

    monkeypatch.setattr(Trainer, "step", broken)


@pytest.mark.parametrize("finished", [0, 2])
def test_without_validation_the_last_finite_epoch_stays_and_can_be_saved(
    bars, monkeypatch, make_model, tmp_path, finished
):
    expected = make_model(max_epochs=max(finished, 1))
    if finished:
        expected.fit(bars)
    else:
        checked_images(expected, bars, reset=True)
        expected._start()
    model = make_model(max_epochs=5)
    with monkeypatch.context() as patch:
        diverging_at(patch, finished, 4)
        with pytest.raises(vae.DivergenceError, match=f"objective is nan at epoch {finished + 1}, step 5"):
            model.fit(bars)
    for name, array in expected.network_.state().items():  # running statistics too
        np.testing.assert_array_equal(model.network_.state()[name], array)
    model.save(tmp_path / "model.npz")
    assert vae.BetaVAE.load(tmp_path / "model.npz").history_["epoch"] == list(range(1, finished + 1))
    model.partial_fit(bars)  # Adam's averages are finite, too


@pytest.mark.parametrize("validated", [False, True])
def test_a_last_step_that_spoils_the_weights_is_a_divergence_too(bars, monkeypatch, make_model, validated):
    original = Trainer.step

    def broken(self, images):
        terms = original(self, images)
        if self.optimiser.steps == 24:
            self.network.code.mean.bias.data[0] = np.nan
        return terms

    monkeypatch.setattr(Trainer, "step", broken)
    model = make_model(max_epochs=2)
    with pytest.raises(vae.DivergenceError, match="parameters are no longer finite after epoch 2"):
        model.fit(bars, validation=bars if validated else None)
    assert model.history_["epoch"] == [1]
    assert np.isfinite(model.score(bars))


def test_a_model_with_lost_weights_is_not_saved(bars, make_model, tmp_path):
    model = make_model(learning_rate=1e30)
    with pytest.raises(vae.DivergenceError, match="the parameters are lost"):
        model.partial_fit(bars)
    with pytest.raises(ValueError, match=r"model.npz was not written: .* contains NaN or infinity"):
        model.save(tmp_path / "model.npz")
    assert not list(tmp_path.iterdir())


def test_partial_fit_reports_a_divergence_too(bars, make_model):
    with pytest.raises(vae.DivergenceError, match="training diverged"):
        make_model(learning_rate=1e30).partial_fit(bars)


class Killed(BaseException):
    pass


def test_a_killed_run_goes_on_from_its_checkpoint_as_if_nothing_had_happened(bars, monkeypatch, make_model, tmp_path):
    whole = make_model(max_epochs=5).fit(bars, validation=bars[:40])

    original = Trainer.step

    def killed_in_epoch_4(self, images):
        if self.epoch == 3 and self.optimiser.steps == 3 * 12 + 5:
            raise Killed
        return original(self, images)

    checkpoint = tmp_path / "checkpoint.npz"
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "step", killed_in_epoch_4)
        with pytest.raises(Killed):
            make_model(max_epochs=5).fit(bars, validation=bars[:40], checkpoint=checkpoint)
    resumed = make_model(max_epochs=5).fit(bars, validation=bars[:40], checkpoint=checkpoint)

    for name in ("epoch", "objective", "validation_objective"):
        assert resumed.history_[name] == whole.history_[name]
    for name, array in resumed.network_.state().items():
        np.testing.assert_array_equal(array, whole.network_.state()[name])


OTHER = np.random.default_rng(5).integers(2, size=(192, 8, 6, 1)).astype(np.float32)


@pytest.mark.parametrize(
    ("settings", "data", "words"),
    [
        ({"beta": 2.0}, {}, r"beta was 0\.5 and is 2\.0\. Delete the file, or go on with what it was written for"),
        ({}, {"X": OTHER}, "the training images are others"),
        ({}, {"X": OTHER[:100], "validation": OTHER}, "the training images are others; the validation images are"),
        ({}, {"validation": None}, "there were some validation images, now there are no"),
    ],
)
def test_a_checkpoint_of_another_training_is_refused_before_any_epoch(
    bars, make_model, tmp_path, monkeypatch, settings, data, words
):
    given = {"X": bars, "validation": bars[:40], "checkpoint": tmp_path / "c.npz"}
    make_model(max_epochs=1).fit(**given)
    monkeypatch.setattr(Trainer, "step", None)
    with pytest.raises(ValueError, match=f"c.npz is the checkpoint of another training: {words}"):
        make_model(max_epochs=3, **settings).fit(**given | data)


def test_validation_cannot_join_a_training_either(bars, make_model, tmp_path):
    make_model(max_epochs=1).fit(bars, checkpoint=tmp_path / "c.npz")
    with pytest.raises(ValueError, match="there were no validation images, now there are some"):
        make_model(max_epochs=1).fit(bars, validation=bars, checkpoint=tmp_path / "c.npz")


def test_fingerprints_tell_images_apart_and_read_them_in_parts(bars, monkeypatch):
    packed = datasets.PackedImages(np.packbits(bars.reshape(len(bars), -1).astype(bool), axis=1), (8, 6))
    sets = [bars, bars[1:], bars[::-1], bars.astype(bool), OTHER, bars.reshape(len(bars), -1), packed]
    sets += [packed.subset(slice(1, None)), packed.subset(slice(None, None, -1))]
    whole = [fingerprint(images) for images in sets]
    assert len(set(whole)) == len(sets)
    monkeypatch.setattr(checkpoints, "CHUNK", 7)
    assert [fingerprint(images) for images in sets] == whole
    assert fingerprint(packed.subset(slice(None))) == fingerprint(packed)
    assert fingerprint(None) is None


def test_a_checkpoint_that_cannot_be_written_is_refused_before_any_epoch(bars, make_model, tmp_path, monkeypatch):
    monkeypatch.setattr(Trainer, "step", None)
    with pytest.raises(OSError, match="cannot write into the folder"):
        make_model().fit(bars, checkpoint=f"{__file__}/c.npz")


def test_more_epochs_continue_a_finished_training(bars, make_model, tmp_path):
    make_model(max_epochs=1).fit(bars, checkpoint=tmp_path / "c.npz")
    longer = make_model(max_epochs=2).fit(bars, checkpoint=tmp_path / "c.npz")
    assert longer.history_["objective"] == make_model(max_epochs=2).fit(bars).history_["objective"]


def test_progress_is_told_in_one_line_an_epoch(bars, make_model, capsys):
    make_model(max_epochs=2, progress=True).fit(bars, validation=bars)
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("epoch 1: objective ")
    assert "+ 0.5 * KL" in lines[0]
    assert "validation" in lines[0]


def test_callbacks_see_every_step_and_may_end_the_training(bars):
    class Look:
        def __init__(self):
            self.steps, self.epochs, self.ended = [], 0, 0

        def before_step(self, state):
            assert any((parameter.grad != 0).any() for parameter in state.network.parameters())

        def after_step(self, state):
            self.steps.append((state.epoch, state.step, {name: np.shape(term) for name, term in state.terms.items()}))

        def after_epoch(self, state):
            self.epochs += 1
            state.stop = state.epoch == 2

        def after_training(self, state):
            self.ended += 1

    trainer, look = make_trainer(), Look()
    trainer.fit(bars, None, epochs=5, patience=5, progress=False, callbacks=[look])
    each = len(trainer.batches(len(bars)))
    latents = trainer.network.code.latents
    shapes = {"objective": (), "reconstruction": (), "kl": (latents,)}
    assert look.steps == [(1 + k // each, 1 + k, shapes) for k in range(2 * each)]
    assert (look.epochs, look.ended, trainer.epoch) == (2, 1, 2)


def test_what_callbacks_note_changes_nothing(bars):
    with_recorder, without = make_trainer(), make_trainer()
    recorder = nn.Recorder(every=1)
    with_recorder.fit(bars, None, epochs=2, patience=5, progress=False, callbacks=[recorder, nn.GradientNorms()])
    without.fit(bars, None, epochs=2, patience=5, progress=False)
    for name, array in without.network.state().items():
        np.testing.assert_array_equal(array, with_recorder.network.state()[name])
    latents = without.network.code.latents
    total = sum(recorder.history[f"kl.{k}"][-1] for k in range(latents))
    assert recorder.history["objective"][-1] == pytest.approx(
        recorder.history["reconstruction"][-1] + without.network.beta * total, rel=1e-5
    )


def test_a_training_can_be_debugged(bars):
    inside, outside = make_trainer(), make_trainer()
    with nn.debug():
        inside.fit(bars, bars[:40], epochs=1, patience=5, progress=False)
    outside.fit(bars, bars[:40], epochs=1, patience=5, progress=False)
    for name, array in outside.network.arrays().items():
        np.testing.assert_array_equal(array, inside.network.arrays()[name])


def test_a_debugged_training_names_the_layer_where_nan_begins(bars):
    trainer = make_trainer()
    trainer.network.decoder[0].weight.data[0, 0] = np.nan
    with nn.debug(), pytest.raises(FloatingPointError, match=r"Dense\(3, 32.*\).forward made 16 NaN"):
        trainer.fit(bars, None, epochs=1, patience=5, progress=False)
