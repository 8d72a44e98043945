"""What the benchmarks say beside milliseconds is right, and they leave the networks as they were."""

import re

import numpy as np
import pytest

import nn

pytest.importorskip("torch", reason="PyTorch is not installed: pip install -e '.[oracle]'")
import torch
from around_the_step import coding_rates, epoch_times, memory
from layer_times import layer_times
from stopwatch import Stopwatch
from torch.utils.flop_counter import FlopCounterMode
from torch_networks import EXPERIMENTS
from torch_padding import Native
from training_step import BETA, NETWORKS, minibatch, operations, our_step


@pytest.mark.parametrize("name", NETWORKS)
def test_operations_are_those_that_pytorch_counts(name):
    experiment = EXPERIMENTS[name]
    images, eps = (array[:2] for array in minibatch(experiment))
    step, network, _ = our_step(experiment, images, eps)
    step()
    twin = experiment.twin(experiment.latent_dim, BETA, Native)
    with FlopCounterMode(display=False) as counter:
        twin(torch.from_numpy(images).movedim(-1, 1), torch.from_numpy(eps)).backward()
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
    assert {"unpacking", "corruption", "eps", "Adam"} < shares.keys()
    assert all(share > 0 for part, share in shares.items() if part in ("forward", "backward", "Adam", "corruption"))
    assert sum(shares.values()) == pytest.approx(100, abs=0.5)
