"""A layer library with every gradient written by hand, for NumPy and CuPy arrays."""

from .fast import threads  # before NumPy is loaded: it says why
from .fast.memory import keep_freed_memory
from . import losses, metrics, schedules
from .activations import Identity, LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from .batch_norm import BatchNorm
from .branches import Concatenate, Residual
from .clipping import clip_by_norm, clip_by_value, gradient_norm
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
from .optimisers import SGD, AdaGrad, Adam, AdamW, Optimiser, RMSProp
from .pooling import AveragePool2D, GlobalAveragePool2D, MaxPool2D
from .sequential import Sequential
from .shaping import Flatten, Reshape
from .smooth_activations import ELU, GELU, SiLU, Softplus
from .summary import count, summary
from .tracing import LayerTrace, ParameterTrace, trace
from .training import (
    Batches, Callbacks, Checkpoint, ClipGradients, DivergenceError, EarlyStopping, GradientNorms, History, LivePlot,
    Meter, Recorder, ScalarsToTensorBoard, Sparkline, TrainingState, evaluate, fit, load_checkpoint,
)  # fmt: skip
from .unrolled import unroll
from .upsample import Upsample
from . import table  # after all plain forms

keep_freed_memory()

__all__ = [
    "ELU",
    "GELU",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "AveragePool2D",
    "BatchNorm",
    "Batches",
    "Callbacks",
    "Checkpoint",
    "ClipGradients",
    "Concatenate",
    "Conv2D",
    "ConvTranspose2D",
    "Dense",
    "DivergenceError",
    "Dropout",
    "EarlyStopping",
    "Embedding",
    "Flatten",
    "GlobalAveragePool2D",
    "GradientNorms",
    "GradientReport",
    "GroupNorm",
    "History",
    "Identity",
    "Layer",
    "LayerNorm",
    "LayerTrace",
    "LeakyReLU",
    "LivePlot",
    "MaxPool2D",
    "Meter",
    "Optimiser",
    "Parameter",
    "ParameterTrace",
    "RMSProp",
    "ReLU",
    "Recorder",
    "Reshape",
    "Residual",
    "ScalarsToTensorBoard",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Sparkline",
    "Tanh",
    "TrainingState",
    "Upsample",
    "add_forms",
    "array_module",
    "check_gradients",
    "check_loss",
    "choose_device",
    "clip_by_norm",
    "clip_by_value",
    "count",
    "debug",
    "diagnose",
    "evaluate",
    "fit",
    "gradient_norm",
    "he_normal",
    "load_checkpoint",
    "losses",
    "metrics",
    "orthogonal",
    "schedules",
    "several_forms",
    "summary",
    "table",
    "threads",
    "to_device",
    "to_host",
    "trace",
    "truncated_normal",
    "unroll",
    "use",
    "xavier_uniform",
]
