"""What a check is: inputs, and a function that runs a student's code on them and returns arrays.

This file also runs in the child process beside the student's code.  So there is no reference in it, and no verdict:
the arrays go back to the parent, which judges them.
"""

import contextlib
import contextvars
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

DRAWS = 3  # each check runs on so many draws of its inputs; a name for a mistake must fit all of them
PRIMES = (3, 5, 7, 11, 13)  # lengths of axes: distinct odd primes, so that a factor in an array tells its axis


@dataclass(frozen=True)
class Check:
    """One check of one part of a lab.

    Attributes
    ----------
    part : what the student writes, "Dense.backward".
    title : what is asked, in one line.
    points : the full score, shared equally by the arrays that ``run`` returns.
    inputs : ``inputs(rng, sizes) -> {name: array}``; sizes are distinct odd primes in random order.
    run : ``run(lab, **inputs) -> {name: array}``; `lab` is the student's module.
    needs : parts whose failure excuses a failure of this one.
    tolerance : largest error, relative to the array's typical size, that counts as right.
    experiments, slopes : whether a wrong result is also asked for with changed inputs, and with each number of the
        inputs changed a little; not where that takes long.
    """

    part: str
    title: str
    points: float
    inputs: Callable
    run: Callable
    needs: tuple = ()
    tolerance: float = 1e-9
    experiments: bool = True
    slopes: bool = True

    def draws(self, seed):
        """The inputs of every draw: a list of {name: array}.  No axis has the same length in two draws."""
        sizes = np.random.default_rng(seed).permutation(PRIMES).tolist()
        return [
            _arrays(self.inputs(np.random.default_rng([seed, draw]), sizes[draw:] + sizes[:draw]))
            for draw in range(DRAWS)
        ]

    def arrays(self, lab, inputs):
        """What `lab` makes of one draw's inputs, which it gets as copies."""
        return _arrays(self.run(lab, **{name: _plain(value.copy()) for name, value in inputs.items()}))


def check(part, inputs, *, points, needs=(), tolerance=1e-9, experiments=True, slopes=True):
    """Make a `Check` of the decorated ``run`` function; its docstring is the title."""

    def make(run):
        return Check(part, run.__doc__.strip(), points, inputs, run, tuple(needs), tolerance, experiments, slopes)

    return make


def checks_in(module):
    """The checks of a ``checks.py``, in the order in which they stand there."""
    return [value for value in vars(module).values() if isinstance(value, Check)]


_manners = contextvars.ContextVar("manners", default=True)


@contextlib.contextmanager
def results_only():
    """Inside of it, `layer_arrays` does not ask for a layer's manners, which takes three times as long."""
    token = _manners.set(False)
    try:
        yield
    finally:
        _manners.reset(token)


def layer_arrays(make, x, dy, *, state=True):
    """Everything to be known about a layer's backward: dx, the parameters' gradients, and its manners.

    make : () -> a fresh layer with ``forward(x)``, ``backward(dy)``, and Parameters as attributes.
    Returns dx and d<name> of every Parameter; with `state` also x and dy afterwards, the gradients after a second
    backward (layers add) and its dx, and dx of a layer after another one of its class was used (layers share nothing).
    """
    layer = make()
    x_given, dy_given = x.copy(), dy.copy()
    layer.forward(x_given)
    dx = layer.backward(dy_given)
    gradients = {"dx": _copy(dx)} | {f"d{name}": _copy(p.grad) for name, p in parameters(layer).items()}
    if not state or not _manners.get():
        return gradients
    results = {"x after forward": x_given, "dy after backward": dy_given} | gradients  # told in this order
    layer.forward(x.copy())
    again = _copy(layer.backward(dy.copy()))
    results |= {f"d{name} after two backwards": _copy(p.grad) for name, p in parameters(layer).items()}
    results["dx of a second backward"] = again
    first, second = make(), make()
    first.forward(x.copy())
    second.forward(-x[::-1])
    results["dx with two layers in turn"] = _copy(first.backward(dy.copy()))
    return results


def parameters(layer):
    """A layer's Parameters by attribute name: whatever has ``data`` and ``grad``."""
    return {name: value for name, value in vars(layer).items() if hasattr(value, "grad")}


def _copy(value):
    return None if value is None else np.array(value)


def _arrays(results):
    return {name: np.asarray(value) for name, value in results.items() if value is not None}


def _plain(array):
    """Numbers and words travel as 0-d arrays, and arrive as what they were."""
    return array.item() if array.ndim == 0 else array
