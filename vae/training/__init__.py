"""Training: batches and their corruption, early stopping, checkpoints."""

from .trainer import DivergenceError, Trainer

__all__ = ["DivergenceError", "Trainer"]
