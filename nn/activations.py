"""Pointwise non-linearities: y = sigma(x), dx = dy * sigma'(x) (dissertation, eqs. 2.2, 2.13, Appendix A.2)."""

from .forms import array_module, several_forms
from .layer import Layer, check_float, check_gradient_shape
from .stable import sigmoid, softmax
from .type_hints import Array


class Identity(Layer):
    """y = x;  sigma'(x) = 1."""

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self.save_for_backward(x.shape)
        return x

    def backward(self, dy: Array) -> Array:
        (shape,) = self.saved()
        check_gradient_shape(self, dy, shape)
        return dy


class ReLU(Layer):
    """y = max(0, x);  sigma'(x) = 1 for x > 0, else 0 (at the kink x = 0 we take 0)."""

    def forward(self, x: Array, *, training: bool = False) -> Array:
        check_float(self, x)
        y, positive = relu(x)
        self.save_for_backward(positive)
        return y

    def backward(self, dy: Array) -> Array:
        (positive,) = self.saved()
        check_gradient_shape(self, dy, positive.shape)
        return relu_gradient(dy, positive)


@several_forms
def relu(x):
    """y = max(0, x), and where x is positive."""
    return array_module(x).maximum(x, 0), x > 0


@several_forms
def relu_gradient(dy, positive):
    """dx = dy where x is positive, else 0."""
    return dy * positive


class LeakyReLU(Layer):
    """y = x for x > 0, else slope * x;  sigma'(x) = 1 or slope.  Maas et al. (2013).

    Parameters
    ----------
    slope : what remains of negative inputs, from 0 to 1, such as 0.2.
    """

    def __init__(self, slope: float = 0.01):
        if not 0 <= slope <= 1:
            raise ValueError(f"LeakyReLU's slope must be in [0, 1], got {slope}")
        self.slope = float(slope)

    def forward(self, x: Array, *, training: bool = False) -> Array:
        check_float(self, x)
        positive = x > 0
        self.save_for_backward(positive)
        return leaky_relu(x, positive, self.slope)

    def backward(self, dy: Array) -> Array:
        (positive,) = self.saved()
        check_gradient_shape(self, dy, positive.shape)
        return leaky_relu(dy, positive, self.slope)

    def __repr__(self):
        return f"LeakyReLU({self.slope})"


@several_forms
def leaky_relu(a, positive, slope):
    """a where x is positive, else slope * a: for a = x it is `LeakyReLU`'s y, for a = dy its dx."""
    return array_module(a).where(positive, a, slope * a)


class Tanh(Layer):
    """y = tanh(x);  sigma'(x) = 1 - y^2."""

    def forward(self, x: Array, *, training: bool = False) -> Array:
        check_float(self, x)
        y = array_module(x).tanh(x)
        self.save_for_backward(y)
        return y

    def backward(self, dy: Array) -> Array:
        (y,) = self.saved()
        check_gradient_shape(self, dy, y.shape)
        return tanh_gradient(dy, y)


@several_forms
def tanh_gradient(dy, y):
    """dx = dy (1 - y^2)."""
    return dy * (1 - y * y)


class Sigmoid(Layer):
    """y = 1 / (1 + exp(-x)), without overflow for any x;  sigma'(x) = y (1 - y)."""

    def forward(self, x: Array, *, training: bool = False) -> Array:
        check_float(self, x)
        y = sigmoid(x)
        self.save_for_backward(y)
        return y

    def backward(self, dy: Array) -> Array:
        (y,) = self.saved()
        check_gradient_shape(self, dy, y.shape)
        return dy * y * (1 - y)


class Softmax(Layer):
    """y_j = exp(x_j) / sum_k exp(x_k) over the last axis;  dx = y * (dy - sum_k dy_k y_k).

    Every output depends on every input of its row, hence the sum (dissertation, eq. D.1).
    """

    def forward(self, x: Array, *, training: bool = False) -> Array:
        check_float(self, x)
        y = softmax(x)
        self.save_for_backward(y)
        return y

    def backward(self, dy: Array) -> Array:
        (y,) = self.saved()
        check_gradient_shape(self, dy, y.shape)
        return y * (dy - (dy * y).sum(axis=-1, keepdims=True))
