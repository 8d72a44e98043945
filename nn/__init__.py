"""A layer library with every gradient written by hand, for NumPy and CuPy arrays."""

from .fast import threads  # before NumPy is loaded: it says why
from .fast.memory import keep_freed_memory
from . import losses
from .activations import Identity, LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from .batch_norm import BatchNorm
from .convolution import Conv2D, ConvTranspose2D
from .debug import debug
from .dense import Dense
from .device import choose_device, to_device, to_host
from .forms import add_forms, array_module, several_forms, use
from .gradient_check import GradientReport, check_gradients, check_loss
from .initialisers import he_normal, xavier_uniform
from .layer import Layer, Parameter
from .optimisers import SGD, Adam
from .sequential import Sequential
from .shaping import Flatten, Reshape
from .summary import count, summary
from .unrolled import unroll
from . import table  # after all plain forms

keep_freed_memory()

__all__ = [
    "SGD",
    "Adam",
    "BatchNorm",
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
    "add_forms",
    "array_module",
    "check_gradients",
    "check_loss",
    "choose_device",
    "count",
    "debug",
    "he_normal",
    "losses",
    "several_forms",
    "summary",
    "table",
    "threads",
    "to_device",
    "to_host",
    "unroll",
    "use",
    "xavier_uniform",
]
