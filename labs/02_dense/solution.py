"""Lab 2: the dense layer and activations, each with its gradient."""

import numpy as np


class Parameter:
    """Numbers that training adjusts: ``data``, and in ``grad`` the gradient of the loss for them."""

    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class Dense:
    """y = x W + b.

    x : (batch, n_in);  W : (n_in, n_out);  b : (n_out,);  y : (batch, n_out).
    """

    def __init__(self, W, b):
        self.W = Parameter(W)
        self.b = Parameter(b)

    def forward(self, x):
        """Return y; keep in ``self`` what backward needs."""
        # BEGIN SOLUTION
        self.x = x
        return x @ self.W.data + self.b.data
        # END SOLUTION

    def backward(self, dy):
        """ADD the gradients to ``self.W.grad`` and ``self.b.grad``, and return dx.

        dy : the gradient of the loss for y, of y's shape;  dx : the gradient for x, of x's shape.
        """
        # BEGIN SOLUTION
        self.W.grad += self.x.T @ dy
        self.b.grad += dy.sum(axis=0)
        return dy @ self.W.data.T
        # END SOLUTION


class ReLU:
    """y = max(x, 0), for each number by itself; where x is not positive, the slope is 0."""

    def forward(self, x):
        """Return y, of x's shape."""
        # BEGIN SOLUTION
        self.positive = x > 0
        return x * self.positive
        # END SOLUTION

    def backward(self, dy):
        """Return dx."""
        # BEGIN SOLUTION
        return dy * self.positive
        # END SOLUTION


class Tanh:
    """y = tanh(x), for each number by itself."""

    def forward(self, x):
        """Return y, of x's shape."""
        # BEGIN SOLUTION
        self.y = np.tanh(x)
        return self.y
        # END SOLUTION

    def backward(self, dy):
        """Return dx."""
        # BEGIN SOLUTION
        return dy * (1 - self.y**2)
        # END SOLUTION


class Sigmoid:
    """y = 1 / (1 + exp(-x)), for each number by itself, without overflow for any x."""

    def forward(self, x):
        """Return y, of x's shape."""
        # BEGIN SOLUTION
        e = np.exp(-np.abs(x))  # never above 1
        self.y = np.where(x >= 0, 1, e) / (1 + e)
        return self.y
        # END SOLUTION

    def backward(self, dy):
        """Return dx."""
        # BEGIN SOLUTION
        return dy * self.y * (1 - self.y)
        # END SOLUTION


class Softmax:
    """y_j = exp(x_j) / sum_k exp(x_k), along each row; x and y are (batch, classes)."""

    def forward(self, x):
        """Return y, of x's shape, without overflow for any x."""
        # BEGIN SOLUTION
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return self.y
        # END SOLUTION

    def backward(self, dy):
        """Return dx.  Each output depends on every input of its row."""
        # BEGIN SOLUTION
        return self.y * (dy - (dy * self.y).sum(axis=1, keepdims=True))
        # END SOLUTION


class Sequential:
    """Layers one after the other: y = f_n( ... f_2(f_1(x)))."""

    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        """Return the last layer's output."""
        # BEGIN SOLUTION
        for layer in self.layers:
            x = layer.forward(x)
        return x
        # END SOLUTION

    def backward(self, dy):
        """Return the gradient for x: the chain rule."""
        # BEGIN SOLUTION
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy
        # END SOLUTION
