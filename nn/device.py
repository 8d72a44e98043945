"""Where arrays live: NumPy arrays on the CPU, CuPy arrays on an NVIDIA GPU.

The array decides where it is computed.  A layer asks ``xp = array_module(x)`` once and then writes the same
lines for both; only the functions below move data between the two.
"""

import numpy as np

DEVICES = ("cpu", "gpu")


def array_module(a):
    """Return the module that computes with `a`: ``numpy`` or ``cupy``.

    Raises TypeError for anything that is not an array (a list, a framework's tensor, ...).
    """
    if isinstance(a, np.ndarray | np.generic):
        return np
    if type(a).__module__.partition(".")[0] == "cupy":
        import cupy

        return cupy
    raise TypeError(f"expected a NumPy or CuPy array, got {type(a).__name__}: convert it with numpy.asarray")


def gpu_problem():
    """Why the GPU cannot be used here, as a sentence; None if it can."""
    try:
        import cupy
    except ImportError as error:
        return f"CuPy cannot be imported ({error}): pip install 'bare-vae[gpu]'"
    return None if cupy.is_available() else "CuPy finds no NVIDIA GPU"


def check_device(device):
    """Raise ValueError for an unknown device name and RuntimeError if the GPU cannot be used here."""
    if device not in DEVICES:
        raise ValueError(f"device must be one of {', '.join(map(repr, DEVICES))}, got {device!r}")
    problem = gpu_problem() if device == "gpu" else None
    if problem:
        raise RuntimeError(f"device 'gpu' was asked for, but {problem}; or use device 'cpu'")


def to_device(a, device):
    """Return the array `a` on ``"cpu"`` or ``"gpu"`` (itself if it is there already).

    Raises ValueError for an unknown device and RuntimeError if there is no GPU or no CuPy.
    """
    if device == "cpu":
        return to_host(a)
    check_device(device)
    import cupy

    return cupy.asarray(a)


def to_host(a):
    """Return the array `a` as a NumPy array; waits for the GPU if it lives there."""
    return a if array_module(a) is np else a.get()
