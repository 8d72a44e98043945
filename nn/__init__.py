"""A layer library with every gradient written by hand, for NumPy and CuPy arrays."""

from .fast import threads  # before NumPy is loaded: it says why
from .fast.memory import keep_freed_memory
from . import losses, metrics, schedules
from .activations import Identity, LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from .batch_norm import BatchNorm
from .clipping import clip_by_norm, clip_by_value, gradient_norm
from .convolution import Conv2D, ConvTranspose2D
from .debug import debug
from .dense import Dense
from .device import choose_device, to_device, to_host
from .forms import add_forms, array_module, several_forms, use
from .gradient_check import GradientReport, check_gradients, check_loss
from .initialisers import he_normal, xavier_uniform
from .layer import Layer, Parameter
from .optimisers import SGD, AdaGrad, Adam, AdamW, Optimiser, RMSProp
from .sequential import Sequential
from .shaping import Flatten, Reshape
from .summary import count, summary
from .tracing import LayerTrace, ParameterTrace, trace
from .training import (
    Batches, Callbacks, Checkpoint, ClipGradients, DivergenceError, EarlyStopping, GradientNorms, History, LivePlot,
    Meter, Recorder, ScalarsToTensorBoard, Sparkline, TrainingState, evaluate, fit, load_checkpoint,
)  # fmt: skip
from .unrolled import unroll
from . import table  # after all plain forms

keep_freed_memory()

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "BatchNorm",
    "Batches",
    "Callbacks",
    "Checkpoint",
    "ClipGradients",
    "Conv2D",
    "ConvTranspose2D",
    "Dense",
    "DivergenceError",
    "EarlyStopping",
    "Flatten",
    "GradientNorms",
    "GradientReport",
    "History",
    "Identity",
    "Layer",
    "LayerTrace",
    "LeakyReLU",
    "LivePlot",
    "Meter",
    "Optimiser",
    "Parameter",
    "ParameterTrace",
    "RMSProp",
    "ReLU",
    "Recorder",
    "Reshape",
    "ScalarsToTensorBoard",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Sparkline",
    "Tanh",
    "TrainingState",
    "add_forms",
    "array_module",
    "check_gradients",
    "check_loss",
    "choose_device",
    "clip_by_norm",
    "clip_by_value",
    "count",
    "debug",
    "evaluate",
    "fit",
    "gradient_norm",
    "he_normal",
    "load_checkpoint",
    "losses",
    "metrics",
    "schedules",
    "several_forms",
    "summary",
    "table",
    "threads",
    "to_device",
    "to_host",
    "trace",
    "unroll",
    "use",
    "xavier_uniform",
]
