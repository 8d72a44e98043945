"""The bias' gradient on a GPU, as a product; the other maps of a convolution are products by themselves."""

from ..convolution import as_matrix
from ..forms import array_module


def bias_gradient(dy):
    """db = 1^T dy, with a row for each position of each image: (batch, height, width, c) -> (c,).

    cuBLAS sums a few columns of many rows many times as fast as CuPy's ``sum``, which gives each column to one block of
    threads.
    """
    rows = as_matrix(dy)
    return array_module(dy).ones(len(rows), dy.dtype) @ rows
