"""Training: batches and their corruption, early stopping, checkpoints, many models side by side."""

from .trainer import DivergenceError, Trainer

__all__ = ["DivergenceError", "Trainer"]
