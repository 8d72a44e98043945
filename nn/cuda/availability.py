"""Whether there is a GPU that works, and which."""

from functools import lru_cache


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
