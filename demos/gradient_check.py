"""Check every hand-written gradient against finite differences, and print a table.

Layers, losses and the whole beta-VAE objective, in float64, with random upstream gradients: the input and every
parameter, all of which (biases, scale and shift of batch norms, running averages too) are drawn at random.  Whatever
else a layer promises is checked as well: gradients are added up, nothing passed in is changed, ...  Exits with status 1
if anything is wrong.
"""

import argparse
import sys

import vae  # before NumPy is loaded: see nn.threads
import numpy as np

import nn


def layers(rng):
    """(layer, shape of its input) for every kind of layer, odd sizes included."""
    share = nn.Dense(5, 5, rng=rng)
    twice = nn.Dense(5, 5, rng=rng)
    twice.weight = share.weight
    return [
        (nn.Dense(7, 4, rng=rng), (5, 7)),
        (nn.Dense(7, 4, bias=False, rng=rng), (1, 7)),
        (nn.Conv2D(2, 3, 3, 2, rng=rng), (2, 7, 6, 2)),
        (nn.Conv2D(1, 2, (2, 4), (1, 3), rng=rng), (1, 5, 8, 1)),
        (nn.Conv2D(2, 2, (3, 2), 2, "valid", rng=rng), (2, 6, 7, 2)),
        (nn.Conv2D(1, 2, 3, 1, ((2, 0), (1, 3)), rng=rng), (2, 4, 5, 1)),
        (nn.ConvTranspose2D(3, 2, 3, 2, rng=rng), (2, 3, 4, 3)),
        (nn.ConvTranspose2D(2, 1, (4, 2), (2, 3), rng=rng), (1, 3, 2, 2)),
        (nn.ConvTranspose2D(2, 2, (2, 3), (3, 1), "valid", rng=rng), (2, 2, 3, 2)),
        (nn.ConvTranspose2D(1, 2, 4, 2, ((1, 0), (2, 1)), rng=rng), (2, 3, 3, 1)),
        (nn.BatchNorm(4), (9, 4)),
        (nn.BatchNorm(3), (3, 4, 2, 3)),
        (nn.LayerNorm(4), (2, 3, 5, 4)),
        (nn.GroupNorm(2, 6), (2, 3, 4, 6)),
        (nn.ReLU(), (4, 6)),
        (nn.LeakyReLU(0.2), (4, 6)),
        (nn.ELU(), (4, 6)),
        (nn.Softplus(), (4, 6)),
        (nn.SiLU(), (4, 6)),
        (nn.GELU(), (4, 6)),
        (nn.Tanh(), (4, 6)),
        (nn.Sigmoid(), (4, 6)),
        (nn.Softmax(), (4, 6)),
        (nn.Identity(), (4, 6)),
        (nn.MaxPool2D(3, 2, "same"), (2, 6, 7, 2)),
        (nn.AveragePool2D(3, 2, "same"), (2, 6, 7, 2)),
        (nn.GlobalAveragePool2D(), (2, 3, 4, 2)),
        (nn.Upsample((1, 3)), (2, 3, 4, 2)),
        (nn.Dropout(0.3, rng=rng), (4, 6)),
        (nn.Flatten(), (2, 3, 4, 1)),
        (nn.Reshape((4, 3, 1)), (2, 12)),
        (nn.Sequential(share, nn.Tanh(), twice), (3, 5)),
        (nn.Residual(nn.Dense(4, 3, rng=rng), nn.Dense(4, 3, rng=rng)), (3, 4)),
        (nn.Concatenate(nn.Dense(4, 3, rng=rng), nn.Identity()), (3, 4)),
    ]


def losses(rng):
    """(name, loss, prediction, further arguments) for every loss."""
    prediction, grey = rng.normal(size=(4, 6)), rng.uniform(size=(4, 6))
    log_variance = nn.Parameter(rng.normal(size=()), "log variance")
    return [
        ("bernoulli_nll", nn.losses.bernoulli_nll, prediction, (grey,)),
        ("gaussian_nll, variance 0.3", nn.losses.gaussian_nll, prediction, (grey, 0.3)),
        ("squared_error", nn.losses.squared_error, prediction, (grey,)),
        ("gaussian_nll, its variance learned", nn.losses.learned_gaussian_nll, prediction, (grey, log_variance)),
        ("softmax_cross_entropy", nn.losses.softmax_cross_entropy, prediction, (rng.integers(6, size=4),)),
        ("hinge", nn.losses.hinge, prediction, (rng.integers(6, size=4),)),
        ("hinge, weighted", nn.losses.hinge, prediction, (rng.integers(6, size=4), rng.uniform(size=4))),
    ]


def small_network(rng):
    """A beta-VAE of all kinds of layers, small enough to try each of its parameters."""
    encoder = nn.Sequential(
        nn.Conv2D(1, 3, 3, 2, bias=False, initialiser=nn.he_normal, rng=rng), nn.BatchNorm(3), nn.ReLU(),
        nn.Flatten(), nn.Dense(3 * 4 * 3, 8, bias=False, rng=rng), nn.BatchNorm(8), nn.ReLU(),
    )  # fmt: skip
    decoder = nn.Sequential(
        nn.Dense(2, 24, bias=False, rng=rng), nn.BatchNorm(24), nn.Tanh(),
        nn.Reshape((4, 3, 2)), nn.ConvTranspose2D(2, 1, 3, 2, rng=rng),
    )  # fmt: skip
    return vae.Network(encoder, vae.GaussianCode(8, 2, rng=rng), decoder, beta=4.0)


def checks(rng, device="cpu"):
    """(what is checked, its GradientReport), one after the other, computed on the device."""

    def there(argument):
        if isinstance(argument, nn.Parameter):
            argument.to_device(device)
            return argument
        return nn.to_device(argument, device)

    for layer, shape in layers(rng):
        layer.to_device(device)
        x = there(rng.normal(size=shape))
        modes_differ = layer.differs_in_training
        yield f"{layer!r} on {shape}", nn.check_gradients(layer, x, modes_differ=modes_differ, rng=rng)
        if modes_differ:
            yield f"{layer!r} on {shape}, evaluation", nn.check_gradients(layer, x, training=False, rng=rng)
    embedding = nn.Embedding(5, 3, rng=rng)
    embedding.to_device(device)
    yield f"{embedding!r} on (2, 4)", nn.check_gradients(embedding, there(rng.integers(5, size=(2, 4))), rng=rng)
    for name, loss, prediction, arguments in losses(rng):
        arguments = [argument if isinstance(argument, float) else there(argument) for argument in arguments]
        yield f"loss {name}", nn.check_loss(loss, there(prediction), *arguments, rng=rng)

    images, noise = there(rng.uniform(size=(6, 8, 6, 1))), there(rng.normal(size=(6, 2)))
    network = small_network(rng)
    network.to_device(device)
    for mode in ("training", "evaluation"):
        report = nn.check_gradients(
            network, images, training=mode == "training", modes_differ=True, rng=rng, noise=noise, target=images
        )  # fmt: skip
        yield f"beta-VAE objective, {mode}, with noise held fixed", report


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seed", type=int, default=0, help="of weights, inputs and upstream gradients (default: 0)")
    parser.add_argument("--verbose", action="store_true", help="show the comparison for every array")
    parser.add_argument("--device", choices=["cpu", "gpu", "auto"], default="cpu", help="where (default: %(default)s)")
    options = parser.parse_args()
    try:
        device = nn.choose_device(options.device, say=print)
    except RuntimeError as error:
        sys.exit(f"gradient_check: {error}")
    print(f"{'gradients of':<64}{'arrays':>7}{'worst relative error':>22}")
    worst, wrong = 0.0, 0
    for name, report in checks(np.random.default_rng(options.seed), device):
        verdict = "" if report.ok else "   WRONG"
        print(f"{name:<64}{len(report.comparisons):>7}{report.worst:>22.1e}{verdict}", flush=True)
        if options.verbose or not report.ok:
            print(report)
        worst, wrong = max(worst, report.worst), wrong + (not report.ok)
    if wrong:
        sys.exit(f"{wrong} lines of the table are WRONG: what and where stands below each of them")
    print(f"All gradients are right: the worst relative error is {worst:.1e}.")


if __name__ == "__main__":
    main()
