"""A whole training step of the papers' networks against PyTorch: objective, gradients, and where Adam leads."""

import numpy as np
import pytest

import nn
import vae

pytest.importorskip("torch", reason="PyTorch is not installed: pip install -e '.[oracle]'")
import torch
from torch_agreement import assert_agrees
from torch_networks import EXPERIMENTS
from torch_padding import Native, Ours
from torch_twins import copy_parameters, to_torch, weight_from_torch

BATCH, LATENTS, BETA = 4, 3, 4.0
QUICK = [name for name in EXPERIMENTS if name != "digits-conv-rgb"]  # its 38.9 million parameters take their time


@pytest.fixture(scope="module", params=EXPERIMENTS.values(), ids=EXPERIMENTS)
def experiment(request):
    return request.param


def pair(experiment, dtype):
    """Our network and its twin, the twin in float64, with the same weights."""
    network = vae.ARCHITECTURES[experiment.architecture].build(
        LATENTS, np.random.default_rng(0), dtype, experiment.image_shape,
        beta=BETA, likelihood=experiment.likelihood, reduction=experiment.reduction,
    )  # fmt: skip
    twin = experiment.twin(LATENTS, BETA).double()
    randomise_biases(network)
    copy_parameters(network, twin)
    return network, twin


def randomise_biases(network):
    """Biases and shifts start at 0 and scales at 1: with those, some mistakes would not show."""
    rng = np.random.default_rng(1)
    for parameter in network.parameters():
        if parameter.data.ndim == 1:
            parameter.data += rng.normal(0, 0.3, parameter.data.shape).astype(parameter.data.dtype)


def minibatch(experiment, dtype, seed=2):
    """Grey images, noise, and other images, which the output may have to resemble instead."""
    rng = np.random.default_rng(seed)
    images, target = rng.random((2, BATCH, *experiment.image_shape)).astype(dtype)
    return images, rng.normal(size=(BATCH, LATENTS)).astype(dtype), target


@pytest.fixture(scope="module")
def step(experiment, form):
    """One forward and backward of both: (network, twin, our objective, PyTorch's, our dx, PyTorch's)."""
    network, twin = pair(experiment, np.float64)
    images, noise, target = minibatch(experiment, np.float64)
    torch_images = to_torch(images).requires_grad_()
    objective = network.forward(images, noise=noise, target=target, training=True)
    torch_objective = twin(torch_images, to_torch(noise), to_torch(target))
    torch_objective.backward()
    return network, twin, objective, torch_objective.detach(), network.backward(), torch_images.grad.movedim(1, -1)


def test_objective(step):
    _, _, objective, torch_objective, *_ = step
    assert_agrees(objective, torch_objective.numpy(), np.float64)


def test_reconstruction(step):
    network, twin, *_ = step
    assert_agrees(network.reconstruction, twin.reconstruction.numpy(), np.float64)


def test_kl_of_each_latent(step):
    network, twin, *_ = step
    assert_agrees(network.kl, twin.kl.numpy(), np.float64)


def test_gradient_of_the_images(step):
    *_, dx, torch_dx = step
    assert_agrees(dx, torch_dx.numpy(), np.float64)


def test_gradient_of_every_parameter(step):
    network, twin, *_ = step
    names = [name for name, _ in twin.named_parameters()]
    for name, parameter, weight in zip(names, network.parameters(), twin.parameters(), strict=True):
        assert_agrees(parameter.grad, weight_from_torch(weight.grad), np.float64, f"gradient of {name}")


def test_kl_is_that_of_pytorchs_distributions(step, experiment):
    network, twin, *_ = step
    images, *_ = minibatch(experiment, np.float64)
    with torch.no_grad():
        mean, log_variance = twin.distribution(to_torch(images))
    normal = torch.distributions.Normal
    kl = torch.distributions.kl_divergence(normal(mean, log_variance.exp().sqrt()), normal(0.0, 1.0))
    assert_agrees(network.kl, kl.mean(dim=0).numpy(), np.float64)


@pytest.mark.parametrize("experiment", [EXPERIMENTS[name] for name in QUICK], ids=QUICK)
def test_parameters_after_three_steps_of_adam(experiment, form):
    """Adam divides a tiny gradient, which is mostly round-off, by its own size: a large eps keeps round-off small."""
    network, twin = pair(experiment, np.float64)
    optimiser = nn.Adam(network.parameters(), learning_rate=1e-3, eps=1e-2)
    torch_optimiser = torch.optim.Adam(twin.parameters(), lr=1e-3, eps=1e-2)
    for seed in range(3):
        images, noise, _ = minibatch(experiment, np.float64, seed)
        optimiser.zero_grad()
        network.forward(images, noise=noise, training=True)
        network.backward_parameters()
        optimiser.step()
        torch_optimiser.zero_grad()
        twin(to_torch(images), to_torch(noise)).backward()
        torch_optimiser.step()
    for parameter, (name, weight) in zip(network.parameters(), twin.named_parameters(), strict=True):
        assert_agrees(parameter.data, weight_from_torch(weight), np.float64, name)


def test_objective_in_single_precision(experiment, form):
    network, twin = pair(experiment, np.float32)
    images, noise, _ = minibatch(experiment, np.float32)
    objective = network.forward(images, noise=noise, training=True)
    with torch.no_grad():
        torch_objective = twin(to_torch(images), to_torch(noise))
    assert_agrees(objective, torch_objective.numpy(), np.float32)


def test_the_form_in_benchmarks_has_the_same_sizes(experiment):
    """It may pad elsewhere; but all weights, and all that comes into an activation or a dense layer, are as large."""
    twin, native = (experiment.twin(LATENTS, BETA, layers) for layers in (Ours, Native))
    assert [weight.shape for weight in native.parameters()] == [weight.shape for weight in twin.parameters()]
    images, noise, _ = minibatch(experiment, np.float32)
    assert sizes_inside(native, images, noise) == sizes_inside(twin, images, noise)


def sizes_inside(twin, images, noise):
    """(layer, shape of its input) of all layers that do not pad, in their order, and the loss's."""
    sizes = []
    for module in twin.modules():
        if isinstance(module, torch.nn.Linear | torch.nn.ReLU | torch.nn.LeakyReLU | torch.nn.Tanh):
            module.register_forward_pre_hook(lambda module, inputs: sizes.append((str(module), inputs[0].shape)))
    twin.decoder.register_forward_hook(lambda module, inputs, output: sizes.append(("loss", output.shape)))
    with torch.no_grad():
        twin(to_torch(images, torch.float32), to_torch(noise, torch.float32))
    return sizes
