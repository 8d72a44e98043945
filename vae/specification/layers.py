"""Layers of a network yet to be built, named as in `nn`.

Each says only what it makes; what comes in follows from the layer before it:

    encoder=[Conv2D(8, 3, stride=2, activation="relu"), Dense(64, "relu")]

A layer's initial weights follow from its activation: He's for the ReLUs, Xavier's for all others (dissertation,
section 3.2.5.1).  With ``batch_norm=True`` a batch normalisation, which subtracts any bias, stands before the
activation in place of one (Figure 3.15).
"""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

import nn
from nn.patches import windows_giving, windows_on
from nn.type_hints import DType, Shape

ACTIVATIONS = {
    "linear": (None, nn.xavier_uniform),
    "relu": (nn.ReLU, nn.he_normal),
    "leaky_relu": (partial(nn.LeakyReLU, 0.2), nn.he_normal),  # the slope that TensorFlow takes
    "tanh": (nn.Tanh, nn.xavier_uniform),
    "sigmoid": (nn.Sigmoid, nn.xavier_uniform),
}


@dataclass(frozen=True)
class Dense:
    """`nn.Dense` to so many units; an image is flattened first."""

    units: int
    activation: str = "linear"
    batch_norm: bool = False

    def __post_init__(self):
        _check(self, "units")

    def output_shape(self, shape: Shape) -> Shape:
        return (self.units,)

    def weights(self, shape: Shape) -> int:
        return math.prod(shape) * self.units

    def build(self, shape: Shape, rng: np.random.Generator, dtype: DType) -> list[nn.Layer]:
        flatten = [nn.Flatten()] if len(shape) > 1 else []
        return flatten + _with_activation(self, nn.Dense, math.prod(shape), self.units, rng=rng, dtype=dtype)


@dataclass(frozen=True)
class _SlidingKernel:
    """To so many channels, with a square kernel and "same" padding."""

    channels: int
    kernel_size: int
    stride: int = 1
    activation: str = "linear"
    batch_norm: bool = False

    def __post_init__(self):
        _check(self, "channels", "kernel_size", "stride")

    def weights(self, shape: Shape) -> int:
        return self.kernel_size**2 * shape[-1] * self.channels

    def build(self, shape: Shape, rng: np.random.Generator, dtype: DType) -> list[nn.Layer]:
        return _with_activation(
            self, getattr(nn, type(self).__name__), shape[-1], self.channels, kernel_size=self.kernel_size,
            stride=self.stride, rng=rng, dtype=dtype,
        )  # fmt: skip

    def _windows(self, make, shape):
        height, width, _ = _image(shape)
        return make((height, width), (self.kernel_size,) * 2, (self.stride,) * 2, "same")


class Conv2D(_SlidingKernel):
    """`nn.Conv2D`, square kernel, "same" padding: an image of size becomes one of ceil(size / stride)."""

    def output_shape(self, shape: Shape) -> Shape:
        return (*self._windows(windows_on, shape).output_size, self.channels)


class ConvTranspose2D(_SlidingKernel):
    """`nn.ConvTranspose2D`, square kernel, "same" padding: an image of size becomes one of size * stride."""

    def output_shape(self, shape: Shape) -> Shape:
        return (*self._windows(windows_giving, shape).image_size, self.channels)


@dataclass(frozen=True)
class Reshape:
    """The same numbers in another shape, such as (7, 7, 16)."""

    shape: tuple

    def __post_init__(self):
        object.__setattr__(self, "shape", tuple(self.shape))
        for size in self.shape:
            _check_size(self, "shape", size)

    def output_shape(self, shape: Shape) -> Shape:
        if math.prod(shape) != math.prod(self.shape):
            raise ValueError(f"takes {math.prod(self.shape)} numbers")
        return self.shape

    def weights(self, shape: Shape) -> int:
        return 0

    def build(self, shape: Shape, rng: np.random.Generator, dtype: DType) -> list[nn.Layer]:
        return [nn.Reshape(self.shape)]


@dataclass(frozen=True)
class Output:
    """A dense layer to as many numbers as an image has, in the shape of an image: the end of a decoder."""


def _with_activation(layer, linear, n_in, n_out, **arguments):
    activation, initialiser = ACTIVATIONS[layer.activation]
    layers = [linear(n_in, n_out, bias=not layer.batch_norm, initialiser=initialiser, **arguments)]
    if layer.batch_norm:
        layers.append(nn.BatchNorm(n_out, dtype=arguments["dtype"]))
    return layers if activation is None else [*layers, activation()]


def _image(shape):
    if len(shape) != 3:
        raise ValueError("takes images (height, width, channels): put a Reshape before it")
    return shape


def _check(layer, *sizes):
    for name in sizes:
        _check_size(layer, name, getattr(layer, name))
    if layer.activation not in ACTIVATIONS:
        raise ValueError(
            f"{type(layer).__name__} got activation {layer.activation!r}: choose from {', '.join(ACTIVATIONS)}"
        )
    if not isinstance(layer.batch_norm, bool):
        raise ValueError(f"{type(layer).__name__} takes batch_norm True or False, got {layer.batch_norm!r}")


def _check_size(layer, name, value):
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{type(layer).__name__} takes positive whole numbers, got {name} = {value!r}")
