"""Tests that need CuPy and a device, a GPU or the emulated one (see docs/gpu.md); skipped where there is none."""

import numpy as np
import pytest

import datasets
import nn
import vae
from nn.cuda.availability import gpu_problem
from vae.training.packed_on_gpu import PackedOnGPU
from vae.training import Trainer


@pytest.fixture(autouse=True)
def _gpu():
    if gpu_problem():
        pytest.skip(f"no GPU, real or emulated: {gpu_problem()}")


@pytest.fixture
def count():
    """The emulator's context manager that counts launches, copies, waits and allocations."""
    emulator = pytest.importorskip("cupy_on_cpu", reason="only the emulator counts launches")
    return emulator.count


def rectangles(n):
    """n packed images, 64x64, of a rectangle at a random place."""
    rng = np.random.default_rng(0)
    images = np.zeros((n, 64, 64), bool)
    for image, (top, left), (height, width) in zip(
        images, rng.integers(0, 40, (n, 2)), rng.integers(6, 24, (n, 2)), strict=True
    ):
        image[top : top + height, left : left + width] = True
    return datasets.PackedImages(np.packbits(images.reshape(n, -1), axis=-1), (64, 64))


@pytest.fixture(scope="session")
def images():
    return rectangles(400)


@pytest.fixture
def make_steps(images):
    """make_steps(architecture, device, batch_size) -> a function that takes one more step: (objective, ...).

    Its attribute ``trainer`` is the `Trainer`.
    """

    def make(architecture, device, batch_size, dtype="float32"):
        network = vae.ARCHITECTURES[architecture].build(10, np.random.default_rng(0), np.dtype(dtype))
        network.beta = 4.0
        network.to_device(device)
        rng = np.random.default_rng(1)
        trainer = Trainer(network, learning_rate=1e-3, batch_size=batch_size, rng=rng, device=device)
        there = PackedOnGPU(images) if device == "gpu" else images
        order = nn.to_device(np.random.default_rng(2).permutation(len(images)), device)
        starts = iter(range(10**9))

        def step():
            start = next(starts) * batch_size % (len(images) - batch_size + 1)
            return trainer.step(there[order[start : start + batch_size]])

        step.trainer = trainer
        return step

    return make
