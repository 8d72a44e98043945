"""The GPU forms of the functions in which element-wise work is hot.

Such a function has two forms, one below the other in the same file: lines of NumPy, which say what it computes, and
above them the same in CUDA for CuPy's arrays.  In NumPy every line is a pass over the memory; on a GPU every line would
also be a kernel to launch, at some microseconds each, which is why a chain of lines is one kernel there.  The tests
compare the two forms on random arrays.
"""

from functools import wraps

import numpy as np

from .device import check_together

TWINS = []  # every function with two forms, for the tests and the self-test
THREADS = 2**16  # about as many as a large GPU keeps in flight, for kernels whose threads loop


def kernel(inputs, outputs, operation, name):
    """A function that calls a ``cupy.ElementwiseKernel``, made on the first call since CuPy may not be there.

    The operation is C++ for one thread, whose number is ``i``.  Arrays called ``raw`` are indexed by the operation
    itself; if all of them are, the call needs ``size=``, the number of threads, and gets the outputs as arguments.
    """
    made = []

    def call(*arguments, **options):
        if not made:
            import cupy

            made.append(cupy.ElementwiseKernel(inputs, outputs, operation, name))
        return made[0](*arguments, **options)

    return call


def gpu_form(on_gpu):
    """Decorate a function of NumPy arrays with its form for CuPy arrays; the first argument decides which one runs."""

    def decorate(on_cpu):
        @wraps(on_cpu)
        def function(*arguments, **named):
            first = arguments[0] if arguments else next(iter(named.values()))
            form = on_cpu if isinstance(first, np.ndarray) else on_gpu
            try:
                return form(*arguments, **named)
            except TypeError:
                check_together(on_cpu.__name__, *arguments, *named.values())  # a clearer error, if that was it
                raise

        function.on_cpu, function.on_gpu = on_cpu, on_gpu
        TWINS.append(function)
        return function

    return decorate
