"""Training: batches and their corruption, early stopping, checkpoints."""

from nn import DivergenceError

from .annealing import annealed
from .trainer import Trainer

__all__ = ["DivergenceError", "Trainer", "annealed"]
