"""Making images larger without learning how."""

from .arguments import pair
from .layer import Layer, check_float, check_gradient_shape
from .type_hints import Array, Size


class Upsample(Layer):
    """y[p, q, c] = x[p // s, q // s, c]: every pixel becomes a block of s x s equal ones ("nearest neighbour").

    x : (batch, height, width, c) float;  y : (batch, s height, s width, c).

    A pixel stands in s^2 places, so its gradient is their sum: dx[i, j, c] = sum of dy over the block of (i, j).
    `Upsample(2)` and a `Conv2D` after it do what a `ConvTranspose2D` of stride 2 does, without its chequered patterns
    (Odena et al. 2016).

    Parameters
    ----------
    factor : s, or (vertical, horizontal) factors.

    Raises ValueError if x is not (batch, height, width, c).
    """

    def __init__(self, factor: Size = 2):
        self.factor = pair(factor, "factor")

    def forward(self, x: Array, *, training: bool = False) -> Array:
        check_float(self, x)
        if x.ndim != 4:
            raise ValueError(f"{self!r} got an input of shape {x.shape}: expected images (batch, height, width, c)")
        self.save_for_backward(x.shape)
        vertical, horizontal = self.factor
        return x.repeat(vertical, axis=1).repeat(horizontal, axis=2)

    def backward(self, dy: Array) -> Array:
        ((batch, height, width, c),) = self.saved()
        vertical, horizontal = self.factor
        check_gradient_shape(self, dy, (batch, vertical * height, horizontal * width, c))
        blocks = dy.reshape(batch, height, vertical, width, horizontal, c)
        return blocks.sum(axis=(2, 4))

    def __repr__(self):
        return f"Upsample({self.factor[0] if len(set(self.factor)) == 1 else self.factor})"
