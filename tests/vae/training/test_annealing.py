"""The course of beta and of the learning rate in a training whose bottleneck opens slowly."""

import pytest

import nn
import vae
from nn.layer import parts
from vae.training import whole_sets


def test_beta_falls_to_its_value_and_stays():
    beta = vae.annealed(4, 1000)["beta"]
    assert [beta(step) for step in (0, 75, 150, 1000)] == [40, 22, 4, 4]


def test_the_learning_rate_is_held_for_half_of_the_steps_and_falls_in_the_other():
    rate = vae.annealed(4, 1000)["learning_rate"]
    rates = [rate(step) for step in range(500, 1001, 100)]
    assert rate(0) == rates[0] == 10 * rates[-1] == pytest.approx(2e-3)
    assert rates == sorted(set(rates), reverse=True)


def test_a_model_takes_it(bars, make_model):
    model = make_model(max_epochs=2, **vae.annealed(1, 10)).fit(bars)
    assert model.network_.beta == 1
    assert {layer.momentum for layer in parts(model.network_) if isinstance(layer, nn.BatchNorm)} == {0.99}


def test_averages_of_fewer_steps_follow_a_network_that_changes_fast(bars, make_model):
    """The training is the same, and what evaluation makes of it better."""
    models = [
        make_model(max_epochs=60, learning_rate=0.03, batch_norm_momentum=momentum).fit(bars)
        for momentum in (0.999, 0.99)
    ]
    assert models[0].history_["objective"] == models[1].history_["objective"]
    slow, fast = (whole_sets.validate(model.network_, bars, 16)["objective"] for model in models)
    assert fast < slow - 0.3


@pytest.mark.parametrize(("beta", "steps", "words"), [(-1, 10, "beta must be"), (float("nan"), 10, "beta must be"),
                                                       (1, 0, "at least one step")])  # fmt: skip
def test_what_cannot_be_is_said(beta, steps, words):
    with pytest.raises(ValueError, match=words):
        vae.annealed(beta, steps)
