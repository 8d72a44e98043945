"""Networks that part and meet again.

Where x goes into two branches, it moves the loss along both, so by the chain rule its gradient is the SUM of what
comes back from them.
"""

from itertools import accumulate

from .activations import Identity
from .forms import array_module
from .layer import Layer, check_gradient_shape
from .sequential import check_layers
from .type_hints import Array


class Residual(Layer):
    """y = inner(x) + shortcut(x): the inner layers learn only what is to be added to x.

    x : whatever both take;  y : in the one shape that both return.

    An addition hands dy on to both sides, and x went into both:
    dx = inner.backward(dy) + shortcut.backward(dy), with the default shortcut inner.backward(dy) + dy.
    However small the first summand becomes, dy itself arrives: such networks can be very deep.

    Parameters
    ----------
    inner : a layer, for example a `Sequential`.
    shortcut : a layer that brings x into the shape of inner(x), usually a 1x1 `Conv2D` with inner's stride; None for
        x itself.

    Attributes: ``inner`` and ``shortcut``, the layers.
    Raises TypeError for what is no layer, ValueError if one layer stands in both or their outputs differ in shape.
    Source: He et al. (2016a), eqs. 1 and 2; for the gradient He et al. (2016b), eq. 5.
    """

    def __init__(self, inner: Layer, shortcut: Layer | None = None):
        self.inner, self.shortcut = inner, Identity() if shortcut is None else shortcut
        check_layers("Residual", [self.inner, self.shortcut])

    def forward(self, x: Array, *, training: bool = False) -> Array:
        y, straight = self.inner(x, training=training), self.shortcut(x, training=training)
        if y.shape != straight.shape:
            raise ValueError(
                f"{self!r} got {y.shape} from its inner layer, but {straight.shape} from its shortcut: give it a "
                "shortcut that returns the inner layer's shape, for example nn.Conv2D(c_in, c_out, 1, stride)"
            )
        return y + straight

    def backward(self, dy: Array) -> Array:
        return sum_of([self.inner.backward(dy), self.shortcut.backward(dy)])

    def backward_parameters(self, dy: Array) -> None:
        self.inner.backward_parameters(dy)
        self.shortcut.backward_parameters(dy)

    def __repr__(self):
        shortcut = "" if isinstance(self.shortcut, Identity) else f", shortcut={self.shortcut!r}"
        return f"Residual({self.inner!r}{shortcut})"


class Concatenate(Layer):
    """y = [f_1(x), f_2(x), ...]: the outputs of parallel branches, joined along the last axis.

    x : whatever all branches take;  y : (batch, ..., c_1 + c_2 + ...), where branch k returns (batch, ..., c_k).

    Branch k gets its own channels of dy, dy_k, and x went into all branches: dx = sum over k of f_k.backward(dy_k).
    With `Identity` as a branch x itself is kept, as in a DenseNet: ``Concatenate(nn.Identity(), layer)``.

    Parameters
    ----------
    *branches : layers.

    Attributes: ``branches``, the list of them.
    Raises TypeError for what is no layer, ValueError if one layer stands in two branches, or if the branches' outputs
    differ in more than the last axis.
    Source: Szegedy et al. (2015), section 4; Huang et al. (2017), eq. 2.
    """

    def __init__(self, *branches: Layer):
        check_layers("Concatenate", branches)
        if not branches:
            raise ValueError("Concatenate needs at least one branch")
        self.branches = list(branches)

    def forward(self, x: Array, *, training: bool = False) -> Array:
        outputs = [branch(x, training=training) for branch in self.branches]
        shapes = [y.shape for y in outputs]
        if len({shape[:-1] for shape in shapes}) > 1:
            raise ValueError(
                f"{self!r} got {', '.join(map(str, shapes))} from its branches: they may differ in the last axis only"
            )
        y = array_module(outputs[0]).concatenate(outputs, axis=-1)
        self.save_for_backward(list(accumulate(shape[-1] for shape in shapes)), y.shape)
        return y

    def backward(self, dy: Array) -> Array:
        parts = self._parts(dy)
        return sum_of([branch.backward(part) for branch, part in zip(self.branches, parts, strict=True)])

    def backward_parameters(self, dy: Array) -> None:
        for branch, part in zip(self.branches, self._parts(dy), strict=True):
            branch.backward_parameters(part)

    def _parts(self, dy):
        ends, shape = self.saved()
        check_gradient_shape(self, dy, shape)
        xp = array_module(dy)
        return [xp.ascontiguousarray(part) for part in xp.split(dy, ends[:-1], axis=-1)]

    def __repr__(self):
        return f"Concatenate({', '.join(map(repr, self.branches))})"


def sum_of(gradients):
    """Their sum, in an array of its own: an `Identity`'s gradient is dy itself, which must stay as it is."""
    first, *others = gradients
    for gradient in others:
        first = first + gradient
    return first
