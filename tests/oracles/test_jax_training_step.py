"""The JAX form that benchmarks compare with takes the same training steps as ours."""

import numpy as np
import pytest

import nn
import vae

pytest.importorskip("jax", reason="JAX is not installed: pip install -e '.[jax]'")
pytest.importorskip("torch", reason="PyTorch is not installed: pip install -e '.[oracle]'")
from jax_networks import jax_step
from torch_networks import EXPERIMENTS

QUICK = [name for name in EXPERIMENTS if name != "digits-conv-rgb"]


@pytest.mark.parametrize("experiment", [EXPERIMENTS[name] for name in QUICK], ids=QUICK)
def test_objective_of_each_of_four_steps(experiment):
    rng = np.random.default_rng(0)
    network = vae.ARCHITECTURES[experiment.architecture].build(
        3, rng, np.float32, experiment.image_shape,
        beta=4.0, likelihood=experiment.likelihood, reduction=experiment.reduction,
    )  # fmt: skip
    images = rng.random((4, *experiment.image_shape), dtype=np.float32)
    eps = rng.standard_normal((4, 3), dtype=np.float32)
    step, adam = jax_step(network, images, eps), nn.Adam(network.parameters())
    theirs, ours = [step() for _ in range(4)], []
    for _ in range(4):
        adam.zero_grad()
        ours.append(network.forward(images, noise=eps, training=True))
        network.backward_parameters()
        adam.step()
    assert abs(ours[3] - ours[0]) > 1e-3 * abs(ours[0]), "it has hardly moved"
    np.testing.assert_allclose(ours, theirs, rtol=1e-4)
