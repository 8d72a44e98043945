"""How the CUDA forms call their kernels."""

GPU_THREADS = 2**16  # about as many as a large GPU keeps in flight, for CUDA kernels whose threads loop


def elementwise(inputs, outputs, operation, name):
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
