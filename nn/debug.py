"""Find a mistake where it happens: a slower mode that watches every layer."""

import warnings
from functools import wraps

import numpy as np

from .forms import array_module
from .watch import watch_layers


class debug:
    """Watch all layers for as long as a `with` block lasts:

    >>> with nn.debug():
    ...     loss, dlogits = nn.losses.softmax_cross_entropy(network.forward(x, training=True), labels)
    ...     network.backward(dlogits)

    - What a layer returns or saves for its backward cannot be changed: a line that tries raises ValueError (NumPy:
      "assignment destination is read-only"; arrays on a GPU cannot be protected).
    - The first layer that makes a NaN or an infinity out of finite numbers, forward or backward, is named in a
      FloatingPointError.
    - A dy of another shape than the output is a ValueError, in layers that do not look themselves too.
    - A backward through a layer that behaves differently in training, after a forward without ``training=True``, is
      a RuntimeWarning.

    Outside of the block nothing of this costs any time.
    """

    def __enter__(self) -> "debug":
        self._seen = {}  # id of a layer: (the layer, arrays that were locked, shape of its output, training)
        self._watching = watch_layers(
            forward=self._watch_forward, backward=self._watch_backward, backward_parameters=self._watch_backward
        )
        self._watching.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._watching.__exit__(*error)
        for _, locked, *_ in self._seen.values():
            _unlock(locked)

    def _watch_forward(self, forward):
        @wraps(forward)
        def watched(layer, x, **options):
            _unlock(self._seen.get(id(layer), (layer, []))[1])
            y = forward(layer, x, **options)
            if _is_finite(x) and not _is_finite(y):
                raise FloatingPointError(
                    f"{layer!r}.forward made {_describe(y)} out of finite numbers{_weights(layer)}"
                )
            arrays = [y, *(layer._saved or ())]
            self._seen[id(layer)] = layer, _lock(arrays), np.shape(y), options.get("training", False)
            return y

        return watched

    def _watch_backward(self, backward):
        @wraps(backward)
        def watched(layer, *arguments, **options):
            dy = arguments[0] if arguments else None  # a network that is its own loss takes dy = 1 unless told
            _, _, shape, training = self._seen.get(id(layer), (layer, [], np.shape(dy), True))
            if dy is not None and np.shape(dy) != shape:
                raise ValueError(f"{layer!r}.backward got dy of shape {np.shape(dy)}, but its output was {shape}")
            if layer.differs_in_training and not training:
                warnings.warn(
                    f"backward through {layer!r} after a forward without training=True: is this a training step?",
                    RuntimeWarning, stacklevel=2,
                )  # fmt: skip
            dx = backward(layer, *arguments, **options)
            if _is_finite(dy) and not _is_finite(dx):
                raise FloatingPointError(
                    f"{layer!r}.backward made {_describe(dx)} out of finite numbers{_weights(layer)}"
                )
            return dx

        return watched


def _lock(arrays):
    """Make NumPy arrays read-only; return those that were not before."""
    locked = [a for a in arrays if isinstance(a, np.ndarray) and a.flags.writeable]
    for a in locked:
        a.flags.writeable = False
    return locked


def _unlock(arrays):
    for a in arrays:
        a.flags.writeable = True


def _is_finite(a):
    if not hasattr(a, "dtype") or a.dtype.kind != "f":
        return True
    return bool(array_module(a).isfinite(a).all())


def _describe(a):
    xp = array_module(a)
    return f"{int(xp.isnan(a).sum())} NaN and {int(xp.isinf(a).sum())} infinities among {a.size} numbers"


def _weights(layer):
    sizes = [
        f"{name} up to {float(array_module(parameter.data).abs(parameter.data).max()):.3g}"
        for name, parameter in layer.named_parameters().items()
        if parameter.data.size
    ]
    return f" (its parameters: {', '.join(sizes)})" if sizes else ""
