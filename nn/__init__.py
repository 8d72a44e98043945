"""A layer library with every gradient written by hand, for NumPy and CuPy arrays."""

from .fast import threads  # before NumPy is loaded: it says why
from .fast.memory import keep_freed_memory
from . import losses
from .activations import Identity, LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from .batch_norm import BatchNorm
from .branches import Concatenate, Residual
from .convolution import Conv2D, ConvTranspose2D
from .debug import debug
from .dense import Dense
from .device import choose_device, to_device, to_host
from .diagnosis import diagnose
from .dropout import Dropout
from .embedding import Embedding
from .forms import add_forms, array_module, several_forms, use
from .gradient_check import GradientReport, check_gradients, check_loss
from .initialisers import he_normal, orthogonal, truncated_normal, xavier_uniform
from .layer import Layer, Parameter
from .layer_norm import GroupNorm, LayerNorm
from .optimisers import SGD, Adam
from .pooling import AveragePool2D, GlobalAveragePool2D, MaxPool2D
from .sequential import Sequential
from .shaping import Flatten, Reshape
from .smooth_activations import ELU, GELU, SiLU, Softplus
from .summary import count, summary
from .unrolled import unroll
from .upsample import Upsample
from . import table  # after all plain forms

keep_freed_memory()

__all__ = [
    "ELU",
    "GELU",
    "SGD",
    "Adam",
    "AveragePool2D",
    "BatchNorm",
    "Concatenate",
    "Conv2D",
    "ConvTranspose2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GlobalAveragePool2D",
    "GradientReport",
    "GroupNorm",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "MaxPool2D",
    "Parameter",
    "ReLU",
    "Reshape",
    "Residual",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "Upsample",
    "add_forms",
    "array_module",
    "check_gradients",
    "check_loss",
    "choose_device",
    "count",
    "debug",
    "diagnose",
    "he_normal",
    "losses",
    "orthogonal",
    "several_forms",
    "summary",
    "table",
    "threads",
    "to_device",
    "to_host",
    "truncated_normal",
    "unroll",
    "use",
    "xavier_uniform",
]
