"""Callbacks that show a training while it runs: on the terminal, in a picture file, in TensorBoard."""

import math
from pathlib import Path

from tqdm import tqdm

from ..files import atomic_write
from .callbacks import TrainingState
from .history import as_numbers, check_every

BARS = "▁▂▃▄▅▆▇█"
NO_CURVES = ("epoch", "seconds")  # columns of a history that are not worth a curve


class Sparkline:
    """A callback that prints a small curve after every epoch: ``loss █▅▃▂▁ 0.131``.

    Parameters
    ----------
    column : of the history.
    width : the last so many epochs are shown.
    """

    def __init__(self, column: str = "loss", width: int = 40):
        self.column, self.width = column, width

    def after_epoch(self, state: TrainingState) -> None:
        """Print the line."""
        if self.column not in state.history:
            raise ValueError(f"Sparkline draws {self.column!r}: the history has {', '.join(state.history)}")
        tqdm.write(f"{self.column} {sparkline(state.history[self.column][-self.width :])}")


def sparkline(values):
    """Numbers as blocks of eight heights, from their lowest to their highest, and the last one as a number."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0), max(finite, default=0)
    step = (high - low) / (len(BARS) - 1) or 1
    blocks = (BARS[round((value - low) / step)] if math.isfinite(value) else "?" for value in values)
    return f"{''.join(blocks)} {values[-1]:.4g}"


class LivePlot:
    """A callback that draws the history into a picture file after every epoch; keep it open in a viewer that reloads.

    Each column has its own axes, with its validation beside it; matplotlib is needed.

    path : of the picture; its ending names the format.
    """

    def __init__(self, path: str | Path = "training.png"):
        self.path = Path(path)

    def after_epoch(self, state: TrainingState) -> None:
        """Draw."""
        figure = draw_history(state.history)
        with atomic_write(self.path) as file:
            figure.savefig(file, format=self.path.suffix[1:] or "png", dpi=110)


def draw_history(history):
    """A matplotlib Figure of a `History`: a curve over the epochs for each column, its validation dashed."""
    from matplotlib.figure import Figure  # takes a second to load

    names = [name for name in history if name not in NO_CURVES and not name.startswith("validation_")]
    figure = Figure(figsize=(4 * max(len(names), 1), 3.2), layout="constrained")
    for axes, name in zip(figure.subplots(1, max(len(names), 1), squeeze=False)[0], names, strict=False):
        axes.plot(history["epoch"], history[name], "o-", label="training (mean over the epoch)")
        if f"validation_{name}" in history:
            axes.plot(history["epoch"], history[f"validation_{name}"], "s--", label="validation (after it)")
        axes.set(title=name, xlabel="epoch")
        axes.legend(fontsize="small")
        axes.grid(alpha=0.3)
    return figure


class ScalarsToTensorBoard:
    """A callback that writes the terms, and each epoch's row, for TensorBoard: ``tensorboard --logdir runs``.

    Parameters
    ----------
    folder : of the event files, one for each run, such as ``"runs/first"``.
    every : the terms of every so many steps.

    Raises ImportError if tensorboardX is not installed.
    """

    def __init__(self, folder: str | Path, every: int = 10):
        check_every("ScalarsToTensorBoard", every)
        try:
            from tensorboardX import SummaryWriter
        except ImportError as error:
            raise ImportError("ScalarsToTensorBoard needs tensorboardX: pip install 'bare-vae[tensorboard]'") from error
        self.every, self._writer = every, SummaryWriter(str(folder))

    def after_step(self, state: TrainingState) -> None:
        """Write the terms, if it is time."""
        if state.step % self.every == 0:
            self._write("step", state.terms, state.step)

    def after_epoch(self, state: TrainingState) -> None:
        """Write the epoch's row."""
        row = {name: column[-1] for name, column in state.history.items() if name != "epoch"}
        self._write("epoch", row, state.epoch)
        self._writer.flush()

    def after_training(self, state: TrainingState) -> None:
        """Close the file."""
        self._writer.close()

    def _write(self, group, terms, when):
        for name, number in as_numbers(terms).items():
            self._writer.add_scalar(f"{group}/{name}", number, when)
