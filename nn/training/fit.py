"""The training loop: forward, loss, backward, step, again and again."""

import time

import numpy as np
from tqdm import tqdm

from ..forms import device_of
from ..layer import Layer
from ..optimisers import Optimiser
from ..type_hints import Any, Callable, Iterable, Loss
from .callbacks import Callbacks, TrainingState
from .history import History
from .meter import DivergenceError, Meter, all_finite

READ_EVERY = 50  # steps between two looks at the terms on a GPU


def fit(
    network: Layer, loss: Loss, optimiser: Optimiser, batches: Iterable[Any], *,
    epochs: int, validation: Iterable[Any] | None = None, metrics: dict[str, Callable[..., Any]] | None = None,
    callbacks: Iterable[object] = (), history: History | None = None, progress: bool = True,
) -> History:  # fmt: skip
    """Train a network by minibatches (dissertation, Algorithm 2).

    For every batch: forward, loss, backward, step.

    >>> optimiser = nn.Adam(network.parameters())
    >>> batches = nn.Batches(images, labels, size=100, rng=0)
    >>> history = nn.fit(network, nn.losses.softmax_cross_entropy, optimiser, batches, epochs=5)

    Parameters
    ----------
    network : any `Layer`.
    loss : function (output, target) -> (value, gradient for the output), as in `nn.losses`.
    optimiser : of the network's parameters, such as ``nn.Adam(network.parameters())``.
    batches : tuples (x, target), on the network's device, once through for each epoch: a list, or a `Batches`, no
        generator.  If a tuple holds more, the loss gets it: (x, target, weights).
    epochs : train until so many are done in all.
    validation : like `batches`, to be evaluated after every epoch; None for none.
    metrics : {name: function (output, target) -> number}, for example ``{"accuracy": nn.metrics.accuracy}``.
    callbacks : objects with some of the methods ``before_step``, ``after_step``, ``after_epoch``, ``after_training``,
        which take the `TrainingState`.
    history : the `History` of a training that goes on; None for a new one.
    progress : whether to show a progress bar (on a terminal) and a line for each epoch.

    Returns
    -------
    History, with a row for each epoch: ``epoch``, ``seconds``, and means over the epoch's examples of ``loss`` and the
    metrics, which are taken while the network learns; the same with ``validation_`` before, taken after it.

    Ctrl-C raises KeyboardInterrupt and leaves the network as it is at that moment; give fit a `history` of your own to
    have the finished epochs.
    Raises DivergenceError if the loss or a parameter becomes infinite or NaN; network and optimiser are then as they
    were after the last epoch that ended well, or at the start.  TypeError or ValueError for unusable arguments,
    before training.
    """
    _check(network, optimiser, batches, validation, epochs)
    callbacks, metrics = Callbacks(callbacks), dict(metrics or {})
    history = History() if history is None else history
    state = TrainingState(network, optimiser, history, epoch=history.rows)
    sound = _Snapshot(network, optimiser)
    try:
        with _progress_bar(batches, history.rows, epochs, progress) as bar:
            while state.epoch < epochs and not state.stop:
                state.epoch += 1
                start = time.perf_counter()
                bar.set_description(f"epoch {state.epoch}/{epochs}", refresh=False)
                row = _train(state, loss, batches, metrics, callbacks, bar)
                if validation is not None:
                    means = evaluate(network, loss, validation, metrics)
                    row |= {f"validation_{name}": value for name, value in means.items()}
                sound = _Snapshot(network, optimiser)
                history.add({"epoch": state.epoch} | row | {"seconds": time.perf_counter() - start})
                if progress:
                    tqdm.write(_report(state.epoch, epochs, row, history["seconds"][-1]))
                callbacks.after_epoch(state)
    except DivergenceError:
        sound.restore()
        raise
    finally:
        optimiser.zero_grad()  # memory that whoever uses the network next may need
        callbacks.after_training(state)
    return history


def evaluate(
    network: Layer, loss: Loss, batches: Iterable[Any], metrics: dict[str, Callable[..., Any]] | None = None
) -> dict[str, float]:
    """{"loss": mean over all examples, and so for each metric}, with the network in evaluation; see `fit`."""
    meter = Meter()
    for x, *target in map(_checked, batches):
        output = network.forward(x)
        meter.add(_terms(loss(output, *target)[0], output, target, metrics or {}), len(x))
    if not meter.steps:
        raise ValueError("there are no batches to evaluate: pass a list of (x, target), or nn.Batches(x, target)")
    return meter.means()


def _train(state, loss, batches, metrics, callbacks, bar):
    """One epoch; returns the means of its terms."""
    network, optimiser = state.network, state.optimiser
    meter = Meter(state.epoch, read_every=1 if _device(optimiser) == "cpu" else READ_EVERY)
    for x, *target in map(_checked, batches):
        with np.errstate(over="ignore", invalid="ignore"):  # a divergence is reported in words
            optimiser.zero_grad()
            output = network.forward(x, training=True)
            value, dy = loss(output, *target)
            network.backward_parameters(dy)
            state.terms = _terms(value, output, target, metrics)
            callbacks.before_step(state)
            optimiser.step()
        meter.add(dict(state.terms), len(x))
        callbacks.after_step(state)
        bar.set_postfix_str(str(meter), refresh=False)
        bar.update()
    if not meter.examples and not meter.unread:
        raise ValueError("there are no batches to train on: pass a list of (x, target), or nn.Batches(x, target)")
    return meter.means(finite=all_finite(_arrays(network, optimiser)))


def _terms(value, output, target, metrics):
    return {"loss": value} | {name: metric(output, target[0]) for name, metric in metrics.items()}


class _Snapshot:
    """Copies of all that learning changes, to go back to."""

    def __init__(self, network, optimiser):
        self.optimiser, self.state = optimiser, optimiser.state()
        self.arrays = [(array, array.copy()) for array in _arrays(network, optimiser)]

    def restore(self):
        for array, copy in self.arrays:
            array[...] = copy
        self.optimiser.load_state(self.state)


def _arrays(network, optimiser):
    """The network's arrays, and parameters that only the optimiser knows (a loss may have some), each once."""
    arrays = [*network.arrays().values(), *(parameter.data for parameter in optimiser.parameters)]
    return list({id(array): array for array in arrays}.values())


def _device(optimiser):
    return device_of(optimiser.parameters[0].data)


def _check(network, optimiser, batches, validation, epochs):
    for name, given in (("batches", batches), ("validation", validation)):
        if given is not None and not hasattr(given, "__iter__"):
            raise TypeError(f"{name} must be tuples (x, target), as a list or nn.Batches(x, target), got {given!r}")
        if hasattr(given, "__next__") and epochs > 1:
            raise TypeError(f"{name} is a generator, empty after one epoch: pass a list or nn.Batches(x, target)")
    if epochs != int(epochs) or epochs < 1:
        raise ValueError(f"epochs must be a whole number of at least 1, got {epochs}")
    moved = {id(parameter) for parameter in optimiser.parameters}
    if not any(id(parameter) in moved for parameter in network.parameters()):
        raise ValueError(
            "the optimiser has none of this network's parameters, so nothing would learn: make it with "
            "network.parameters()"
        )


def _checked(batch):
    """The batch; TypeError unless it is (x, target, ...)."""
    if not isinstance(batch, tuple | list) or len(batch) < 2:
        raise TypeError(f"a batch is a tuple (x, target), got {type(batch).__name__}")
    return batch


def _progress_bar(batches, done, epochs, progress):
    """A tqdm bar over the steps of all epochs, of which some are done; it counts alone if nobody knows how many."""
    steps = len(batches) if hasattr(batches, "__len__") else None
    return tqdm(
        total=steps and epochs * steps, initial=done * (steps or 0), unit="step", disable=None if progress else True
    )


def _report(epoch, epochs, row, seconds):
    numbers = ", ".join(f"{name} {value:.4g}" for name, value in row.items())
    return f"epoch {epoch}/{epochs}: {numbers}; {seconds:.1f} s"
