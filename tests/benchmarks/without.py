"""What each fast form saves: the time of a training step with that function plain / with it fast, in turns.

A row for each function of ``nn.forms.TABLE`` that has a fast form, and for what else makes a step fast.
"""

import argparse
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import nn  # before NumPy is loaded: see nn.threads
import numpy as np
from timing import alternate, conditions, markdown, markdown_head
from training_step import EXPERIMENTS, NETWORKS, minibatch, our_step

from nn.fast import convolution, optimisers
from nn.fast.products import FoldProduct, UnfoldGradient, UnfoldProduct
from nn.fast.winograd import WinogradGradient, WinogradProduct
from nn.forms import TABLE

ROWS = [name for name, forms in TABLE.items() if "fast" in forms]


def one_after_the_other(function, blocks):
    for block in blocks:
        function(*block)


IDEAS = {  # inside of the fast forms, or beside them: what to replace, by what
    "correlate ...: the whole batch as one block": [(convolution, "BLOCK", 2**62)],
    "correlate ...: no flipping": [
        (convolution, "PRODUCTS", (UnfoldProduct, WinogradProduct)),
        (convolution, "ADJOINTS", (FoldProduct,)),
        (convolution, "GRADIENTS", (UnfoldGradient, WinogradGradient)),
    ],
    "correlate ...: no Winograd": [
        (convolution, "PRODUCTS", (UnfoldProduct, convolution.FlippedProduct)),
        (convolution, "ADJOINTS", (FoldProduct, convolution.FlippedAdjoint)),
        (convolution, "GRADIENTS", (UnfoldGradient, convolution.FlippedGradient)),
    ],
    "correlate ...: our threads": [(convolution, "on_all_threads", one_after_the_other)],
    "adam_update: our threads": [(optimisers, "on_all_threads", one_after_the_other)],
    "no gradient for the images": [(nn.Sequential, "backward_parameters", nn.Sequential.backward)],
}


@contextmanager
def without(row):
    """The plain form in the place of a fast one, or of an idea, for as long as this lasts."""
    with ExitStack() as replaced:
        if row in TABLE:
            replaced.enter_context(nn.use(**{row: TABLE[row]["plain"]}))
        for owner, name, plain in IDEAS.get(row, []):
            replaced.enter_context(patch.object(owner, name, plain))
        yield


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--networks", nargs="+", choices=EXPERIMENTS, default=NETWORKS, metavar="NAME")
    parser.add_argument("--rounds", type=int, default=6, help="turns that each form gets")
    parser.add_argument("--steps", type=int, default=2, help="steps in one turn")
    options = parser.parse_args()
    print(f"{conditions(nn.threads.thread_count())}; medians of {options.rounds} turns of {options.steps} steps\n")
    times = {name: ratios(name, options.rounds, options.steps) for name in options.networks}
    print(markdown_head("time without / with", *times))
    for row in ("all plain", *ROWS, *IDEAS):
        print(markdown(row, *(f"{times[name][row]:.2f}" for name in times)))


def ratios(name, rounds, steps):
    """{row: the step's time without it / with it}, medians over the turns."""
    experiment = EXPERIMENTS[name]
    step, _, _ = our_step(experiment, *minibatch(experiment))

    def step_without(row):
        with nn.use("plain") if row == "all plain" else without(row):
            step()

    rows = ("all plain", *ROWS, *IDEAS)
    times = alternate({"with": step} | {row: lambda row=row: step_without(row) for row in rows}, rounds, steps)
    return {row: np.median(times[row] / times["with"]) for row in rows}


if __name__ == "__main__":
    main()
