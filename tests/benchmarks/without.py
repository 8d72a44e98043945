"""What each idea saves: the time of a training step without it, divided by the time with it, in turns.

Every idea that makes our step fast has a plain form, which computes the same.  Here it takes the idea's place.
"""

import argparse
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import nn  # before NumPy is loaded: see nn.threads
import numpy as np
from timing import alternate, conditions, markdown, markdown_head
from training_step import EXPERIMENTS, NETWORKS, minibatch, our_step

from nn import activations, batch_norm, correlation, losses, optimisers, patches, winograd


def one_share(*arrays, numbers):
    return [list(arrays)]


def whole(*arrays, **_):
    return [list(arrays)]


def one_after_the_other(function, blocks):
    for block in blocks:
        function(*block)


def write_zeros(parameter):
    parameter._grad_is_zero = True
    return parameter.grad


def adam_with_factors(data, grad, m, v, beta1, beta2, eps, step_size):
    """`Adam`'s rule as it is written, for the same step_size and eps as `adam_update`."""
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * (grad * grad)
    data -= step_size / (1 - beta1) * m / (np.sqrt(v / (1 - beta2)) + eps)


def sigmoid_by_choice(x, e):
    y = np.where(x >= 0, e.dtype.type(1), e)
    y /= 1 + e
    return y


def scale_by_choice(whole, x, slope):
    return np.where(whole, x, x * slope)


IDEAS = {  # what to replace, by its plain form
    "blocks of patches in the cache": [
        (correlation, "blocks_of", whole), (correlation, "shares_of", one_share),
    ],
    "patches of the side that costs less": [(correlation, "_turning_pays", lambda *_: False)],
    "fewer multiplications": [(winograd, "fits", lambda windows: False)],
    "few channels laid out column by column": [(patches, "SHORT", 0)],
    "whole examples in batch norm": [(batch_norm, "_like", lambda x, values: values)],
    "gradients written by the product": [(nn.Parameter, "zero_grad", write_zeros)],
    "no gradient for the images": [(nn.Sequential, "backward_parameters", nn.Sequential.backward)],
    "Adam without constant factors": [(optimisers, "adam_update", adam_with_factors)],
    "Adam in blocks": [(optimisers, "blocks_of", whole)],
    "Adam on all threads": [(optimisers, "on_all_threads", one_after_the_other)],
    "no choice for each number": [
        (losses, "sigmoid", sigmoid_by_choice), (activations, "scale_where", scale_by_choice),
    ],
}  # fmt: skip


@contextmanager
def without(idea):
    """The plain form in the place of an idea, for as long as this lasts."""
    with ExitStack() as replaced:
        for owner, name, plain in IDEAS[idea]:
            replaced.enter_context(patch.object(owner, name, plain))
        yield


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--networks", nargs="+", choices=EXPERIMENTS, default=NETWORKS, metavar="NAME")
    parser.add_argument("--rounds", type=int, default=8, help="turns that each form gets")
    parser.add_argument("--steps", type=int, default=3, help="steps in one turn")
    options = parser.parse_args()
    print(f"{conditions(nn.threads.thread_count())}; medians of {options.rounds} turns of {options.steps} steps\n")
    times = {name: ratios(name, options.rounds, options.steps) for name in options.networks}
    print(markdown_head("time without / with", *times))
    for idea in IDEAS:
        print(markdown(idea, *(f"{times[name][idea]:.2f}" for name in times)))


def ratios(name, rounds, steps):
    """{idea: the step's time without it / with it}, medians over the turns."""
    experiment = EXPERIMENTS[name]
    step, _, _ = our_step(experiment, *minibatch(experiment))

    def step_without(idea):
        with without(idea):
            step()

    forms = {"with": step} | {idea: lambda idea=idea: step_without(idea) for idea in IDEAS}
    times = alternate(forms, rounds, steps)
    return {idea: np.median(times[idea] / times["with"]) for idea in IDEAS}


if __name__ == "__main__":
    main()
