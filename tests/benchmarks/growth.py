"""How the time of a training step grows with the batch, the width, the image and the channels.

Each panel varies one thing and leaves the others as they are.  The exponent p of time ~ size^p is the slope of the line
fitted to the logarithms, printed beside that of the number of operations in the matrix products: where the time's is
smaller, something else than products counts at the small end.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import nn  # before NumPy is loaded: see nn.threads
import numpy as np
from matplotlib.figure import Figure
from timing import alternate, conditions, markdown, markdown_head
from training_step import BETA, operations

import vae
from vae.evaluation import plots
from vae.specification import Conv2D, ConvTranspose2D, Dense, Output, Reshape

LATENTS = 10
FIGURE = Path(__file__).parents[2] / "docs" / "figures" / "growth.png"


def dense(width):
    """shapes-dense with hidden layers of another width."""
    layers = [Dense(width, activation, batch_norm=True) for activation in ("relu", "relu", "tanh", "tanh", "tanh")]
    return vae.Architecture(layers[:2], [*layers[2:], Output()])


def convolutional(channels, size):
    """Two convolutions, at strides 2 and 1, and their mirror image, on size x size pixels."""
    half = (size // 2, size // 2, channels)
    return vae.Architecture(
        [Conv2D(channels, 3, 2, "relu", batch_norm=True), Conv2D(channels, 3, 1, "relu", batch_norm=True)],
        [
            Dense(int(np.prod(half)), "relu"),
            Reshape(half),
            ConvTranspose2D(channels, 3, 1, "relu", batch_norm=True),
            ConvTranspose2D(1, 3, 2),
        ],
    )


@dataclass(frozen=True)
class Growth:
    """One thing that grows: its name, its values, and what to build for a value: (architecture, image size, batch)."""

    name: str
    values: tuple
    build: object


GROWTHS = [
    Growth("batch, shapes-dense", (25, 50, 100, 200, 400), lambda n: (dense(1200), 64, n)),
    Growth("width, shapes-dense", (150, 300, 600, 1200, 2400), lambda n: (dense(n), 64, 100)),
    Growth("image size, 16 channels", (16, 32, 64, 128), lambda n: (convolutional(16, n), n, 50)),
    Growth("channels, 32x32 pixels", (4, 8, 16, 32, 64), lambda n: (convolutional(n, 32), 32, 50)),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=6, help="turns that each size gets")
    parser.add_argument("--steps", type=int, default=3, help="steps in one turn")
    parser.add_argument("--output", type=Path, default=FIGURE, help="the figure (default: docs/figures/growth.png)")
    options = parser.parse_args()
    print(f"{conditions(nn.threads.thread_count())}; medians of {options.rounds * options.steps} steps\n")
    print(
        markdown_head(
            "what grows", "from", "to", "ms at the smallest", "at the largest", "time ~ size^", "operations ~"
        )
    )
    curves = []
    for growth in GROWTHS:
        curves.append((growth, *measure(growth, options.rounds, options.steps)))
        print(row(*curves[-1]), flush=True)
    plots.save(figure(curves), options.output)


def measure(growth, rounds, steps):
    """(milliseconds, operations) of a step for each value."""
    problems = {value: problem(*growth.build(value)) for value in growth.values}
    times = alternate({value: step for value, (step, _) in problems.items()}, rounds, steps)
    return [np.median(times[value]) for value in growth.values], [count for _, count in problems.values()]


def problem(architecture, size, batch):
    """(a function that takes one training step, the operations in its matrix products)."""
    rng = np.random.default_rng(0)
    network = architecture.build(LATENTS, rng, np.float32, (size, size, 1), beta=BETA)
    adam = nn.Adam(network.parameters())
    images = (rng.random((batch, size, size, 1)) < 0.07).astype(np.float32)
    eps = rng.standard_normal((batch, LATENTS), dtype=np.float32)

    def step():
        adam.zero_grad()
        network.forward(images, noise=eps, training=True)
        network.backward_parameters()
        adam.step()

    step()
    return step, operations(network, batch)


def exponent(sizes, amounts):
    """p of the least-squares fit log amount = p log size + constant, and the amounts on that line."""
    slope, constant = np.polyfit(np.log(sizes), np.log(amounts), 1)
    return slope, np.exp(constant) * np.asarray(sizes, float) ** slope


def row(growth, milliseconds, counts):
    powers = (exponent(growth.values, amounts)[0] for amounts in (milliseconds, counts))
    ends = growth.values[0], growth.values[-1], f"{milliseconds[0]:.1f}", f"{milliseconds[-1]:.1f}"
    return markdown(growth.name, *ends, *(f"{power:.2f}" for power in powers))


def figure(curves):
    """A panel for each thing that grows, both axes logarithmic."""
    drawing = Figure(figsize=(3.2 * len(curves), 3.1), layout="constrained")
    panels = drawing.subplots(1, len(curves))
    for panel, (growth, milliseconds, counts) in zip(panels, curves, strict=True):
        power, line = exponent(growth.values, milliseconds)
        operations_power, _ = exponent(growth.values, counts)
        panel.loglog(growth.values, milliseconds, "o", color="C0")
        panel.loglog(growth.values, line, "-", color="C0", label=f"time, exponent {power:.2f}")
        scaled = np.array(counts) * (milliseconds[-1] / counts[-1])
        panel.loglog(growth.values, scaled, "--", color="C7", label=f"operations, {operations_power:.2f}")
        panel.set_xticks(growth.values, [str(value) for value in growth.values])
        panel.minorticks_off()
        panel.set_title(growth.name, fontsize=10)
        panel.legend(fontsize=8)
    panels[0].set_ylabel("ms for a training step")
    return drawing


if __name__ == "__main__":
    main()
