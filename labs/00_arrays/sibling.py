"""Lab 0, graded part."""

import numpy as np


def weighted_scatter(X, w):
    """S = sum over i of w_i (x_i - c)(x_i - c)^T / sum of w, where x_i is row i of X and c the mean weighted by w.

    X : (n, k);  w : (n,), positive;  S : (k, k).
    """
    # BEGIN SOLUTION
    share = w / w.sum()
    difference = X - share @ X
    return np.einsum("i,ik,im->km", share, difference, difference)
    # END SOLUTION
