"""The same seed on both devices: the same training.

In float32 the rounding of the first steps grows so fast that the same program on the same CPU, with weights changed by
1e-7 of their size, is off by several per cent after 50 steps.  So the whole course is compared in float64, and
float32 one step at a time, from the same state.
"""

import numpy as np
import pytest

import nn

BATCH = 16
ARCHITECTURES = ["shapes-dense", "shapes-conv"]


def worst_difference(ours, theirs):
    return max(abs(float(a) - float(b)) / float(a) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_fifty_steps_in_float64(architecture, make_steps):
    here, there = (make_steps(architecture, device, BATCH, "float64") for device in ("cpu", "gpu"))
    ours, theirs = ([step()[0] for _ in range(50)] for step in (here, there))
    assert float(ours[-1]) < 0.95 * float(ours[0])  # it learns
    worst = worst_difference(ours, theirs)
    print(f"{architecture}, float64, 50 steps: worst relative difference of the objective {worst:.1e}")
    assert worst < 1e-7


def rectified(network):
    """Which units of the encoder are on."""
    layers = [layer for layer in network.encoder.layers if isinstance(layer, nn.ReLU)]
    return [nn.to_host(positive) for (positive,) in (layer.saved() for layer in layers)]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_single_steps_in_float32(architecture, make_steps):
    """Gradients are compared where the same units are on: one that is 0 up to rounding may be on in one, off in the
    other, and then its whole gradient is."""
    here, there = (make_steps(architecture, device, BATCH) for device in ("cpu", "gpu"))
    networks = [step.trainer.network for step in (here, there)]
    ours, theirs, gradients, compared = [], [], [], 0
    for _ in range(10):
        networks[1].load_state(networks[0].state())
        there.trainer.optimiser.load_state(here.trainer.optimiser.state())
        ours.append(here()[0])
        theirs.append(there()[0])
        switched = sum(int((a != b).sum()) for a, b in zip(*map(rectified, networks), strict=True))
        assert switched <= 2
        if not switched:
            compared += 1
            pairs = zip(*(network.parameters() for network in networks), strict=True)
            gradients += [float(np.linalg.norm(a.grad - nn.to_host(b.grad)) / np.linalg.norm(a.grad)) for a, b in pairs]
    worst = worst_difference(ours, theirs)
    print(
        f"{architecture}, float32, {compared} of 10 single steps: worst relative difference of the objective ", end=""
    )
    print(f"{worst:.1e}, of a parameter's gradient {max(gradients):.1e}")
    assert worst < 1e-5
    assert compared >= 7
    assert max(gradients) < 1e-4
