"""Where arrays live: NumPy arrays on the CPU, CuPy arrays on an NVIDIA GPU.

The array decides where it is computed.  A layer asks ``xp = array_module(x)`` once and then writes the same
lines for both; only `to_device` and `to_host` move data between the two.
"""

from functools import lru_cache

import numpy as np

DEVICES = ("cpu", "gpu", "auto")


def array_module(a):
    """Return the module that computes with `a`: ``numpy`` or ``cupy``.

    Raises TypeError for anything that is not an array (a list, a framework's tensor, ...).
    """
    return _module_of(type(a))


@lru_cache(maxsize=64)
def _module_of(kind):
    if issubclass(kind, np.ndarray | np.generic):
        return np
    if kind.__module__.partition(".")[0] == "cupy":
        import cupy

        return cupy
    raise TypeError(f"expected a NumPy or CuPy array, got {kind.__name__}: convert it with numpy.asarray")


def device_of(a):
    """``"cpu"`` or ``"gpu"``: where the array `a` lives."""
    return "cpu" if array_module(a) is np else "gpu"


def check_together(who, *arguments):
    """Raise TypeError if some of the arrays among the arguments live on the CPU and others on the GPU."""
    devices = {device_of(a) for a in arguments if hasattr(a, "ndim") and not isinstance(a, np.generic)}
    if len(devices) > 1:
        raise TypeError(
            f"{who} got arrays on the CPU (NumPy) together with arrays on the GPU (CuPy): bring them onto one device "
            "with nn.to_device(a, 'gpu') or nn.to_device(a, 'cpu'); layers and optimisers have a method to_device"
        )


@lru_cache(maxsize=1)
def gpu_problem():
    """Why the GPU cannot be used here, as a sentence; None if it can.  Looks once in a process.

    That a device answers is not enough: without CUDA's compiler or cuBLAS the first kernel or the first matrix product
    would fail.  So one of each is tried.
    """
    try:
        import cupy
    except ImportError as error:
        return f"CuPy cannot be imported ({error}): pip install -e '.[gpu]'"
    if not cupy.is_available():
        return "CuPy finds no NVIDIA GPU"
    try:
        ones = cupy.ones((2, 2), cupy.float32)
        right = bool((ones @ (ones + 1) == 4).all())
    except Exception as error:  # whatever the driver, the compiler or cuBLAS may raise
        reason = (str(error).splitlines() or [""])[0]
        return f"a first kernel or matrix product failed ({type(error).__name__}: {reason}): pip install -e '.[gpu]'"
    return None if right else "a first matrix product gave wrong numbers"


def gpu_name():
    """The GPU and the versions of its software, for example ``NVIDIA H100, CuPy 14.2.0, CUDA 12.9``."""
    import cupy

    version = cupy.cuda.runtime.runtimeGetVersion()
    name = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)["name"].decode()
    return f"{name}, CuPy {cupy.__version__}, CUDA {version // 1000}.{version % 1000 // 10}"


def choose_device(device, say=None):
    """Return ``"cpu"`` or ``"gpu"`` for the device that was asked for; ``"auto"`` is the GPU if it can be used.

    For ``"auto"``, which one it is and why is told to the function `say` as a sentence, for example ``say=print``.
    Raises ValueError for an unknown device name and RuntimeError if the GPU was asked for and cannot be used.
    """
    if device not in DEVICES:
        raise ValueError(f"device must be one of {', '.join(map(repr, DEVICES))}, got {device!r}")
    if device == "cpu":
        return device
    problem = gpu_problem()
    if device == "gpu" and problem:
        raise RuntimeError(f"device 'gpu' was asked for, but {problem}; or use device 'cpu'")
    if device == "auto" and say:
        say(f"device 'auto' is the CPU: {problem}" if problem else f"device 'auto' is the GPU: {gpu_name()}")
    return "cpu" if problem else "gpu"


def to_device(a, device):
    """Return the array `a` on ``"cpu"`` or ``"gpu"`` (itself if it is there already).

    Raises ValueError for an unknown device and RuntimeError if there is no GPU or no CuPy.
    """
    if choose_device(device) == "cpu":
        return to_host(a)
    import cupy

    return cupy.asarray(a)


def to_host(a):
    """Return the array `a` as a NumPy array; waits for the GPU if it lives there."""
    return a if array_module(a) is np else a.get()
