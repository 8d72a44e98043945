"""Training: batches and their corruption, early stopping, checkpoints, many models side by side."""

from nn import DivergenceError

from .trainer import Trainer

__all__ = ["DivergenceError", "Trainer"]
