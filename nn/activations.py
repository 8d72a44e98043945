"""Pointwise non-linearities: y = sigma(x), dx = dy * sigma'(x) (dissertation, eqs. 2.2, 2.13, Appendix A.2)."""

from .device import array_module
from .layer import Layer, check_float
from .stable import sigmoid, softmax


class Identity(Layer):
    """y = x;  sigma'(x) = 1."""

    def forward(self, x, *, training=False):
        return x

    def backward(self, dy):
        return dy


class ReLU(Layer):
    """y = max(0, x);  sigma'(x) = 1 for x > 0, else 0 (at the kink x = 0 we take 0)."""

    def forward(self, x, *, training=False):
        check_float(self, x)
        self.keep(x > 0)
        return array_module(x).maximum(x, 0)

    def backward(self, dy):
        (positive,) = self.kept()
        return dy * positive


class LeakyReLU(Layer):
    """y = x for x > 0, else slope * x;  sigma'(x) = 1 or slope.  Maas et al. (2013).

    Parameters
    ----------
    slope : what remains of negative inputs, a small number such as 0.2.
    """

    def __init__(self, slope=0.01):
        self.slope = float(slope)

    def forward(self, x, *, training=False):
        check_float(self, x)
        positive = x > 0
        self.keep(positive)
        return array_module(x).where(positive, x, x * self.slope)

    def backward(self, dy):
        (positive,) = self.kept()
        return array_module(dy).where(positive, dy, dy * self.slope)

    def __repr__(self):
        return f"LeakyReLU({self.slope})"


class Tanh(Layer):
    """y = tanh(x);  sigma'(x) = 1 - y^2."""

    def forward(self, x, *, training=False):
        check_float(self, x)
        y = array_module(x).tanh(x)
        self.keep(y)
        return y

    def backward(self, dy):
        (y,) = self.kept()
        slope = y * y
        array_module(y).subtract(1, slope, out=slope)
        slope *= dy
        return slope


class Sigmoid(Layer):
    """y = 1 / (1 + exp(-x)), without overflow for any x;  sigma'(x) = y (1 - y)."""

    def forward(self, x, *, training=False):
        check_float(self, x)
        y = sigmoid(x)
        self.keep(y)
        return y

    def backward(self, dy):
        (y,) = self.kept()
        return dy * y * (1 - y)


class Softmax(Layer):
    """y_j = exp(x_j) / sum_k exp(x_k) over the last axis;  dx = y * (dy - sum_k dy_k y_k).

    Every output depends on every input of its row, hence the sum (dissertation, eq. D.1).
    """

    def forward(self, x, *, training=False):
        check_float(self, x)
        y = softmax(x)
        self.keep(y)
        return y

    def backward(self, dy):
        (y,) = self.kept()
        return y * (dy - (dy * y).sum(axis=-1, keepdims=True))
