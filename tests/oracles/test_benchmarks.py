"""What the benchmarks say beside milliseconds is right, and they leave the networks as they were."""

import re
from contextlib import nullcontext
from unittest.mock import patch

import numpy as np
import pytest

import nn

pytest.importorskip("torch", reason="PyTorch is not installed: pip install -e '.[oracle]'")
import torch
import growth
from around_the_step import coding_rates, epoch_times, memory
from layer_times import layer_times
from prices import nanoseconds
from stopwatch import Stopwatch
from torch.utils.flop_counter import FlopCounterMode
from torch_networks import EXPERIMENTS
from torch_padding import Native
from training_step import BETA, NETWORKS, minibatch, operations, our_step
from without import IDEAS, without


@pytest.mark.parametrize("name", NETWORKS)
def test_operations_are_those_that_pytorch_counts(name):
    experiment = EXPERIMENTS[name]
    images, noise = (array[:2] for array in minibatch(experiment))
    step, network, _ = our_step(experiment, images, noise)
    step()
    twin = experiment.twin(experiment.latent_dim, BETA, Native)
    with FlopCounterMode(display=False) as counter:
        twin(torch.from_numpy(images).movedim(-1, 1), torch.from_numpy(noise)).backward()
    assert operations(network, batch=2) == counter.get_total_flops()


def numbers(table):
    """{first cell: the last column's number} for each row of a Markdown table."""
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {row[0]: float(re.sub(r"[ %]", "", row[-1])) for row in rows}


@pytest.mark.parametrize("name", ["mixing-dense", "mnist-conv"])
def test_profile_has_every_part_and_leaves_the_network_as_it_was(name):
    experiment = EXPERIMENTS[name]
    step, network, adam = our_step(experiment, *minibatch(experiment))
    shares = numbers(layer_times(network, adam, step, steps=3))
    layers = [*network.encoder.layers, network.code, *network.decoder.layers]
    assert len(shares) == len(layers) + 4, "likelihood, Adam, all else, whole step"
    assert shares.pop("whole step") == 100
    assert sum(shares.values()) == pytest.approx(100, abs=len(shares) / 2), "each share is rounded"
    for layer in [*layers, adam]:
        assert not {"forward", "backward", "backward_parameters", "step"} & vars(layer).keys(), "still wrapped"


def test_stopwatch_counts_a_call_inside_of_another_once():
    watch = Stopwatch()
    inner = watch.timed(lambda: sum(range(100_000)), "inner")
    outer = watch.timed(inner, "outer")
    watch.run(outer)
    assert watch.milliseconds("inner") == 0
    assert 0 < watch.milliseconds("outer") <= watch.milliseconds("whole")


def test_memory_of_a_step():
    experiment = EXPERIMENTS["mixing-dense"]
    _, network, _ = our_step(experiment, *minibatch(experiment))
    kept, peak = memory(experiment)
    assert kept == 16 * nn.count(network.parameters())
    assert kept < peak < 1.5 * kept


def test_rates_of_coding():
    rates = coding_rates(EXPERIMENTS["mixing-dense"], rounds=1)
    assert all(np.array([int(rate.replace(",", "")) for rate in rates]) > 0)


def test_epoch_by_what_it_is_spent_on():
    shares = numbers(epoch_times(epochs=1, batches=2))
    assert shares.pop("whole") == 100
    assert {"unpacking", "corruption", "noise", "Adam"} < shares.keys()
    assert all(share > 0 for part, share in shares.items() if part in ("forward", "backward", "Adam", "corruption"))
    assert sum(shares.values()) == pytest.approx(100, abs=0.5)


def test_exponents_of_growth():
    sizes = [1, 2, 4, 8]
    power, line = growth.exponent(sizes, [3 * size**1.5 for size in sizes])
    assert power == pytest.approx(1.5)
    np.testing.assert_allclose(line, [3 * size**1.5 for size in sizes])


@pytest.mark.parametrize("panel", growth.GROWTHS, ids=lambda panel: panel.name)
def test_more_of_anything_is_more_operations(panel):
    """By hand: the batch multiplies all of them, the image's side counts twice, channels of inner layers twice."""
    small = growth.Growth(panel.name, panel.values[:2], panel.build)
    milliseconds, counts = growth.measure(small, rounds=1, steps=1)
    assert min(milliseconds) > 0
    factor = counts[1] / counts[0]
    assert factor == 2 if "batch" in panel.name else 2 < factor <= 4


@pytest.mark.parametrize("idea", IDEAS)
@pytest.mark.parametrize("name", ["mnist-conv", "digits-conv"])
def test_the_plain_form_of_an_idea_computes_the_same(name, idea):
    """Up to the order of sums, in float64; and it is gone afterwards."""
    experiment = EXPERIMENTS[name]
    images, noise = (array[:9].astype(float) for array in minibatch(experiment))
    results = []
    for form in (nullcontext(), without(idea), nullcontext()):
        step, network, adam = our_step(experiment, images, noise, np.float64)
        adam.eps = 1e-2  # with 1e-8, Adam divides gradients of 1e-8 by their own size
        with form:
            step()
            step()
        results.append([parameter.data for parameter in network.parameters()])
    for fast, plain, again in zip(*results, strict=True):
        np.testing.assert_allclose(plain, fast, atol=1e-10)
        np.testing.assert_array_equal(again, fast)


def test_the_plain_forms_are_reached():
    """An idea whose plain form nobody calls would seem to save nothing."""
    plain = [(idea, position) for idea, changes in IDEAS.items() for position in range(len(changes))]
    experiment = EXPERIMENTS["digits-conv"]
    step, _, _ = our_step(experiment, *(array[:2] for array in minibatch(experiment)))
    conv_step, _, _ = our_step(EXPERIMENTS["mnist-conv"], *(a[:2] for a in minibatch(EXPERIMENTS["mnist-conv"])))
    for idea, position in plain:
        owner, name, form = IDEAS[idea][position]
        if not callable(form):
            continue
        calls = []

        def spy(*arguments, form=form, calls=calls, **options):
            calls.append(1)
            return form(*arguments, **options)

        with patch.dict(IDEAS, {idea: [(owner, name, spy)]}), without(idea):
            step()
            conv_step()
        assert calls, (idea, name)


def test_prices_of_laying_out_and_adding_up():
    assert min(nanoseconds(1, 3, 2)) > 0
