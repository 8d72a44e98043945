"""A beta that changes while a network learns."""

import numpy as np
import pytest
from sklearn.base import clone

import nn
import vae
from nn.schedules import Constant, Cosine, Cyclic, Hold, Linear, Step, WarmUp
from vae.training import trainer as training
from vae.training.trainer import Trainer

EPOCH = 12  # steps: 192 bars in batches of 16
SCHEDULES = [
    Constant(0.5), Linear(0, 2, 3 * EPOCH), Step(4, EPOCH, 0.5), Cosine(3, 20, end=1), Cyclic(0, 1, 10),
    WarmUp(5, Linear(1, 2, 10)),
    Hold(5, Linear(2, 1, 10)),
]  # fmt: skip


def make_trainer(beta):
    network = vae.ARCHITECTURES["tiny"].build(3, np.random.default_rng(0), np.dtype("float32"))
    rng = np.random.default_rng(1)
    return Trainer(network, learning_rate=1e-2, batch_size=16, rng=rng, device="cpu", beta=beta)


def assert_same_weights(one, other):
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(array, other.arrays()[name])


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_every_step_has_its_own_beta(make_model, bars, schedule):
    recorder = nn.Recorder(every=1)
    model = make_model(beta=schedule).fit(bars, callbacks=[recorder])
    history = recorder.history
    assert history["beta"] == [schedule(step) for step in range(3 * EPOCH)]
    kl = np.sum([history[f"kl.{j}"] for j in range(3)], axis=0)
    np.testing.assert_allclose(history["objective"], history["reconstruction"] + history["beta"] * kl, rtol=1e-5)
    assert model.history_["beta"] == history["beta"][EPOCH - 1 :: EPOCH]
    assert model.network_.beta == history["beta"][-1]


def test_a_constant_schedule_is_its_number(make_model, bars):
    number, schedule = (make_model(beta=beta).fit(bars, validation=bars[:40]) for beta in (0.5, Constant(0.5)))
    assert_same_weights(number.network_, schedule.network_)
    assert "beta" not in number.history_


def test_the_gradients_follow_the_schedule(bars):
    """0.5 for one epoch, then 2: the same as two trainings, one after the other."""
    scheduled, by_hand = make_trainer(Step(0.5, EPOCH, 4)), make_trainer(0.5)
    scheduled.fit(bars, None, epochs=2, patience=0, progress=False)
    by_hand.fit(bars, None, epochs=1, patience=0, progress=False)
    by_hand.beta = 2.0
    by_hand.fit(bars, None, epochs=2, patience=0, progress=False)
    assert_same_weights(scheduled.network, by_hand.network)


def test_partial_fit_follows_it_too(make_model, bars):
    model = make_model(beta=Linear(0, 1, 10))
    betas = [model.partial_fit(bars[:48]).network_.beta for _ in range(4)]  # three steps each
    assert betas == [0.2, 0.5, 0.8, 1]


class Killed(BaseException):
    pass


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_a_killed_run_goes_on_bit_for_bit(bars, monkeypatch, make_model, tmp_path, schedule):
    given = {"X": bars, "validation": bars[:40]}
    whole = make_model(beta=schedule, max_epochs=5, patience=1).fit(**given)
    original = Trainer.step

    def killed(self, images):
        if self.optimiser.steps == 2 * EPOCH + 5:
            raise Killed
        return original(self, images)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "step", killed)
        with pytest.raises(Killed):
            make_model(beta=schedule, max_epochs=3, patience=1).fit(**given, checkpoint=tmp_path / "c.npz")
    resumed = make_model(beta=schedule, max_epochs=5, patience=1).fit(**given, checkpoint=tmp_path / "c.npz")
    finished = make_model(beta=schedule, max_epochs=5, patience=1).fit(**given, checkpoint=tmp_path / "c.npz")
    for model in (resumed, finished):
        assert_same_weights(model.network_, whole.network_)
        assert model.network_.beta == whole.network_.beta
        for name in whole.history_.keys() - {"seconds"}:
            assert model.history_[name] == whole.history_[name]


def test_a_checkpoint_of_another_schedule_is_refused(bars, make_model, tmp_path):
    make_model(beta=Linear(0, 1, 10), max_epochs=1).fit(bars, checkpoint=tmp_path / "c.npz")
    with pytest.raises(ValueError, match=r"checkpoint of another training: beta was .*'steps': 10.* and is .*20"):
        make_model(beta=Linear(0, 1, 20), max_epochs=1).fit(bars, checkpoint=tmp_path / "c.npz")


def test_validation_is_at_the_beta_where_the_schedule_rests(make_model, bars):
    history = make_model(beta=Linear(0, 2, 2 * EPOCH)).fit(bars, validation=bars[:40]).history_
    reconstruction, kl = (np.array(history[f"validation_{name}"]) for name in ("reconstruction", "kl"))
    np.testing.assert_allclose(history["validation_objective"], reconstruction + 2 * kl, rtol=1e-12)


def test_a_schedule_without_rest_is_validated_at_its_present_beta(make_model, bars):
    history = make_model(beta=Step(4, EPOCH, 0.5)).fit(bars, validation=bars[:40]).history_
    assert history["beta"] == [4, 2, 1]
    reconstruction, kl = (np.array(history[f"validation_{name}"]) for name in ("reconstruction", "kl"))
    np.testing.assert_allclose(history["validation_objective"], reconstruction + history["beta"] * kl, rtol=1e-12)


@pytest.mark.parametrize(
    ("schedule", "objectives", "epochs", "best"),
    [
        (Linear(0, 1, 2 * EPOCH), [1, 2, 6, 5, 7, 8], 6, 4),  # the third epoch is the first that ends at rest
        (Linear(0, 1, 2 * EPOCH), [1, 2, 3, 4, 5], 5, 3),
        (Linear(0, 1, 5), [6, 7, 8], 3, 1),
        (Cyclic(0, 1, EPOCH), [1, 2, 3, 4, 5, 6], 6, 6),  # never at rest: all epochs, and the last weights
    ],
)
def test_early_stopping_begins_when_beta_rests(monkeypatch, bars, schedule, objectives, epochs, best):
    values = iter(objectives)
    monkeypatch.setattr(
        training, "validate", lambda *arguments: {"objective": next(values), "reconstruction": 0.0, "kl": 0.0}
    )
    states = []

    class Keep:
        def after_epoch(self, state):
            states.append(state.network.state())

    trainer = make_trainer(schedule)
    trainer.fit(bars, bars, epochs=6, patience=1, progress=False, callbacks=[Keep()])
    assert (trainer.epoch, trainer.best_epoch) == (epochs, best)
    for name, array in trainer.network.arrays().items():
        np.testing.assert_array_equal(array, states[best - 1][name])


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_it_travels_through_parameters_and_files(bars, make_model, tmp_path, schedule):
    model = make_model().set_params(beta=schedule)
    assert clone(model).get_params() == model.get_params()
    model.fit(bars).save(tmp_path / "model.npz")
    loaded = vae.BetaVAE.load(tmp_path / "model.npz")
    assert loaded.get_params() == model.get_params()
    assert loaded.network_.beta == model.network_.beta
    assert repr(loaded) == repr(model)
    assert loaded.history_ == model.history_


@pytest.mark.parametrize(
    ("beta", "words"),
    [
        (Linear(-1, 4, 10), "beta's start must be a number of at least 0, got -1"),
        (WarmUp(10, Cosine(1, 5, end=float("nan"))), "beta's then's end must be a number of at least 0, got nan"),
        (WarmUp(10, lambda step: 1), "beta's then must be a number or one of the schedules in nn.schedules .Constant"),
        (lambda step: 4.0, "beta must be a number or one of the schedules in nn.schedules"),
    ],
)
def test_what_is_no_beta_is_refused_before_any_work(make_model, bars, beta, words):
    with pytest.raises(ValueError, match=words):
        make_model(beta=beta).fit(bars)


def test_the_progress_says_where_beta_is(bars, make_model, capsys):
    make_model(beta=Linear(0, 1, 2 * EPOCH), max_epochs=2, progress=True).fit(bars)
    first, second = capsys.readouterr().out.strip().splitlines()
    assert "+ beta * KL" in first
    assert "nats, beta now 0.4583; " in first
    assert "beta now 0.9583" in second
