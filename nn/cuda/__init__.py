"""CUDA forms of functions of `nn`, for CuPy arrays.  A file here is named after the plain file that it serves.

In NumPy every line is a pass over the memory; on a GPU every line would also be a kernel to launch, at some
microseconds each, which is why a chain of lines is one CUDA kernel here.  CuPy is not imported before the first of them
is called.
"""
