"""What hooks into a training: objects with some of `before_step`, `after_step`, `after_epoch`, `after_training`.

Each of these methods takes the `TrainingState`.  Any object with at least one of them will do: there is no base class.
"""

import math
from dataclasses import dataclass, field

from ..clipping import clip_by_norm, clip_by_value
from ..forms import array_module
from ..layer import Layer
from ..optimisers import Optimiser
from ..type_hints import Any, Iterable
from .history import History, check_every

HOOKS = ("before_step", "after_step", "after_epoch", "after_training")


@dataclass
class TrainingState:
    """Where a training is; what callbacks see.

    Attributes
    ----------
    network, optimiser : as they are now; in `before_step` the gradients are there and the parameters still the old
        ones.
    history : `History`, a row for each epoch that is done.
    epoch : the one that is running, from 1.
    terms : {name: value} of the last step's batch, such as ``"loss"``: 0-d values or small arrays on the network's
        device. Reading one, ``float(state.terms["loss"])``, waits for a GPU: better not at every step.
    stop : set it to True to end the training after this epoch.
    """

    network: Layer
    optimiser: Optimiser
    history: History
    epoch: int = 0
    terms: dict[str, Any] = field(default_factory=dict)
    stop: bool = False

    @property
    def step(self) -> int:
        """How many steps the optimiser has done."""
        return self.optimiser.steps


class Callbacks:
    """Several callbacks as one: each hook calls theirs, in their order.

    Raises TypeError for an object that has none of the hooks.
    """

    def __init__(self, callbacks: Iterable[object] = ()):
        self.callbacks = list(callbacks)
        for callback in self.callbacks:
            if not any(callable(getattr(callback, hook, None)) for hook in HOOKS) or isinstance(callback, type):
                raise TypeError(
                    f"a callback is an object with some of the methods {', '.join(HOOKS)}; got {callback!r}"
                )

    def before_step(self, state: TrainingState) -> None:
        """Between backward and the optimiser's step."""
        self._call("before_step", state)

    def after_step(self, state: TrainingState) -> None:
        """After the optimiser's step; the gradients are still there."""
        self._call("after_step", state)

    def after_epoch(self, state: TrainingState) -> None:
        """After the epoch's validation, with its row in ``state.history``."""
        self._call("after_epoch", state)

    def after_training(self, state: TrainingState) -> None:
        """However the training ends: also after an error, or Ctrl-C."""
        self._call("after_training", state)

    def _call(self, hook, state):
        for callback in self.callbacks:
            if hasattr(callback, hook):
                getattr(callback, hook)(state)


class ClipGradients:
    """A callback that makes gradients smaller before every step: by `clip_by_norm`, or by `clip_by_value`.

    Parameters
    ----------
    norm : the largest norm of all gradients together;  value : the largest absolute value.  One of them, not both.

    The norm before clipping is in ``state.terms["gradient_norm"]``.
    """

    def __init__(self, norm: float | None = None, value: float | None = None):
        limits = [limit for limit in (norm, value) if limit is not None]
        if len(limits) != 1 or not limits[0] > 0:
            raise ValueError(f"ClipGradients takes a positive norm=... or value=..., got norm={norm}, value={value}")
        self.norm, self.value = norm, value

    def before_step(self, state: TrainingState) -> None:
        """Clip."""
        if self.norm is None:
            clip_by_value(state.optimiser.parameters, self.value)
        else:
            state.terms["gradient_norm"] = clip_by_norm(state.optimiser.parameters, self.norm)


class GradientNorms:
    """A callback that puts the norm of each parameter's gradient into the terms, as ``gradient_norm.<parameter>``.

    Put it in front of those that write terms down: ``callbacks=[nn.GradientNorms(every=10), nn.Recorder(every=10)]``.

    every : only at steps that are multiples of it.
    """

    def __init__(self, every: int = 1):
        check_every("GradientNorms", every)
        self.every = every

    def after_step(self, state: TrainingState) -> None:
        """Compute the norms, if it is time."""
        if state.step % self.every == 0:
            for name, parameter in state.network.named_parameters().items():
                squares = (parameter.grad * parameter.grad).sum()
                state.terms[f"gradient_norm.{name}"] = array_module(squares).sqrt(squares)


class EarlyStopping:
    """A callback that ends the training when a number no longer falls, and brings the best epoch's weights back.

    Parameters
    ----------
    patience : stop when more than so many epochs in a row were no better than the best.
    monitor : the column of the history to look at, for example ``"validation_loss"``.

    Attributes: ``best``, the lowest value, and ``best_epoch``.
    """

    def __init__(self, patience: int = 5, monitor: str = "validation_loss"):
        self.patience, self.monitor = patience, monitor
        self.best, self.best_epoch, self._state = math.inf, 0, None

    def after_epoch(self, state: TrainingState) -> None:
        """Remember the weights if they are the best so far."""
        if self.monitor not in state.history:
            raise ValueError(f"EarlyStopping watches {self.monitor!r}: the history has {', '.join(state.history)}")
        if state.history[self.monitor][-1] < self.best:
            self.best, self.best_epoch = state.history[self.monitor][-1], state.epoch
            self._state = state.network.state()
        state.stop = state.stop or state.epoch - self.best_epoch > self.patience

    def after_training(self, state: TrainingState) -> None:
        """Bring the best weights back."""
        if self._state is not None:
            state.network.load_state(self._state)
