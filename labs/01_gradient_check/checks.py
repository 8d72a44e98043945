"""What lab 1 checks.  For `check_layer`, right and wrong layers are planted: a checker must tell one from the other."""

import numpy as np

from labs.harness.checking import check


def wave(rng, sizes):
    return {"x": rng.normal(size=sizes[:2]), "a": rng.normal(size=sizes[:2]), "h": np.array(0.23)}


def single_precision(rng, sizes):
    return {name: array.astype(np.float32) for name, array in wave(rng, sizes).items() if name != "h"}


def two_arrays(rng, sizes):
    return {"a": rng.normal(size=sizes[:2]), "b": rng.normal(size=sizes[:2])}


def an_example(rng, sizes):
    return {
        "x": rng.uniform(0.5, 2, size=sizes[:2]),
        "w": rng.uniform(0.5, 2, size=sizes[1]),
        "seed": rng.integers(2**31),
    }


def sine(a):
    """A function to differentiate, f(x)."""
    return lambda x: np.sin((a * x).sum()) + (a * x**3).sum() / 5


@check("central_difference", wave, points=15, slopes=False)
def central_difference(lab, x, a, h):
    """both sides, for every entry"""
    return {"gradient": lab.central_difference(sine(a), x, h), "x after forward": x}


@check(
    "central_difference in float64",
    single_precision,
    points=10,
    needs=["central_difference"],
    tolerance=1e-6,
    slopes=False,
)
def in_float64(lab, x, a):
    """float64 inside, even if x is float32"""
    return {"gradient": np.asarray(lab.central_difference(sine(a.astype(np.float64)), x, 1e-5))}


@check("richardson", wave, points=15, needs=["central_difference"], slopes=False)
def richardson(lab, x, a, h):
    """the h^2 cancels"""
    return {"gradient": lab.richardson(sine(a), x, h), "x after forward": x}


@check("relative_error", two_arrays, points=10)
def relative_error(lab, a, b):
    """against the largest entry"""
    return {
        "error": lab.relative_error(a, b),
        "of_small_ones": lab.relative_error(a * 1e-9, b * 1e-9),
        "of_zeros": 1.0 + lab.relative_error(0 * a, 0 * a),
    }


class Planted:
    """y = w x^3 + b (each row), right or, in one of many ways, wrong."""

    def __init__(self, w, wrong=""):
        self.w, self.b, self.wrong = lambda: None, lambda: None, wrong
        self.parameters = [self.w, self.b]
        for parameter, data in zip(self.parameters, (w, w[::-1]), strict=True):
            parameter.data, parameter.grad = data.copy(), np.zeros_like(w)

    def forward(self, x):
        self.x = x.copy()
        return self.w.data * x**3 + self.b.data

    def backward(self, dy):
        x, w, wrong = self.x, self.w, self.wrong
        dw = (dy * x**3).sum(axis=0)
        dx = 3 * dy * w.data * x**2
        if wrong == "dx doubled":
            dx = 2 * dx
        if wrong == "dx of the first row":
            dx[0] = 0
        if wrong == "dx without dy":
            dx = 3 * w.data * x**2
        if wrong == "dx right for ones":  # sums dy over the row and shares it out: nothing is seen if dy is all ones
            dx = 3 * w.data * x**2 * dy.mean(axis=1, keepdims=True)
        if wrong == "dw by a millionth":
            dw = dw * (1 + 1e-5)
        if wrong == "dw divided by the batch":
            dw = dw / len(x)
        if wrong == "dw for ones":
            dw = (x**3).sum(axis=0) * dy.mean()
        w.grad[...] = dw if wrong == "dw not added" else w.grad + dw
        self.b.grad += dy[0] if wrong == "db of one example" else dy.sum(axis=0)
        return dx


WRONG = (
    "dx doubled", "dx of the first row", "dx without dy", "dx right for ones", "dw by a millionth",
    "dw divided by the batch", "dw for ones", "dw not added", "db of one example",
)  # fmt: skip


@check("check_layer", an_example, points=40, needs=["richardson", "relative_error"], experiments=False)
def check_layer(lab, x, w, seed):
    """lets the right layer pass, also with an old gradient, none of nine wrong ones, and leaves them as they were"""

    def passes(wrong):
        return bool(lab.check_layer(Planted(w, wrong), x.copy(), np.random.default_rng(seed)))

    right = passes("")  # each answer counts only together with this one: always saying no is no check
    used, given = Planted(w), x.copy()
    used.w.grad += 1
    again = bool(lab.check_layer(used, given, np.random.default_rng(seed)))
    return {f"[right, {wrong}]".replace(" ", "_"): np.array([right, passes(wrong)]) for wrong in WRONG} | {
        "[right,_right_with_an_old_gradient]": np.array([right, again]),
        "x_and_data_afterwards": np.vstack([given, used.w.data, used.b.data]),
    }


@check("complex_step", wave, points=10, slopes=False)
def complex_step(lab, x, a, h):
    """exact to the last digits"""
    return {"gradient": lab.complex_step(sine(a), x), "x after forward": x}
