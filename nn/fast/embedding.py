"""The sum of rows by index as a product with a sparse matrix, several times as fast as `np.add.at`."""

import numpy as np


def sum_by_index(rows, index, n):
    """For each i from 0 to n - 1 the sum of the rows whose index is i: onehot(index)^T rows."""
    from scipy.sparse import csr_matrix  # here, as few networks need it and it takes a while to load

    m = len(index)
    onehot = csr_matrix((np.ones(m, rows.dtype), index, np.arange(m + 1)), shape=(m, n))
    return onehot.T @ rows
