"""Training: batches and their corruption, early stopping, checkpoints."""

from nn import DivergenceError

from .trainer import Trainer

__all__ = ["DivergenceError", "Trainer"]
