"""The classic mistakes of lab 4, and the arrays that explain them."""

import numpy as np

from labs.harness.mistakes import Mistake

EPS, MOMENTUM = 1e-3, 0.9

# ruff: noqa: E501  (one mistake a line, however long)
MISTAKES = [
    Mistake("BatchNorm.forward", "+ self.shift.data", "", "shift missing"),
    Mistake("BatchNorm.forward", "x.var(axis=axes)", "x.var(axis=axes, ddof=1)", "unbiased variance"),
    Mistake("BatchNorm.forward", "axes = tuple(range(x.ndim - 1))", "axes = 0", "", "BatchNorm.forward for images"),
    Mistake("BatchNorm.forward", "np.sqrt(variance + self.eps)", "(np.sqrt(variance) + self.eps)", "eps outside the root"),
    Mistake("BatchNorm.forward", "self.momentum * self.running_mean + (1 - self.momentum) * mean",
            "(1 - self.momentum) * self.running_mean + self.momentum * mean", "weights swapped", "BatchNorm.forward and running averages"),
    Mistake("BatchNorm.forward", "if training:", "if True:", "training flag ignored", "BatchNorm.forward in evaluation"),
    Mistake("BatchNorm.backward", "dy - dshift / m - self.x_hat", "dy - self.x_hat", "through the mean missing"),
    Mistake("BatchNorm.backward", " - self.x_hat * dscale / m)", ")", "through the variance missing"),
    Mistake("BatchNorm.backward", "dshift / m - self.x_hat * dscale / m", "dshift - self.x_hat * dscale", "sum for mean"),
    Mistake("BatchNorm.backward", "m = dy.size // dy.shape[-1]", "m = len(dy)", "m is the batch only", "BatchNorm.backward for images"),
    Mistake("BatchNorm.backward", "self.scale.data * self.inverse_deviation", "self.inverse_deviation", "scale forgotten"),
    Mistake("BatchNorm.backward", "self.scale.data * self.inverse_deviation", "self.scale.data", "deviation forgotten"),
    Mistake("BatchNorm.backward", "(dy * self.x_hat).sum", "(dy * self.x_hat / self.inverse_deviation).sum", "deviation forgotten in dscale"),
    Mistake("BatchNorm.forward", "self.x_hat = (x - mean) * self.inverse_deviation\n        self.training = training\n        return self.scale.data * self.x_hat", "self.x_hat = x\n        self.training = training\n        return self.scale.data * (x - mean) * self.inverse_deviation", "x for x_hat", "BatchNorm.backward"),
    Mistake("BatchNorm.backward", "if not self.training:", "if False:", "training flag ignored", "BatchNorm.backward in evaluation"),
    Mistake("BatchNorm.backward", "self.scale.grad += dscale", "self.scale.grad = dscale", "gradient overwritten"),
    Mistake("BatchNorm.backward", "dshift = dy.sum(axis=axes)", "dshift = dy.mean(axis=axes)", "through the mean: batch divided twice"),
    Mistake("RootMeanSquareNorm.backward", "scaled - self.x_hat * (scaled * self.x_hat).mean(axis=1, keepdims=True)", "scaled", "through the root missing"),
    Mistake("RootMeanSquareNorm.backward", "scaled = dy * self.scale.data", "scaled = dy", "scale forgotten"),
]  # fmt: skip


def facts(part, inputs, truth):
    """What a wrong array of `part` may be made of; see `labs.harness.naming`."""
    if part.startswith("Root"):
        return _root_mean_square(**inputs) if part.endswith("backward") else {}
    x, scale, shift, dy = (inputs[name] for name in ("x", "scale", "shift", "dy"))
    axes = tuple(range(x.ndim - 1))
    evaluation = "mean" in inputs
    batch_mean, batch_variance = x.mean(axis=axes), x.var(axis=axes)
    mean, variance = inputs.get("mean", batch_mean), inputs.get("variance", batch_variance)
    deviation = np.sqrt(variance + EPS)
    x_hat = (x - mean) / deviation
    m = x.size // x.shape[-1]
    names = ["batch", "height", "width"][: x.ndim - 1]
    sizes = {name: x.shape[k] for k, name in enumerate(names)} | {"values a channel": m}

    def training_dx(dscale_terms=1, dshift_terms=1, count=m, factor=None):
        own = (x - batch_mean) / np.sqrt(batch_variance + EPS)
        factor = scale / np.sqrt(batch_variance + EPS) if factor is None else factor
        return factor * (
            dy - dshift_terms * dy.sum(axis=axes) / count - dscale_terms * own * (dy * own).sum(axis=axes) / count
        )

    found = {f"{name}/sizes/{what}": size for name in ("dx", "dscale", "dshift") for what, size in sizes.items()}
    found |= {
        "y/axes/": [*names, "channel"], "dx/axes/": [*names, "channel"], "dscale/axes/": ["channel"], "dshift/axes/": ["channel"],
        "y/terms/scale x_hat": scale * x_hat, "y/terms/shift": np.broadcast_to(shift, x.shape),
        "y/quantities/scale": scale, "y/quantities/deviation": deviation, "y/quantities/x_hat": x_hat,
        "y/mutants/unbiased variance": scale * (x - mean) / np.sqrt(variance * m / (m - 1) + EPS) + shift,
        "y/mutants/eps outside the root": scale * (x - mean) / (np.sqrt(variance) + EPS) + shift,
        "y/mutants/eps forgotten": scale * (x - mean) / np.sqrt(variance) + shift,
        "dx/quantities/scale": scale, "dx/quantities/deviation": deviation,
        "dscale/quantities/deviation": deviation,
        "dscale/mutants/x for x_hat": (dy * x).sum(axis=axes),
        "dscale/mutants/deviation forgotten": (dy * (x - mean)).sum(axis=axes),
        "dscale/summands/batch": dy * x_hat, "dshift/summands/batch": dy,
        "running_mean/mutants/weights swapped": MOMENTUM * batch_mean,
        "running_mean/mutants/not moved": np.zeros_like(batch_mean),
        "running_variance/mutants/weights swapped": MOMENTUM * batch_variance + (1 - MOMENTUM),
        "running_variance/mutants/not moved": np.ones_like(batch_variance),
        "running_variance/mutants/unbiased variance": (1 - MOMENTUM) * batch_variance * m / max(m - 1, 1) + MOMENTUM,
    }  # fmt: skip
    if evaluation:
        own = scale * (x - batch_mean) / np.sqrt(batch_variance + EPS) + shift
        through_both = dy - dy.mean(axis=axes) - x_hat * (dy * x_hat).mean(axis=axes)
        found |= {
            "y/mutants/training flag ignored": own,
            "dx/mutants/training flag ignored": scale / deviation * through_both,
        }
    else:
        factor = scale / deviation
        found |= {
            "dx/terms/dy": factor * dy, "dx/terms/through the mean": -factor * np.broadcast_to(dy.mean(axis=axes), x.shape),
            "dx/terms/through the variance": -factor * x_hat * (dy * x_hat).mean(axis=axes),
            "dx/mutants/deviation forgotten in dscale": factor * (
                dy - dy.mean(axis=axes) - x_hat * (dy * (x - mean)).mean(axis=axes)
            ),
            "dx/mutants/x for x_hat": factor * (dy - dy.mean(axis=axes) - x * (dy * x).mean(axis=axes)),
            "dx/mutants/sum for mean": training_dx(count=1), "dx/mutants/scale forgotten": training_dx(factor=1 / deviation),
            "dx/mutants/deviation forgotten": training_dx(factor=scale),
        }  # fmt: skip
        if x.ndim > 2:
            found["dx/mutants/m is the batch only"] = training_dx(count=len(x))
    return found


def _root_mean_square(x, scale, dy, eps):
    inverse = 1 / np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
    x_hat, scaled = x * inverse, dy * scale
    row = (scaled * x_hat).mean(axis=1, keepdims=True)
    return {
        "dx/axes/": ["batch", "feature"], "dscale/axes/": ["feature"], "dscale/summands/batch": dy * x_hat,
        "dx/terms/dy": inverse * scaled, "dx/terms/through the root": -inverse * x_hat * row,
        "dx/quantities/root": 1 / inverse,
        "dx/mutants/scale forgotten": inverse * (dy - x_hat * (dy * x_hat).mean(axis=1, keepdims=True)),
    }  # fmt: skip
