"""Lab 0: arrays, shapes, broadcasting.  No loop is needed anywhere but in `moving_sums`."""

import numpy as np


def centre(X):
    """Subtract from each column its mean.  X and the result: (examples, features)."""
    # BEGIN SOLUTION
    return X - X.mean(axis=0)
    # END SOLUTION


def row_norms(X):
    """Divide each row by its length, the root of its sum of squares.  X and the result: (examples, features)."""
    # BEGIN SOLUTION
    return X / np.sqrt((X**2).sum(axis=1, keepdims=True))
    # END SOLUTION


def squared_distances(A, B):
    """d[i, j] = sum_k (A[i, k] - B[j, k])^2.  A : (n, k);  B : (m, k);  d : (n, m)."""
    # BEGIN SOLUTION
    return ((A[:, None, :] - B[None, :, :]) ** 2).sum(axis=2)
    # END SOLUTION


def one_hot(labels, classes):
    """Rows of zeros with a one at the label.  labels : (n,) whole numbers;  the result: (n, classes), floats."""
    # BEGIN SOLUTION
    return (labels[:, None] == np.arange(classes)).astype(float)
    # END SOLUTION


def sum_of_outer_products(A, B):
    """S = sum over i of the outer product of row i of A with row i of B.  A : (n, k);  B : (n, m);  S : (k, m)."""
    # BEGIN SOLUTION
    return np.einsum("ik,im->km", A, B)
    # END SOLUTION


def channel_means(images):
    """The mean of each channel over all images and all pixels.  images : (n, height, width, channels);  (channels,)."""
    # BEGIN SOLUTION
    return images.mean(axis=(0, 1, 2))
    # END SOLUTION


def flatten(images):
    """Each image as a row.  images : (n, height, width, channels);  the result: (n, height * width * channels)."""
    # BEGIN SOLUTION
    return images.reshape(len(images), -1)
    # END SOLUTION


def moving_sums(x, k):
    """s[i] = x[i] + ... + x[i + k - 1], as many as fit.  x : (n,);  s : (n - k + 1,).  One loop, over k, is fine."""
    # BEGIN SOLUTION
    n = len(x) - k + 1
    sums = np.zeros(n)
    for shift in range(k):
        sums += x[shift : shift + n]
    return sums
    # END SOLUTION
