"""Adam and SGD against PyTorch's: the same parameters after the same steps."""

import numpy as np
import pytest

import nn

pytest.importorskip("torch", reason="PyTorch is not installed: pip install -e '.[oracle]'")
import torch
from torch_agreement import PRECISIONS, assert_agrees
from torch_twins import copy_parameters, to_torch, weight_from_torch

pytestmark = pytest.mark.usefixtures("form")
in_both_precisions = pytest.mark.parametrize("dtype", PRECISIONS)
STEPS = 100

OPTIMISERS = {
    "Adam": (nn.Adam, torch.optim.Adam),
    "fast Adam": (
        lambda parameters: nn.Adam(parameters, learning_rate=0.02, beta1=0.5, beta2=0.9, eps=1e-8),
        lambda parameters: torch.optim.Adam(parameters, lr=0.02, betas=(0.5, 0.9), eps=1e-8),
    ),
    "Adam with an eps that counts": (
        lambda parameters: nn.Adam(parameters, eps=0.1),
        lambda parameters: torch.optim.Adam(parameters, eps=0.1),
    ),
    "SGD": (
        lambda parameters: nn.SGD(parameters, learning_rate=0.02),
        lambda parameters: torch.optim.SGD(parameters, lr=0.02),
    ),
}
with_each_optimiser = pytest.mark.parametrize("optimisers", OPTIMISERS.values(), ids=OPTIMISERS)


def small_network(dtype, rng):
    ours = nn.Sequential(nn.Dense(6, 8, rng=rng, dtype=dtype), nn.Tanh(), nn.Dense(8, 3, rng=rng, dtype=dtype))
    theirs = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3)).double()
    return ours, theirs


def network_with_a_shared_weight(dtype, rng):
    """The first and the last layer have one weight matrix and a bias each."""
    first, last = (nn.Dense(5, 5, rng=rng, dtype=dtype) for _ in range(2))
    last.weight = first.weight
    torch_first, torch_last = (torch.nn.Linear(5, 5).double() for _ in range(2))
    torch_last.weight = torch_first.weight
    return nn.Sequential(first, nn.Tanh(), last), torch.nn.Sequential(torch_first, torch.nn.Tanh(), torch_last)


@in_both_precisions
@with_each_optimiser
@pytest.mark.parametrize("networks", [small_network, network_with_a_shared_weight])
def test_the_same_training_leads_to_the_same_parameters(networks, optimisers, dtype):
    rng = np.random.default_rng(0)
    ours, theirs = networks(dtype, rng)
    copy_parameters(ours, theirs)
    start = [parameter.data.copy() for parameter in ours.parameters()]
    of_all_layers = [parameter for layer in ours.layers for parameter in layer.parameters()]  # a shared one twice
    optimiser, torch_optimiser = optimisers[0](of_all_layers), optimisers[1](theirs.parameters())
    n_in, n_out = ours.layers[0].n_in, ours.layers[-1].n_out
    for _ in range(STEPS):
        x, target = rng.normal(size=(4, n_in)).astype(dtype), rng.normal(size=(4, n_out)).astype(dtype)
        optimiser.zero_grad()
        ours.backward(nn.losses.squared_error(ours.forward(x, training=True), target)[1])
        optimiser.step()
        torch_optimiser.zero_grad()
        ((theirs(to_torch(x)) - to_torch(target)) ** 2).sum(dim=1).mean().backward()
        torch_optimiser.step()
    for before, parameter, weight in zip(start, ours.parameters(), theirs.parameters(), strict=True):
        assert np.abs(parameter.data - before).mean() > 1e-3, "it has hardly moved"
        assert_agrees(parameter.data, weight_from_torch(weight), dtype, parameter.name)


@in_both_precisions
@with_each_optimiser
@pytest.mark.parametrize("shape", [(700, 601), (3, 100_003), (600_001,), (1, 1)], ids=str)
def test_the_same_gradients_lead_to_the_same_parameters_of_any_size(shape, optimisers, dtype):
    """The large ones are updated a block at a time; gradients are of any size, and some are zero."""
    rng = np.random.default_rng(0)
    parameter = nn.Parameter(rng.normal(size=shape).astype(dtype))
    weight = torch.tensor(parameter.data, dtype=torch.float64, requires_grad=True)
    optimiser, torch_optimiser = optimisers[0]([parameter]), optimisers[1]([weight])
    for _ in range(3):
        gradient = rng.normal(size=shape) * rng.choice([0, 1e-9, 1e-3, 1, 10], shape)
        parameter.grad = gradient.astype(dtype)
        weight.grad = torch.tensor(parameter.grad, dtype=torch.float64)
        optimiser.step()
        torch_optimiser.step()
    assert_agrees(parameter.data, weight.detach().numpy(), dtype)
