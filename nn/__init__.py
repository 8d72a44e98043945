"""A layer library with every gradient written by hand, for NumPy and CuPy arrays."""

from . import threads  # before NumPy is loaded: it says why
from . import losses
from .activations import Identity, LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from .batch_norm import BatchNorm
from .composite import Composite
from .convolution import Conv2D, ConvTranspose2D
from .dense import Dense
from .device import array_module, choose_device, to_device, to_host
from .diagnosis import diagnose
from .gradient_check import GradientReport, check_gradients, check_loss
from .initialisers import he_normal, xavier_uniform
from .layer import Layer
from .optimisers import SGD, Adam
from .parameter import Parameter, count
from .sequential import Sequential
from .shaping import Flatten, Reshape
from .summary import summary
from .unrolled import unroll

__all__ = [
    "SGD",
    "Adam",
    "BatchNorm",
    "Composite",
    "Conv2D",
    "ConvTranspose2D",
    "Dense",
    "Flatten",
    "GradientReport",
    "Identity",
    "Layer",
    "LeakyReLU",
    "Parameter",
    "ReLU",
    "Reshape",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "array_module",
    "check_gradients",
    "check_loss",
    "choose_device",
    "count",
    "diagnose",
    "he_normal",
    "losses",
    "summary",
    "threads",
    "to_device",
    "to_host",
    "unroll",
    "xavier_uniform",
]
