"""Milliseconds for one training step, ours against PyTorch's and JAX's on the same CPU, and the machine's limit.

Forward, backward and Adam in float32, for every network of the papers.  The rivals take turns, a few steps each, in one
run, with the same number of threads, and are compared turn by turn.  PyTorch runs eagerly with its fused Adam;
convolutions in its default and its channels-last layout (a dense network has no layout).  JAX, if it is installed,
compiles the whole step into one program; it always takes all cores, so it stands aside if --threads says otherwise.
The fastest rival counts.  The floor is what no program on this machine can beat: the matrix products at the fastest
measured rate, plus Adam's 28 bytes for each parameter at the measured copy rate.
"""

import argparse
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import nn  # before NumPy is loaded: see nn.threads
import numpy as np
import torch
from threadpoolctl import threadpool_limits

import vae

sys.path.insert(0, str(Path(__file__).parents[1] / "oracles"))
from layer_times import layer_times
from timing import alternate, conditions, markdown, markdown_head, rates
from torch_networks import EXPERIMENTS
from torch_padding import Native

BETA = 4.0
NETWORKS = [name for name in EXPERIMENTS if name != "digits-conv-rgb"]
RIVALS = ("PyTorch, default", "PyTorch, channels last", "JAX")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--networks", nargs="+", choices=EXPERIMENTS, default=NETWORKS, metavar="NAME",
                        help=f"which of {', '.join(EXPERIMENTS)}; default: all but digits-conv-rgb, "
                             "whose 38.9 million parameters take long")  # fmt: skip
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="for all sides")
    parser.add_argument("--rounds", type=int, default=12, help="turns that each side gets")
    parser.add_argument("--steps", type=int, default=6, help="steps in one turn")
    parser.add_argument("--profile", action="store_true", help="instead, where the time of our step goes")
    options = parser.parse_args()
    with_jax = find_spec("jax") is not None and options.threads == nn.threads.thread_count()
    torch.set_num_threads(options.threads)
    nn.threads.thread_count = lambda: options.threads
    with threadpool_limits(options.threads, "blas"):
        print(conditions(options.threads), end="")
        if options.profile:
            profile(options)
        else:
            compare(options, with_jax)


def profile(options):
    """A table for each network."""
    print(f"; medians of {options.rounds * options.steps} steps")
    for name in options.networks:
        experiment = EXPERIMENTS[name]
        step, network, adam = our_step(experiment, *minibatch(experiment))
        print(f"\n{name}, batch {experiment.batch}\n")
        print(layer_times(network, adam, step, options.rounds * options.steps), flush=True)


def compare(options, with_jax):
    """A line for each network."""
    flops, bandwidth = rates(options.threads)
    jax = f", JAX {version('jax')}" if with_jax else ""
    print(f"{jax}; copies {bandwidth / 1e9:.0f} GB/s; medians of {options.rounds * options.steps} steps\n")  # fmt: skip
    print(markdown_head("network", "batch", "ours (ms)", *RIVALS, "ours / best rival", "floor (ms)", "ours / floor"))
    for name in options.networks:
        print(row(name, options, flops, bandwidth, with_jax), flush=True)


def row(name, options, flops, bandwidth, with_jax):
    """One network's line of the table."""
    experiment = EXPERIMENTS[name]
    images, noise = minibatch(experiment)
    ours, network, _ = our_step(experiment, images, noise)
    rivals = {"ours": ours, "PyTorch, default": torch_step(experiment, images, noise, torch.contiguous_format)}
    if "conv" in name:
        rivals["PyTorch, channels last"] = torch_step(experiment, images, noise, torch.channels_last)
    if with_jax:
        from jax_networks import jax_step

        rivals["JAX"] = jax_step(network, images, noise)
    times = alternate(rivals, options.rounds, options.steps)
    medians = {side: np.median(rounds) for side, rounds in times.items()}
    best = min(rivals.keys() - {"ours"}, key=medians.get)
    ratio = np.median(times["ours"] / times[best])  # round by round, since the machine's speed drifts
    work = operations(network, experiment.batch)
    floor = 1000 * (work / flops + 28 * nn.count(network.parameters()) / bandwidth)
    columns = [f"{medians[side]:.1f}" if side in medians else "-" for side in ("ours", *RIVALS)]
    return markdown(name, experiment.batch, *columns, f"{ratio:.2f}", f"{floor:.1f}", f"{medians['ours'] / floor:.2f}")


def minibatch(experiment):
    """Black and white images, and noise, in float32."""
    rng = np.random.default_rng(1)
    images = (rng.random((experiment.batch, *experiment.image_shape)) < 0.07).astype(np.float32)
    return images, rng.standard_normal((experiment.batch, experiment.latent_dim), dtype=np.float32)


def our_step(experiment, images, noise, dtype=np.float32):
    """(a function that takes one training step of our network, the network, its Adam), where the images are."""
    network = vae.ARCHITECTURES[experiment.architecture].build(
        experiment.latent_dim, np.random.default_rng(0), np.dtype(dtype), experiment.image_shape,
        beta=BETA, likelihood=experiment.likelihood, reduction=experiment.reduction,
    )  # fmt: skip
    network.to_device(nn.forms.device_of(images))
    adam = nn.Adam(network.parameters())

    def step():
        adam.zero_grad()
        network.forward(images, noise=noise, training=True)
        network.backward_parameters()
        adam.step()

    return step, network, adam


def torch_step(experiment, images, noise, layout, device="cpu"):
    """A function that takes one training step of the same network in PyTorch; on "cuda" it can be captured."""
    network = experiment.twin(experiment.latent_dim, BETA, Native).to(device).to(memory_format=layout)
    adam = torch.optim.Adam(network.parameters(), fused=True, capturable=device == "cuda")
    images = torch.from_numpy(images).movedim(-1, 1).contiguous(memory_format=layout).to(device)
    noise = torch.from_numpy(noise).to(device)

    def step():
        adam.zero_grad()
        network(images, noise).backward()
        adam.step()

    return step


def operations(network, batch):
    """Floating-point operations in the matrix products of one step: three for each weight, two for the first."""
    total = 0
    layers = [*network.encoder.layers, network.code.mean, network.code.log_variance, *network.decoder.layers]
    first = True
    for layer in layers:
        if not hasattr(layer, "weight"):
            continue
        positions = 1
        if isinstance(layer, nn.Conv2D | nn.ConvTranspose2D):
            positions = int(np.prod(layer.saved()[1].output_size))
        total += (2 if first else 3) * 2 * batch * positions * layer.weight.data.size
        first = False
    return total


if __name__ == "__main__":
    main()
