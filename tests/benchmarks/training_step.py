"""Milliseconds for one training step, ours against PyTorch's on the same CPU, and against the machine's limit.

Forward, backward and Adam at batch 100 in float32.  The rivals take turns, a few steps each, in one run, with the same
number of threads, and are compared turn by turn.  PyTorch runs eagerly with its fused Adam; convolutions in its
default and its channels-last layout, of which the better one counts (a dense network has no layout).  The floor is
what no program on this machine can beat: the matrix products at the fastest measured rate, plus Adam's 28 bytes for
each parameter at the measured copy rate.
"""

import argparse
import platform
import sys
import time
from datetime import date
from pathlib import Path

import nn  # before NumPy is loaded: see nn.threads
import numpy as np
import torch
from threadpoolctl import threadpool_limits

import vae

sys.path.insert(0, str(Path(__file__).parents[1] / "oracles"))
from torch_networks import NETWORKS

BATCH, LATENTS, BETA = 100, 10, 4.0


def our_step(name, images, eps):
    """A function that takes one training step of our network."""
    network = vae.ARCHITECTURES[name].build(LATENTS, np.random.default_rng(0), np.float32)
    network.beta = BETA
    adam = nn.Adam(network.parameters())

    def step():
        adam.zero_grad()
        network.forward(images, eps=eps, training=True)
        network.backward_parameters()
        adam.step()

    return step, network


def torch_step(name, images, eps, layout):
    """A function that takes one training step of the same network in PyTorch."""
    network = NETWORKS[name](LATENTS, BETA).to(memory_format=layout)
    adam = torch.optim.Adam(network.parameters(), fused=True)
    images = torch.from_numpy(images).movedim(-1, 1).contiguous(memory_format=layout)
    eps = torch.from_numpy(eps)

    def step():
        adam.zero_grad()
        network(images, eps).backward()
        adam.step()

    return step


def alternate(steps, rounds, steps_in_a_row):
    """Milliseconds of each step, the median of its turn, for every round: a dict of arrays (rounds,)."""
    times = {name: np.zeros((rounds, steps_in_a_row)) for name in steps}
    for turn in range(rounds):
        for name, step in steps.items():
            step()  # after a rival's turn, the caches and threads are its own
            for k in range(steps_in_a_row):
                start = time.perf_counter()
                step()
                times[name][turn, k] = 1000 * (time.perf_counter() - start)
    return {name: np.median(values, axis=1) for name, values in times.items()}


def rates(threads):
    """(floating-point operations a second, bytes copied a second): the best of several tries."""
    a, b = (np.random.default_rng(0).random((2000, 2000), dtype=np.float32) for _ in range(2))
    ours = fastest(lambda: a @ b)
    theirs = fastest(lambda: torch.from_numpy(a) @ torch.from_numpy(b))
    source, target = np.ones((threads, 15_000_000), np.float32), np.ones((threads, 15_000_000), np.float32)
    copy = fastest(lambda: nn.threads.for_each(np.copyto, list(zip(target, source, strict=True))))
    return 2 * 2000**3 / min(ours, theirs), 2 * source.nbytes / copy


def fastest(function, tries=7):
    seconds = []
    for _ in range(tries):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def operations(network):
    """Floating-point operations in the matrix products of one step: three for each weight, two for the first."""
    total = 0
    layers = [*network.encoder.layers, network.code.mean, network.code.log_variance, *network.decoder.layers]
    first = True
    for layer in layers:
        if not hasattr(layer, "weight"):
            continue
        positions = 1
        if isinstance(layer, nn.Conv2D | nn.ConvTranspose2D):
            positions = int(np.prod(layer.kept()[1].positions))
        total += (2 if first else 3) * 2 * BATCH * positions * layer.weight.data.size
        first = False
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="for both sides")
    parser.add_argument("--rounds", type=int, default=12, help="turns that each side gets")
    parser.add_argument("--steps", type=int, default=6, help="steps in one turn")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    nn.threads.thread_count = lambda: options.threads
    with threadpool_limits(options.threads, "blas"):
        flops, bandwidth = rates(options.threads)
        print(f"{date.today()}, {processor()}, {options.threads} threads; Python {platform.python_version()}, "
              f"NumPy {np.__version__}, PyTorch {torch.__version__}; matrix products {flops / 1e9:.0f} GFLOP/s, "
              f"copies {bandwidth / 1e9:.0f} GB/s; medians of {options.rounds * options.steps} steps\n")  # fmt: skip
        print("| network, batch 100 | ours (ms) | PyTorch, default | PyTorch, channels last | ours / best PyTorch "
              "| floor (ms) | ours / floor |\n|---|---|---|---|---|---|---|")  # fmt: skip
        for name in NETWORKS:
            print(row(name, options, flops, bandwidth), flush=True)


def row(name, options, flops, bandwidth):
    """One network's line of the table."""
    rng = np.random.default_rng(1)
    images = (rng.random((BATCH, 64, 64, 1)) < 0.07).astype(np.float32)
    eps = rng.standard_normal((BATCH, LATENTS), dtype=np.float32)
    ours, network = our_step(name, images, eps)
    steps = {"ours": ours, "default": torch_step(name, images, eps, torch.contiguous_format)}
    if name.endswith("conv"):
        steps["channels last"] = torch_step(name, images, eps, torch.channels_last)
    times = alternate(steps, options.rounds, options.steps)
    medians = {side: np.median(rounds) for side, rounds in times.items()}
    best = min(steps.keys() - {"ours"}, key=medians.get)
    ratio = np.median(times["ours"] / times[best])  # round by round, since the machine's speed drifts
    floor = 1000 * (operations(network) / flops + 28 * nn.count(network.parameters()) / bandwidth)
    columns = [f"{medians[side]:.1f}" if side in medians else "-" for side in ("ours", "default", "channels last")]
    cells = [name, *columns, f"{ratio:.2f}", f"{floor:.1f}", f"{medians['ours'] / floor:.2f}"]
    return f"| {' | '.join(cells)} |"


def processor():
    """The processor's name, where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main()
