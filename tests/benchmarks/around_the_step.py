"""What a training step's time does not show: encoding, decoding, memory, the rest of an epoch, making ShapesSet.

encoding, decoding      images a second, ours against PyTorch's (in inference mode, channels as they come), in turns
memory                  the peak of NumPy's memory in one training step, of which parameters, gradients and
                        Adam's moments are four numbers a parameter
epoch                   one epoch of a denoising shapes-dense on ShapesSet, by what it is spent on
ShapesSet               seconds to make it from nothing
"""

import argparse
import sys
import tracemalloc
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import nn  # before NumPy is loaded: see nn.threads
import numpy as np
import torch

import datasets
import vae

sys.path.insert(0, str(Path(__file__).parents[1] / "oracles"))
from stopwatch import Stopwatch
from timing import alternate, conditions, fastest, markdown, markdown_head
from torch_networks import EXPERIMENTS
from torch_padding import Native
from training_step import BETA, NETWORKS, minibatch, our_step

from vae.training import Trainer

MB = 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--networks", nargs="+", choices=EXPERIMENTS, default=NETWORKS, metavar="NAME")
    parser.add_argument("--rounds", type=int, default=12, help="turns of encoding and decoding; epochs")
    parser.add_argument("--batches", type=int, default=50, help="batches in an epoch")
    options = parser.parse_args()
    torch.set_num_threads(nn.threads.thread_count())
    print(f"{conditions(nn.threads.thread_count())}; medians of {options.rounds} rounds\n")
    print(markdown_head("network", "encoding, ours (images/s)", "PyTorch", "decoding, ours (images/s)", "PyTorch"))
    for name in options.networks:
        print(markdown(name, *coding_rates(EXPERIMENTS[name], options.rounds)), flush=True)
    print("\n" + markdown_head("network", "parameters, gradients, moments (MB)", "peak of a step (MB)"))
    for name in options.networks:
        print(markdown(name, *(f"{size / MB:.1f}" for size in memory(EXPERIMENTS[name]))), flush=True)
    print(f"\nShapesSet: {fastest(datasets.ShapesSet, tries=min(3, options.rounds)):.2f} s to make it, at best\n")
    print(epoch_times(options.rounds, options.batches))


def coding_rates(experiment, rounds):
    """Images a second: encoding by us and by PyTorch, decoding by us and by PyTorch."""
    images, noise = minibatch(experiment)
    step, network, _ = our_step(experiment, images, noise)
    step()  # a batch norm has something to go by
    twin = experiment.twin(experiment.latent_dim, BETA, Native).eval()
    torch_images, torch_eps = torch.from_numpy(images).movedim(-1, 1).contiguous(), torch.from_numpy(noise)
    mean = torch.sigmoid if experiment.likelihood == "bernoulli" else torch.nn.Identity()
    rivals = {
        "our encoding": lambda: network.encode(images),
        "PyTorch's encoding": lambda: twin.distribution(torch_images),
        "our decoding": lambda: network.decode(noise),
        "PyTorch's decoding": lambda: mean(twin.decoder(torch_eps)),
    }
    with torch.inference_mode():
        times = alternate(rivals, rounds, calls=3)
    return [f"{1000 * len(images) / np.median(milliseconds):,.0f}" for milliseconds in times.values()]


def memory(experiment):
    """Bytes of parameters, gradients and moments, and the most that is in use while a second step runs."""
    images, noise = minibatch(experiment)
    tracemalloc.start()
    try:
        step, network, _ = our_step(experiment, images, noise)
        step()
        tracemalloc.reset_peak()
        step()
        return 4 * 4 * nn.count(network.parameters()), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def epoch_times(epochs, batches):
    """A Markdown table of what a denoising epoch's time is spent on."""
    experiment = EXPERIMENTS["shapes-dense"]
    shapes, watch = datasets.ShapesSet().images, Stopwatch()
    images = shapes.subset(np.random.default_rng(0).permutation(len(shapes))[: batches * experiment.batch])
    _, network, _ = our_step(experiment, *minibatch(experiment))
    trainer = Trainer(
        network, learning_rate=1e-3, batch_size=experiment.batch, rng=np.random.default_rng(0), device="cpu",
        corruption=watch.timed(datasets.SaltAndPepper(0.2), "corruption"),
    )  # fmt: skip
    parts = {  # whose time it is: (owner, name) of the function that spends it
        "forward": (network, "forward"),
        "backward": (network, "backward_parameters"),
        "Adam": (trainer.optimiser, "step"),
        "unpacking": (datasets.PackedImages, "__getitem__"),
        "noise": (vae.training.trainer, "draw_noise"),
    }
    with ExitStack() as wrapped:
        for part, (owner, name) in parts.items():
            wrapped.enter_context(patch.object(owner, name, watch.timed(getattr(owner, name), part)))
        for epoch in range(1, epochs + 1):
            watch.run(lambda epoch=epoch: trainer.fit(images, None, epochs=epoch, patience=epoch, progress=False))
    return epoch_table(watch, [*parts, "corruption"], batches)


def epoch_table(watch, parts, batches):
    """The medians over the epochs, for one batch."""
    times = {part: watch.milliseconds(part) / batches for part in parts}
    whole = watch.milliseconds("whole") / batches
    times["all else"] = whole - sum(times.values())
    lines = [markdown(part, f"{t:.2f}", f"{100 * t / whole:.1f} %") for part, t in times.items()]
    head = markdown_head("an epoch of shapes-dense, denoising", "ms a batch of 100", "share")
    return "\n".join([head, *lines, markdown("whole", f"{whole:.2f}", "100 %")])


if __name__ == "__main__":
    main()
