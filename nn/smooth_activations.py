"""Smooth relatives of ReLU: y = sigma(x), dx = dy * sigma'(x), for each number by itself.

None of them has a ReLU's kink at 0, and none is quite flat for x < 0, so that no unit can die.
"""

import math

from .forms import array_module
from .layer import Layer, check_float, check_gradient_shape
from .stable import erf, sigmoid, softplus
from .type_hints import Array


class Softplus(Layer):
    """y = log(1 + exp(x)), without overflow for any x;  sigma'(x) = sigmoid(x).

    Its output is positive: it makes, for example, a standard deviation out of any number.
    Source: Dugas et al. (2001).
    """

    def forward(self, x: Array, *, training: bool = False) -> Array:
        check_float(self, x)
        self.save_for_backward(x)
        return softplus(x)

    def backward(self, dy: Array) -> Array:
        (x,) = self.saved()
        check_gradient_shape(self, dy, x.shape)
        return dy * sigmoid(x)


class ELU(Layer):
    """y = x for x > 0, else alpha (exp(x) - 1);  sigma'(x) = 1 for x > 0, else alpha exp(x) = y + alpha.

    Parameters
    ----------
    alpha : a positive number; y approaches -alpha for very negative x.  With 1 the slope is continuous at 0.

    Raises ValueError if alpha is not positive.
    Source: Clevert et al. (2016), eq. 15.
    """

    def __init__(self, alpha: float = 1.0):
        if not alpha > 0:
            raise ValueError(f"ELU's alpha must be positive, got {alpha}")
        self.alpha = float(alpha)

    def forward(self, x: Array, *, training: bool = False) -> Array:
        check_float(self, x)
        xp = array_module(x)
        y = xp.where(x > 0, x, self.alpha * xp.expm1(xp.minimum(x, 0)))
        self.save_for_backward(y)
        return y

    def backward(self, dy: Array) -> Array:
        (y,) = self.saved()
        check_gradient_shape(self, dy, y.shape)
        return dy * array_module(y).where(y > 0, 1, y + self.alpha)  # y > 0 where x > 0

    def __repr__(self):
        return f"ELU({self.alpha})"


class SiLU(Layer):
    """y = x s with s = sigmoid(x), also called swish;  sigma'(x) = s + x s (1 - s) = s + y (1 - s).

    Source: Elfwing et al. (2018).
    """

    def forward(self, x: Array, *, training: bool = False) -> Array:
        check_float(self, x)
        s = sigmoid(x)
        y = x * s
        self.save_for_backward(y, s)
        return y

    def backward(self, dy: Array) -> Array:
        y, s = self.saved()
        check_gradient_shape(self, dy, y.shape)
        return dy * (s + y * (1 - s))


class GELU(Layer):
    """y = x Phi(x), Phi(x) = P(N(0, 1) <= x) = (1 + erf(x / sqrt(2))) / 2;  sigma'(x) = Phi(x) + x phi(x),

    with the density phi(x) = Phi'(x) = exp(-x^2 / 2) / sqrt(2 pi).  It is the exact function, as PyTorch's default;
    the paper's approximation by a tanh, from when there was no erf on a GPU, is left out.
    Source: Hendrycks and Gimpel (2016), section 2.
    """

    def forward(self, x: Array, *, training: bool = False) -> Array:
        check_float(self, x)
        phi_integral = (1 + erf(x / math.sqrt(2))) / 2
        self.save_for_backward(x, phi_integral)
        return x * phi_integral

    def backward(self, dy: Array) -> Array:
        x, phi_integral = self.saved()
        check_gradient_shape(self, dy, x.shape)
        density = array_module(x).exp(-x * x / 2) / math.sqrt(2 * math.pi)
        return dy * (phi_integral + x * density)
