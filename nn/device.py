"""Where arrays live: NumPy arrays on the CPU, CuPy arrays on an NVIDIA GPU.

Only `to_device` and `to_host` move data between the two; whatever computes stays where its arrays are.
"""

import numpy as np

from .forms import array_module
from .type_hints import Array, Callable, Device

DEVICES = ("cpu", "gpu", "auto")


def choose_device(device: Device, say: Callable[[str], object] | None = None) -> Device:
    """Return ``"cpu"`` or ``"gpu"`` for the device that was asked for; ``"auto"`` is the GPU if it can be used.

    For ``"auto"``, which one it is and why is told to the function `say` as a sentence, for example ``say=print``.
    Raises ValueError for an unknown device name and RuntimeError if the GPU was asked for and cannot be used.
    """
    if device not in DEVICES:
        raise ValueError(f"device must be one of {', '.join(map(repr, DEVICES))}, got {device!r}")
    if device == "cpu":
        return device
    from .cuda.availability import gpu_name, gpu_problem

    problem = gpu_problem()
    if device == "gpu" and problem:
        raise RuntimeError(f"device 'gpu' was asked for, but {problem}; or use device 'cpu'")
    if device == "auto" and say:
        say(f"device 'auto' is the CPU: {problem}" if problem else f"device 'auto' is the GPU: {gpu_name()}")
    return "cpu" if problem else "gpu"


def to_device(a: Array, device: Device) -> Array:
    """Return the array `a` on ``"cpu"`` or ``"gpu"`` (itself if it is there already).

    Raises ValueError for an unknown device and RuntimeError if there is no GPU or no CuPy.
    """
    if choose_device(device) == "cpu":
        return to_host(a)
    import cupy

    return cupy.asarray(a)


def to_host(a: Array) -> Array:
    """Return the array `a` as a NumPy array; waits for the GPU if it lives there."""
    return a if array_module(a) is np else a.get()
