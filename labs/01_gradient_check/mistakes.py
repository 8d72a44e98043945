"""The classic mistakes of lab 1, and the arrays that explain them."""

import numpy as np

from labs.harness.mistakes import Mistake

# ruff: noqa: E501  (one mistake a line, however long)
MISTAKES = [
    Mistake("central_difference", "(2 * h)", "h", "factor 2 too much"),
    Mistake("central_difference", "moved[index] = centre - h", "moved[index] = centre", "one-sided difference and factor 2 missing"),
    Mistake("central_difference", "        moved[index] = centre\n    return", "    return", "entry not put back"),
    Mistake("central_difference", "dtype=np.float64", "dtype=np.asarray(x).dtype", "", "central_difference in float64"),
    Mistake("central_difference", "moved = np.array(x, dtype=np.float64)", "moved = x; moved += 0.5", "", "central_difference"),
    Mistake("richardson", "x, h / 2)", "x, 2 * h)", "double step for the half"),
    Mistake("richardson", ") / 3", ") / 5", ""),
    Mistake("relative_error", "np.abs(a - b).max()", "np.abs(a - b).mean()", ""),
    Mistake("relative_error", "np.abs(a - b).max() / size", "np.abs(a - b).max()", ""),
    Mistake("check_layer", "dy = rng.normal(size=layer.forward(x).shape)", "dy = np.ones(layer.forward(x).shape)", "", "check_layer"),
    Mistake("check_layer", ", relative_error(two, 2 * one) < 1e-6]", "]", "", "check_layer"),
    Mistake("check_layer", "        parameter.data[...] = kept\n", "", ""),
    Mistake("check_layer", "parameter.grad[...] = 0", "pass", ""),
    Mistake("complex_step", "np.imag(f(moved)) / h", "np.real(f(moved)) / h", ""),
]  # fmt: skip


def facts(part, inputs, truth):
    """What a wrong array of `part` may be made of; see `labs.harness.naming`."""
    if part not in ("central_difference", "richardson"):
        return {}
    x, a, h = (inputs[name] for name in ("x", "a", "h"))

    def f(x):
        return np.sin((a * x).sum()) + (a * x**3).sum() / 5

    def differences(ahead, behind, put_back=True):
        """[f(x + ahead) - f(x - behind)] / (ahead + behind), entry by entry."""
        moved, found = x.copy(), np.zeros(x.shape)
        for index in np.ndindex(x.shape):
            moved[index] = x[index] + ahead
            high = f(moved)
            moved[index] = x[index] - behind
            found[index] = (high - f(moved)) / (ahead + behind)
            moved[index] = x[index] if put_back else moved[index]
        return found

    whole, half, double = (differences(step, step) for step in (h, h / 2, 2 * h))
    found = {
        "central_difference": {
            "one-sided difference": differences(h, 0), "one-sided difference, backward": differences(0, h),
            "entry not put back": differences(h, h, put_back=False),
        },
        "richardson": {
            "no extrapolation": whole, "no extrapolation of the half step": half, "weights swapped": (4 * whole - half) / 3,
            "double step for the half": (4 * double - whole) / 3,
        },
    }[part]  # fmt: skip
    return {f"gradient/mutants/{name}": array for name, array in found.items()} | {"gradient/constants/h": h}
