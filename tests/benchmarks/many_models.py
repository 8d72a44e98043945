"""Many small models: one process a core, or all stacked along a leading axis?

Times the training of several beta-VAEs of the digit experiments (1600-256-200-200-2) in processes with one thread
each, and, for the stacked form, only what it cannot do without: the matrix products of all models, batched, with all
threads.
"""

import argparse
import time
from itertools import pairwise

import joblib
import vae  # before NumPy is loaded: see nn.threads
import numpy as np

from vae.training import Trainer

WIDTHS = (1600, 256, 200, 200, 2, 200, 200, 256, 1600)
BATCH = 100


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--models", type=int, default=8)
    parser.add_argument("--steps", type=int, default=50, help="training steps of each model")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with joblib.Parallel(-1) as workers:
        for _ in range(options.rounds):
            processes = train_in_processes(workers, options.models, options.steps)
            stacked = multiply_stacked(options.models, options.steps)
            print(
                f"a step of one model: {1e3 * processes:.2f} ms in processes, all of it; "
                f"{1e3 * stacked:.2f} ms stacked, the matrix products alone; ratio {stacked / processes:.2f}"
            )


def train_in_processes(workers, models, steps):
    start = time.perf_counter()
    workers(joblib.delayed(train)(steps, seed) for seed in range(models))
    return (time.perf_counter() - start) / (models * steps)


def train(steps, seed):
    rng = np.random.default_rng(seed)
    network = vae.ARCHITECTURES["mixing-dense"].build(2, rng, np.dtype("float32"), (40, 40, 1), likelihood="gaussian")
    trainer = Trainer(network, learning_rate=1e-3, batch_size=BATCH, rng=rng, device="cpu")
    images = rng.standard_normal((BATCH, 40, 40, 1), dtype=np.float32)
    for _ in range(steps):
        trainer.step(images)


def multiply_stacked(models, steps):
    rng = np.random.default_rng(0)
    layers = [
        [rng.standard_normal((models, *shape), dtype=np.float32) for shape in ((BATCH, a), (a, b), (BATCH, b))]
        for a, b in pairwise(WIDTHS)
    ]
    start = time.perf_counter()
    for _ in range(steps):
        for x, weight, y in layers:
            np.matmul(x, weight)  # forward
            np.matmul(x.swapaxes(1, 2), y)  # the weight's gradient
            np.matmul(y, weight.swapaxes(1, 2))  # the input's gradient
    return (time.perf_counter() - start) / (models * steps)


if __name__ == "__main__":
    main()
