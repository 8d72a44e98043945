"""Milliseconds for one training step on a GPU: ours, PyTorch's, and what the kernels alone need.

    python tests/gpu/step_times.py

Forward, backward and Adam in float32 on images in the GPU's memory, as in docs/performance.md for the CPU.  The rivals
take turns, many steps each, and the host waits only at the end of a turn, as in training.  "kernels" is the time of the
same step with the host out of the way: all its launches stand in the queue before the first one may start.  PyTorch
runs eagerly with its fused Adam, and as one CUDA graph, which is captured once and replayed.
"""

import argparse
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import cupy
import numpy as np
import torch

import nn
from nn.cuda.availability import gpu_name

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[1] / "oracles"))
from timing import markdown, markdown_head, seconds
from torch_networks import EXPERIMENTS
from training_step import NETWORKS, minibatch, our_step, torch_step

QUEUED = 4  # steps that fit into the driver's queue of 1,024 launches
HOLD = 200_000_000  # GPU clocks, a tenth of a second: longer than it takes to issue those
COUNT_CLOCKS = r"""
extern "C" __global__ void count_clocks(long long clocks) {
    long long start = clock64();
    while (clock64() - start < clocks);
}
"""
SIDES = ("ours", "PyTorch, eager", "PyTorch, one graph", "our kernels", "PyTorch's kernels")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--networks", nargs="+", choices=EXPERIMENTS, default=NETWORKS, metavar="NAME",
                        help=f"which of {', '.join(EXPERIMENTS)}")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=10, help="turns that each side gets")
    parser.add_argument("--steps", type=int, default=100, help="steps in one turn")
    options = parser.parse_args()
    nn.choose_device("gpu")
    print(
        f"{date.today()}, {gpu_name()}; PyTorch {torch.__version__}, NumPy {version('numpy')}; "
        f"medians of {options.rounds} turns of {options.steps} steps\n"
    )
    print(markdown_head("network", "batch", *(f"{side} (ms)" for side in SIDES), "ours / fastest PyTorch"))
    for name in options.networks:
        print(row(name, options), flush=True)


def row(name, options):
    """One network's line of the table."""
    experiment = EXPERIMENTS[name]
    images, noise = minibatch(experiment)
    ours, *_ = our_step(experiment, *(nn.to_device(array, "gpu") for array in (images, noise)))
    theirs = torch_step(experiment, images, noise, torch.contiguous_format, "cuda")
    rivals = {"ours": ours, "PyTorch, eager": theirs, "PyTorch, one graph": graph_of(theirs)}
    times = {side: np.zeros(options.rounds) for side in rivals}
    for turn in range(options.rounds):
        for side, step in rivals.items():
            times[side][turn] = 1000 * seconds(lambda step=step: several(step, options.steps)) / options.steps
    medians = {side: np.median(rounds) for side, rounds in times.items()}
    ratio = np.median(times["ours"] / np.minimum(times["PyTorch, eager"], times["PyTorch, one graph"]))
    medians |= {"our kernels": kernels_alone(ours), "PyTorch's kernels": kernels_alone(theirs)}
    return markdown(name, experiment.batch, *(f"{medians[side]:.3f}" for side in SIDES), f"{ratio:.2f}")


def several(step, count):
    """So many steps, until the GPU has done them."""
    for _ in range(count):
        step()
    cupy.cuda.runtime.deviceSynchronize()


def kernels_alone(step):
    """Milliseconds of GPU time for a step, whose launches wait in the queue behind a kernel that only counts clocks."""
    wait = cupy.RawKernel(COUNT_CLOCKS, "count_clocks")
    times = []
    for _ in range(5):
        several(step, 1)
        start, end = cupy.cuda.Event(), cupy.cuda.Event()
        wait((1,), (1,), (np.int64(HOLD),))
        start.record()
        for _ in range(QUEUED):
            step()
        end.record()
        end.synchronize()
        times.append(cupy.cuda.get_elapsed_time(start, end) / QUEUED)
    return float(np.median(times))


def graph_of(step):
    """A function that replays the step, captured as one CUDA graph."""
    aside = torch.cuda.Stream()
    with torch.cuda.stream(aside):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


if __name__ == "__main__":
    main()
