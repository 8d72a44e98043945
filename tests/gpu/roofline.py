"""What a training step moves and computes, on paper, and how long an H100 would need for it at its limits.

    python tests/gpu/roofline.py

Nothing is executed.  Each kernel is taken to read its inputs and write its outputs once, in the GPU's main memory; what
stays in its cache is faster.
"""

import math
from collections import defaultdict

import numpy as np

import nn
import vae

BATCH, LATENTS = 100, 10
COPY = 3.0e12  # bytes/s, a measured copy rate of an H100 SXM
RATES = {"FP32": 67e12, "TF32": 495e12}  # FLOP/s, NVIDIA's data sheet for the H100 SXM, dense
FLOAT = 4


def product(kind, m, k, n):
    return kind, FLOAT * (m * k + k * n + m * n), 2 * m * k * n


def passes(kind, numbers, how_many):
    return kind, FLOAT * numbers * how_many, 0


def dense(layer, x, first):
    y = (x[0], layer.n_out)
    yield product("matrix products", *x, layer.n_out)
    yield product("matrix products", x[1], x[0], layer.n_out)
    if not first:
        yield product("matrix products", *y, layer.n_in)
    if layer.bias is not None:
        yield passes("bias", math.prod(y), 3)


def convolution(layer, x, y, first):
    """A transposed convolution is the same with the image on the other side, and never first."""
    image, other = (y, x) if isinstance(layer, nn.ConvTranspose2D) else (x, y)
    rows, columns = math.prod(other[:3]), math.prod(layer.kernel_size) * image[3]
    copying = FLOAT * (math.prod(image) + rows * columns)
    for _ in range(2 if first else 3):  # once for each product: patches are laid out anew for the kernel's gradient
        yield "unfold and fold", copying, 0
    for _ in range(2 if first else 3):
        yield product("matrix products", rows, columns, other[3])
    if layer.bias is not None:
        yield passes("bias", math.prod(y), 3)


def operations(layer, x, y, first):
    """(kind, bytes, FLOP) of every kernel of a layer's forward and backward."""
    size = math.prod(y)
    if isinstance(layer, nn.Dense):
        yield from dense(layer, x, first)
    elif isinstance(layer, nn.Conv2D | nn.ConvTranspose2D):
        yield from convolution(layer, x, y, first)
    elif isinstance(layer, nn.BatchNorm):
        yield passes("batch norm", size, 4 + 5)
    elif isinstance(layer, nn.ReLU):
        yield passes("activations", size, 2 + 1 / 4 + 2 + 1 / 4)
    elif isinstance(layer, nn.Tanh):
        yield passes("activations", size, 2 + 3)


def step(network):
    """(kind, bytes, FLOP) of every kernel of a training step."""
    pixels = BATCH * 64 * 64
    yield passes("unpacking, likelihood", pixels, 1 + 1 / 32 + 3 + 2)
    x, first = np.zeros((1, 64, 64, 1), np.float32), True
    for stack in (network.encoder, None, network.decoder):
        if stack is None:
            for layer in (network.code.mean, network.code.log_variance):
                yield from operations(layer, (BATCH, layer.n_in), (BATCH, LATENTS), False)
            x = np.zeros((1, LATENTS), np.float32)
            continue
        for layer in stack.layers:
            y = layer.forward(x)
            yield from operations(layer, (BATCH, *x.shape[1:]), (BATCH, *y.shape[1:]), first)
            first = first and not layer.parameters()
            x = y
    yield passes("Adam", nn.count(network.parameters()), 7)


def main():
    for name in ("shapes-dense", "shapes-conv"):
        network = vae.ARCHITECTURES[name].build(LATENTS, np.random.default_rng(0), np.dtype("float32"), (64, 64, 1))
        totals = defaultdict(lambda: np.zeros(4))
        for kind, moved, computed in step(network):
            totals[kind] += [moved, computed, *(max(moved / COPY, computed / rate) for rate in RATES.values())]
        print(f"{name}, batch {BATCH}")
        print(f"{'':<24}{'MB':>10}{'GFLOP':>10}" + "".join(f"{f'us, {rate}':>12}" for rate in RATES))
        for kind, numbers in [*totals.items(), ("together", sum(totals.values()))]:
            moved, computed, *times = numbers
            columns = "".join(f"{1e6 * time:>12.0f}" for time in times)
            print(f"{kind:<24}{moved / 1e6:>10.1f}{computed / 1e9:>10.2f}{columns}")
        print()


if __name__ == "__main__":
    main()
