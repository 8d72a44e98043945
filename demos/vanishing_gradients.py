"""Why do deep networks not learn?  Train deep ones, with and without Xavier's weights and batch normalisation.

Draws how large outputs and gradients are in every layer before the first step (`nn.trace`), and what the networks
learn: the digits of 8x8 pixels that scikit-learn brings along.  docs/gradients.md explains it; takes under a minute.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import nn  # before NumPy is loaded: see nn.fast.threads
import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

from nn.files import atomic_write, writable_folder

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
CLASSES, PIXELS = 10, 64


def small_uniform(shape, fan_in, fan_out, rng):
    """W ~ U[-1, 1] / sqrt(fan_in), variance 1 / (3 fan_in): usual before Xavier (Glorot and Bengio 2010, eq. 1)."""
    return rng.uniform(-1, 1, shape) / np.sqrt(fan_in)


VARIANTS = {  # name: (initialiser, batch normalisation)
    "small weights": (small_uniform, False),
    "Xavier": (nn.xavier_uniform, False),
    "small weights, batch norm": (small_uniform, True),
    "Xavier, batch norm": (nn.xavier_uniform, True),
}


def build(depth, units, activation, initialiser, batch_norm, rng):
    """`depth` hidden layers, each dense, then (maybe) a batch norm, then the activation; at the end 10 logits."""
    layers, n_in = [], PIXELS
    for _ in range(depth):
        layers.append(nn.Dense(n_in, units, bias=not batch_norm, initialiser=initialiser, rng=rng))
        layers += [nn.BatchNorm(units, momentum=0.9)] if batch_norm else []
        layers.append(ACTIVATIONS[activation]())
        n_in = units
    return nn.Sequential(*layers, nn.Dense(units, CLASSES, initialiser=initialiser, rng=rng))


def look(network, images, labels, optimiser):
    """The `nn.trace` of one step."""
    with nn.trace(network) as trace:
        optimiser.zero_grad()
        _, dlogits = nn.losses.softmax_cross_entropy(network.forward(images, training=True), labels)
        network.backward(dlogits)
        optimiser.step()
    return trace


def load():
    """Training and test (images, labels): images (n, 64) float32 in [-1, 1]."""
    digits = load_digits()
    images, labels = digits.data.astype(np.float32) / 8 - 1, digits.target
    order = np.random.default_rng(0).permutation(len(images))
    train, test = order[:1400], order[1400:]
    return (images[train], labels[train]), (images[test], labels[test])


def run(options):
    start = time.perf_counter()
    output = writable_folder(options.output)
    train, test = load()
    results, traces = {}, {}
    for name, (initialiser, batch_norm) in VARIANTS.items():
        rng = np.random.default_rng(options.seed)
        network = build(options.depth, options.units, options.activation, initialiser, batch_norm, rng)
        optimiser = nn.SGD(network.parameters(), options.learning_rate, momentum=0.9)
        traces[name] = look(network, train[0][:200], train[1][:200], optimiser)
        history = nn.fit(
            network, nn.losses.softmax_cross_entropy, optimiser, nn.Batches(*train, size=50, rng=rng),
            epochs=options.epochs, validation=nn.Batches(*test), metrics={"accuracy": nn.metrics.accuracy},
            progress=False,
        )  # fmt: skip
        results[name] = summarise(traces[name], history)
        print_row(name, results[name])
    with atomic_write(output / "vanishing_gradients.png") as file:
        draw(results, options).savefig(file, format="png", dpi=110)
    with atomic_write(output / "trace.png") as file:
        traces["Xavier"].plot().savefig(file, format="png", dpi=90)
    settings = {name: str(value) if isinstance(value, Path) else value for name, value in vars(options).items()}
    with atomic_write(output / "results.json", "w") as file:
        json.dump({"settings": settings, "variants": results}, file, indent=2)
    print(f"Done in {time.perf_counter() - start:.0f} s. The figures and results.json are in {output}/")


def summarise(trace, history):
    """Standard deviations in the dense layers before the first step, first to last; how the training went."""
    dense = [name for name, record in trace.layers.items() if record.layer.startswith("Dense")]
    return {
        "outputs": [trace.layers[name].y.between_examples for name in dense],
        "gradients": [trace.layers[name].dy.deviation for name in dense],
        "updates": [trace.parameters[f"{name}.weight"].update for name in dense],
        "history": history,
    }


def print_row(name, result):
    if name == next(iter(VARIANTS)):
        print(f"{'':<28}{'gradient dy, first / last layer':>32}{'update / norm, first':>22}{'test accuracy':>15}")
    ratio, update = result["gradients"][0] / result["gradients"][-1], result["updates"][0]
    print(f"{name:<28}{ratio:>32.1e}{update:>22.1e}{result['history']['validation_accuracy'][-1]:>15.1%}")


def draw(results, options):
    """Sizes by layer, and learning by epoch; a line for each variant."""
    figure = Figure(figsize=(11, 7), layout="constrained")
    (outputs, gradients), (losses, accuracies) = figure.subplots(2, 2)
    for name, result in results.items():
        layers = range(1, len(result["outputs"]) + 1)
        outputs.semilogy(layers, result["outputs"], "o-", markersize=3, label=name)
        gradients.semilogy(layers, result["gradients"], "o-", markersize=3)
        losses.plot(result["history"]["epoch"], result["history"]["loss"])
        accuracies.plot(result["history"]["epoch"], result["history"]["validation_accuracy"])
    outputs.set(title="output y of each dense layer", xlabel="layer", ylabel="deviation between images")
    gradients.set(title="gradient dy of each dense layer", xlabel="layer", ylabel="standard deviation")
    losses.set(title="training loss", xlabel="epoch", ylabel="cross entropy (nats)")
    accuracies.set(title="test accuracy", xlabel="epoch", ylim=(0, 1))
    accuracies.axhline(1 / CLASSES, color="gray", linewidth=0.8)
    outputs.legend(fontsize="small")
    for axes in figure.axes:
        axes.grid(alpha=0.3)
    network = f"{options.depth} hidden layers of {options.units} units, {options.activation}"
    figure.suptitle(f"{network}: before the first step (above), and learning (below)")
    return figure


def parse(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--activation", choices=sorted(ACTIVATIONS), default="sigmoid", help="after each hidden layer")
    parser.add_argument("--depth", type=int, default=12, help="hidden layers")
    parser.add_argument("--units", type=int, default=64, help="in each of them")
    parser.add_argument("--epochs", type=int, default=30, help="passes over the 1,400 training images")
    parser.add_argument("--learning-rate", type=float, default=0.05, help="of gradient descent with momentum 0.9")
    parser.add_argument("--seed", type=int, default=0, help="of the weights and the order of the images")
    parser.add_argument(
        "--output", type=Path, default=Path("outputs/vanishing_gradients"), help="folder for the figures"
    )
    options = parser.parse_args(arguments)
    if min(options.depth, options.units, options.epochs) < 1 or options.seed < 0:
        parser.error("at least one layer, one unit, one epoch, and a seed that is not negative, please")
    return options


def main(arguments=None):
    try:
        run(parse(arguments))
    except (ValueError, OSError, ArithmeticError) as error:
        sys.exit(f"vanishing_gradients: {error}")


if __name__ == "__main__":
    main()
