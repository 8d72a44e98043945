"""What a look inside costs when nobody looks: the time of a training step with `nn.trace` off / without it, in turns.

Rows: a step of the layers in a process that has traced before / in one that never has, since `nn.trace` and `nn.debug`
exchange methods of the layers' classes and must put all of them back; a step of `vae`'s training, which calls back
whoever wants to look, but nobody does / the same lines without these calls; for comparison, the same step twice, which
says how exact the other rows are, and a step inside of ``with nn.trace(network)``, which may cost.
"""

import argparse
import sys
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import nn  # before NumPy is loaded: see nn.threads
import numpy as np

import vae

sys.path.insert(0, str(Path(__file__).parents[1] / "oracles"))
from timing import alternate, conditions, markdown, markdown_head
from torch_networks import EXPERIMENTS
from training_step import NETWORKS, minibatch, our_step

from vae.network.images import to_float
from vae.training import Trainer
from vae.training.whole_sets import draw_noise

ROWS = {  # row: (the step in question, the one to compare it with)
    "after a trace / never traced": ("traced", "untouched"),
    "callbacks, none given / no calls": ("trainer", "bare"),
    "the same step twice": ("again", "step"),
    "inside of a trace": ("tracing", "step"),
}


class Bare(Trainer):
    """A `Trainer` whose step calls nobody back: the lines of `Trainer.step` without them."""

    def step(self, images):
        self.network.beta = nn.schedules.at(self.beta, self.optimiser.steps)
        target = to_float(nn.to_device(images, self.device), self.network.dtype)
        x = target if self.corruption is None else self._corrupted(target)
        noise = nn.to_device(draw_noise(self.rng, len(images), self.network), self.device)
        with np.errstate(over="ignore", invalid="ignore"):
            self.optimiser.zero_grad()
            objective = self.network.forward(x, noise=noise, target=target, training=True)
            self.network.backward_parameters()
            self.optimiser.step()
        return objective, self.network.reconstruction, self.network.kl.sum()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--networks", nargs="+", choices=EXPERIMENTS, default=NETWORKS, metavar="NAME")
    parser.add_argument("--rounds", type=int, default=20, help="turns that each side gets")
    parser.add_argument("--steps", type=int, default=4, help="steps in one turn")
    parser.add_argument("--quick", action="store_true", help="three turns of one step of mnist-dense: does it run?")
    options = parser.parse_args()
    if options.quick:
        options.networks, options.rounds, options.steps = ["mnist-dense"], 3, 1
    print(f"{conditions(nn.threads.thread_count())}; medians of {options.rounds} turns of {options.steps} steps, ")
    print("in brackets the middle half of the turns\n")
    results = {name: ratios(name, options.rounds, options.steps) for name in options.networks}
    print(markdown_head("time / time", *results))
    for row in ROWS:
        print(markdown(row, *(shown(results[name][row]) for name in results)))


def shown(turns):
    """The median of the turns' ratios, and the middle half of them."""
    low, middle, high = np.quantile(turns, (0.25, 0.5, 0.75))
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"


def ratios(name, rounds, steps):
    """{row: the ratio of the times in each turn, (rounds,)}."""
    with rivals(name) as functions:
        times = alternate(functions, rounds, steps)
    return {row: times[one] / times[other] for row, (one, other) in ROWS.items()}


@contextmanager
def rivals(name):
    """{what: a function that takes one step of that kind}."""
    experiment = EXPERIMENTS[name]
    images, noise = minibatch(experiment)
    step, network, _ = our_step(experiment, images, noise)

    def traced_step():
        with nn.trace(network):
            step()

    with another_process(name, False) as untouched, another_process(name, True) as traced:
        yield {
            "untouched": untouched, "traced": traced,
            "bare": training_step(Bare, experiment, images), "trainer": training_step(Trainer, experiment, images),
            "step": step, "again": step, "tracing": traced_step,
        }  # fmt: skip


def training_step(kind, experiment, images):
    """A function that takes a step of a new `Trainer` of this kind, as `BetaVAE.fit` does without callbacks."""
    network = vae.ARCHITECTURES[experiment.architecture].build(
        experiment.latent_dim, np.random.default_rng(0), np.dtype(np.float32), experiment.image_shape,
        likelihood=experiment.likelihood, reduction=experiment.reduction,
    )  # fmt: skip
    trainer = kind(network, learning_rate=1e-3, batch_size=len(images), rng=np.random.default_rng(0), device="cpu")
    trainer._training_state = nn.TrainingState(network, trainer.optimiser, trainer.history)  # as in the midst of a fit
    return lambda: trainer.step(images)


@contextmanager
def another_process(name, trace):
    """A function that lets a process of its own take a step of the network; with `trace`, it has traced before."""
    context = get_context("spawn")  # nothing of this process goes over
    here, there = context.Pipe()
    process = context.Process(target=take_steps, args=(there, name, trace), daemon=True)
    process.start()
    there.close()  # the other process has its own: if it ends, whoever waits for it here gets an EOFError

    def step():
        here.send(True)
        here.recv()

    try:
        yield step
    finally:
        process.terminate()
        process.join()


def take_steps(connection, name, trace):
    """In the other process: a step whenever it is asked for one."""
    experiment = EXPERIMENTS[name]
    step, network, _ = our_step(experiment, *minibatch(experiment))
    if trace:
        with nn.debug(), nn.trace(network):
            step()
    while True:
        connection.recv()
        step()
        connection.send(None)


if __name__ == "__main__":
    main()
