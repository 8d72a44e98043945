"""Lab 5, graded part: a convolution with holes."""

import numpy as np


class DilatedConv2D:
    """A convolution whose kernel has gaps, so that it sees further with as few weights:

    y[b, i, j, k] = b[k] + sum over u, v, c of x[b, i + dilation u, j + dilation v, c] W[u, v, c, k].

    W : (kh, kw, channels in, channels out);  b : (channels out,).  No padding;
    out height = height - dilation (kh - 1).
    """

    def __init__(self, W, b, dilation):
        self.W, self.b, self.dilation = Parameter(W), Parameter(b), dilation  # noqa: F821  (of the first part)

    def forward(self, x):
        """Return y, (batch, out height, out width, channels out); keep in ``self`` what backward needs."""
        # BEGIN SOLUTION
        self.x, d, (kh, kw) = x, self.dilation, self.W.data.shape[:2]
        self.height, self.width = x.shape[1] - d * (kh - 1), x.shape[2] - d * (kw - 1)
        y = self.b.data + np.zeros((len(x), self.height, self.width, 1))
        for u, v in np.ndindex(kh, kw):
            y = y + x[:, d * u : d * u + self.height, d * v : d * v + self.width] @ self.W.data[u, v]
        return y
        # END SOLUTION

    def backward(self, dy):
        """ADD the gradients to ``self.W.grad`` and ``self.b.grad``, and return dx."""
        # BEGIN SOLUTION
        dx, d = np.zeros_like(self.x), self.dilation
        self.b.grad += dy.sum(axis=(0, 1, 2))
        for u, v in np.ndindex(self.W.data.shape[:2]):
            place = (slice(None), slice(d * u, d * u + self.height), slice(d * v, d * v + self.width))
            self.W.grad[u, v] += np.tensordot(self.x[place], dy, ((0, 1, 2), (0, 1, 2)))
            dx[place] += dy @ self.W.data[u, v].T
        return dx
        # END SOLUTION
