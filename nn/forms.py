"""Which lines compute: the array decides between NumPy and CuPy, and `use` between the forms of a function.

Most functions here are lines of NumPy, which CuPy understands too.  The hot ones have further forms: the plain form
says what is computed, the others compute the same faster, on a CPU (`nn.fast`) or, in CUDA, on a GPU (`nn.cuda`).
`TABLE` lists them all, and a test compares each of them with its plain form.
"""

from functools import lru_cache, wraps

import numpy as np

from .type_hints import Any, Array, ArrayModule, Callable, Function

TABLE = {}  # name of a function: its forms, {"plain": ..., "fast": ..., "cuda": ...}
_chosen = {"mode": "fast", "own": {}}  # what `use` says: the form for NumPy arrays, and the reader's own functions


def array_module(a: Array) -> ArrayModule:
    """Return the module that computes with `a`: ``numpy`` or ``cupy``.

    Raises TypeError for anything that is not an array (a list, a framework's tensor, ...).
    """
    return _module_of(type(a))


@lru_cache(maxsize=64)
def _module_of(kind):
    if issubclass(kind, np.ndarray | np.generic):
        return np
    if "cupy" in {base.__module__.partition(".")[0] for base in kind.__mro__}:
        import cupy

        return cupy
    raise TypeError(f"expected a NumPy or CuPy array, got {kind.__name__}: convert it with numpy.asarray")


def device_of(a):
    """``"cpu"`` or ``"gpu"``: where the array `a` lives."""
    return "cpu" if array_module(a) is np else "gpu"


def several_forms(plain: Function) -> Function:
    """Decorate the plain form of a function: each call goes to the form that its arrays and `use` ask for."""
    name, forms = plain.__name__, {"plain": plain}
    if name in TABLE:
        raise ValueError(f"there are two functions with several forms that are called {name}")
    TABLE[name] = forms

    @wraps(plain)
    def function(*arguments, **options):
        form = _chosen["own"].get(name) or _form(forms, *arguments, *options.values())
        try:
            return form(*arguments, **options)
        except TypeError:
            check_together(name, *arguments, *options.values())  # a clearer error, if that was it
            raise

    return function


def _form(forms, first=None, *_):
    first = first[0] if isinstance(first, list) else first
    return forms.get(_chosen["mode"] if array_module(first) is np else "cuda", forms["plain"])


def add_forms(function: Callable[..., Any], **forms: Callable[..., Any]) -> None:
    """Enter further forms into the table: ``add_forms(correlate, fast=..., cuda=...)``."""
    TABLE[function.__name__] |= forms


class use:
    """Choose how functions with several forms compute on a CPU, from now on or for a `with` block.

    >>> nn.use("plain")  # from now on, the lines of the textbook
    >>> nn.use(correlate=my_correlate)  # and my own convolution
    >>> with nn.use("fast"):  # for this block: all fast forms, nothing of my own
    ...     network.forward(x)

    Parameters
    ----------
    mode : "fast" (what counts without any call) or "plain", for all functions; it also forgets own functions.
    **own : a function of the same arguments for each name, which then computes for all arrays.

    Raises ValueError for an unknown mode or a name that is not in ``nn.forms.TABLE``, TypeError for no function.
    """

    def __init__(self, mode: str | None = None, **own: Callable[..., Any]):
        if mode not in (None, "plain", "fast"):
            raise ValueError(f"nn.use takes 'plain' or 'fast', got {mode!r}")
        for name, function in own.items():
            if name not in TABLE:
                raise ValueError(f"{name} is no function with several forms: choose from {', '.join(sorted(TABLE))}")
            if not callable(function):
                raise TypeError(f"nn.use({name}=...) takes a function, got {function!r}")
        self._before = dict(_chosen)
        _chosen.update({"own": _chosen["own"] | own} if mode is None else {"mode": mode, "own": own})

    def __enter__(self) -> "use":
        return self

    def __exit__(self, *error: object) -> None:
        _chosen.update(self._before)


def check_together(who, *arguments):
    """Raise TypeError if some of the arrays among the arguments live on the CPU and others on the GPU."""
    arrays = [a for some in arguments for a in (some if isinstance(some, list) else [some]) if hasattr(a, "ndim")]
    if len({device_of(a) for a in arrays if not isinstance(a, np.generic)}) > 1:
        raise TypeError(
            f"{who} got arrays on the CPU (NumPy) together with arrays on the GPU (CuPy): bring them onto one device "
            "with nn.to_device(a, 'gpu') or nn.to_device(a, 'cpu'); layers and optimisers have a method to_device"
        )
