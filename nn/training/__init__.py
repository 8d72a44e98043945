"""A training loop for any network and loss, and what may hook into it."""

from .batches import Batches
from .callbacks import Callbacks, ClipGradients, EarlyStopping, GradientNorms, TrainingState
from .checkpoint import Checkpoint, load_checkpoint
from .fit import evaluate, fit
from .history import History, Recorder
from .live import LivePlot, ScalarsToTensorBoard, Sparkline
from .meter import DivergenceError, Meter

__all__ = [
    "Batches",
    "Callbacks",
    "Checkpoint",
    "ClipGradients",
    "DivergenceError",
    "EarlyStopping",
    "GradientNorms",
    "History",
    "LivePlot",
    "Meter",
    "Recorder",
    "ScalarsToTensorBoard",
    "Sparkline",
    "TrainingState",
    "evaluate",
    "fit",
    "load_checkpoint",
]
