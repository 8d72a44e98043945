"""Lab 5: convolution, and its transpose.  Images are (batch, height, width, channels)."""

import numpy as np


class Parameter:
    """Numbers that training adjusts: ``data``, and in ``grad`` the gradient of the loss for them."""

    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


def pad(x, amounts):
    """Put zeros around the images: amounts = ((top, bottom), (left, right))."""
    # BEGIN SOLUTION
    return np.pad(x, ((0, 0), *amounts, (0, 0)))
    # END SOLUTION


def crop(y, amounts):
    """The transpose of `pad`: the images without what `pad` put around them; amounts may hold zeros."""
    # BEGIN SOLUTION
    (top, bottom), (left, right) = amounts
    height, width = y.shape[1:3]
    return y[:, top : height - bottom, left : width - right]
    # END SOLUTION


def unfold(x, kernel_size, stride=1):
    """Every window of the images: patches[b, i, j, u, v, c] = x[b, stride i + u, stride j + v, c].

    x : (batch, height, width, channels);  kernel_size = (kh, kw).
    patches : (batch, out height, out width, kh, kw, channels), as many as fit:
    out height = (height - kh) // stride + 1.
    """
    # BEGIN SOLUTION
    (kh, kw), (_, height, width, _) = kernel_size, x.shape
    rows = stride * np.arange((height - kh) // stride + 1)[:, None] + np.arange(kh)
    columns = stride * np.arange((width - kw) // stride + 1)[:, None] + np.arange(kw)
    return x[:, rows[:, None, :, None], columns[None, :, None, :]]
    # END SOLUTION


def fold(patches, height, width, stride=1):
    """The transpose of `unfold`: every patch is ADDED to its place in images of zeros.

    patches : (batch, out height, out width, kh, kw, channels);  returns (batch, height, width, channels).
    """
    # BEGIN SOLUTION
    batch, n_rows, n_columns, kh, kw, channels = patches.shape
    x = np.zeros((batch, height, width, channels), patches.dtype)
    for u in range(kh):
        for v in range(kw):
            window = x[:, u : u + stride * n_rows : stride, v : v + stride * n_columns : stride]
            window += patches[:, :, :, u, v]
    return x
    # END SOLUTION


class Conv2D:
    """y[b, i, j, k] = b[k] + sum over u, v, c of x[b, stride i + u, stride j + v, c] W[u, v, c, k].

    W : (kh, kw, channels in, channels out);  b : (channels out,).  No padding.
    """

    def __init__(self, W, b, stride=1):
        self.W, self.b, self.stride = Parameter(W), Parameter(b), stride

    def forward(self, x):
        """Return y, (batch, out height, out width, channels out); keep in ``self`` what backward needs."""
        # BEGIN SOLUTION
        self.shape = x.shape
        self.patches = unfold(x, self.W.data.shape[:2], self.stride)
        return np.tensordot(self.patches, self.W.data, 3) + self.b.data
        # END SOLUTION

    def backward(self, dy):
        """ADD the gradients to ``self.W.grad`` and ``self.b.grad``, and return dx.  All positions share the weights."""
        # BEGIN SOLUTION
        self.W.grad += np.tensordot(self.patches, dy, ((0, 1, 2), (0, 1, 2)))
        self.b.grad += dy.sum(axis=(0, 1, 2))
        dpatches = np.tensordot(dy, self.W.data, ((3,), (3,)))
        return fold(dpatches, *self.shape[1:3], self.stride)
        # END SOLUTION


class ConvTranspose2D:
    """The transpose of a `Conv2D` without bias, and then a bias: from few positions to many.

    W : (kh, kw, channels out, channels in), the array of the convolution that it is the transpose of;
    b : (channels out,);  the output is stride (height - 1) + kh high, and likewise wide.
    """

    def __init__(self, W, b, stride=1):
        self.W, self.b, self.stride = Parameter(W), Parameter(b), stride

    def forward(self, x):
        """Return y; keep in ``self`` what backward needs."""
        # BEGIN SOLUTION
        self.x = x
        kh, kw = self.W.data.shape[:2]
        height, width = (self.stride * (n - 1) + k for n, k in zip(x.shape[1:3], (kh, kw), strict=True))
        return fold(np.tensordot(x, self.W.data, ((3,), (3,))), height, width, self.stride) + self.b.data
        # END SOLUTION

    def backward(self, dy):
        """ADD the gradients to ``self.W.grad`` and ``self.b.grad``, and return dx."""
        # BEGIN SOLUTION
        patches = unfold(dy, self.W.data.shape[:2], self.stride)
        self.W.grad += np.tensordot(patches, self.x, ((0, 1, 2), (0, 1, 2)))
        self.b.grad += dy.sum(axis=(0, 1, 2))
        return np.tensordot(patches, self.W.data, 3)
        # END SOLUTION


def adjoint_gap(forward, transpose, x, y):
    """<forward(x), y> - <x, transpose(y)>.

    0 for all x and y, but for rounding, if and only if one map is the other's transpose.
    """
    # BEGIN SOLUTION
    return float((forward(x) * y).sum() - (x * transpose(y)).sum())
    # END SOLUTION
