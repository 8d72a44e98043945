"""The classic mistakes of lab 2, and the arrays that explain them."""

import numpy as np

from labs.harness.mistakes import Mistake

# ruff: noqa: E501  (one mistake a line, however long)
MISTAKES = [
    Mistake("Dense.forward", "+ self.b.data", "", "b missing"),
    Mistake("Dense.backward", "self.x.T @ dy", "(self.x.T @ dy).T", "transposed"),
    Mistake("Dense.backward", "self.x.T @ dy", "self.x.T @ dy / len(dy)", "batch divided twice"),
    Mistake("Dense.backward", "self.x.T @ dy", "-self.x.T @ dy", "sign flipped"),
    Mistake("Dense.backward", "self.x.T @ dy", "self.x.T @ dy + 0.01 * self.W.data", "W added"),
    Mistake("Dense.backward", "self.x.T @ dy", "self.x[-1:].T @ dy[-1:]", "one example only"),
    Mistake("Dense.backward", "dy.sum(axis=0)", "dy.sum(axis=1)", "summed over the wrong axis"),
    Mistake("Dense.backward", "dy.sum(axis=0)", "dy.sum(axis=0, keepdims=True)", "kept as (1, n)"),
    Mistake("Dense.backward", "dy @ self.W.data.T", "dy @ self.W.data", "factors of a product do not fit"),
    Mistake("Dense.backward", "self.x.T @ dy", "self.x @ dy", "factors of a product do not fit"),
    Mistake("Dense.backward", "dy.sum(axis=0)", "dy.mean(axis=0)", "batch divided twice"),
    Mistake("Dense.backward", "dy.sum(axis=0)", "dy.sum()", "summed over everything"),
    Mistake("Dense.backward", "self.W.grad += self.x.T @ dy", "self.W.grad[...] = self.x.T @ dy", "gradient overwritten"),
    Mistake("Dense.backward", "self.W.grad += self.x.T @ dy", "self.W.grad += (self.x.astype('f').T @ dy.astype('f'))", "float32 inside"),
    Mistake("ReLU.forward", "self.positive = x > 0", "x *= x > 0; self.positive = x > 0", "x changed", "ReLU.backward"),
    Mistake("ReLU.forward", "x > 0", "x >= 0", "", "ReLU.backward"),
    Mistake("ReLU.backward", "dy * self.positive", "dy * (dy > 0)", "mask of dy"),
    Mistake("ReLU.backward", "dy * self.positive", "dy", "mask forgotten"),
    Mistake("ReLU.backward", "dy * self.positive", "dy * ~self.positive", "mask inverted"),
    Mistake("ReLU.backward", "dy * self.positive", "1.0 * self.positive", "dy forgotten"),
    Mistake("ReLU.backward", "return dy * self.positive", "dy *= self.positive; return dy", "dy changed"),
    Mistake("Tanh.forward", "self.y = np.tanh(x)\n        return self.y", "Tanh.y = np.tanh(x)\n        return Tanh.y", "memory shared by two layers", "Tanh.backward"),
    Mistake("Tanh.forward", "self.y = np.tanh(x)\n        return self.y", "self.y = x\n        return np.tanh(x)", "x for y", "Tanh.backward"),
    Mistake("Tanh.backward", "1 - self.y**2", "1 - np.tanh(self.y) ** 2", "activation applied twice"),
    Mistake("Tanh.backward", "dy * (1 - self.y**2)", "1 - self.y**2", "dy forgotten"),
    Mistake("Sigmoid.backward", "dy * self.y * (1 - self.y)", "dy * self.y", "dy y^2 missing"),
    Mistake("Softmax.backward", "self.y * (dy - (dy * self.y).sum(axis=1, keepdims=True))", "self.y * (1 - self.y) * dy", "diagonal of the Jacobian only"),
    Mistake("Softmax.backward", "axis=1", "axis=0", "sum over the batch axis"),
    Mistake("Softmax.backward", "dy - (dy * self.y).sum(axis=1, keepdims=True)", "dy", "the sum over the row missing"),
    Mistake("Power.backward", "self.p.data * self.safe", "self.safe", "factor forgotten"),
    Mistake("Power.backward", "dy * self.y * np.log(self.safe)", "dy * np.log(self.safe)", "factor forgotten"),
]  # fmt: skip


def facts(part, inputs, truth):
    """What a wrong array of `part` may be made of; see `labs.harness.naming`."""
    make = FACTS.get(part)
    return make(**inputs) if make else {}


def _dense_forward(x, W, b, dy):
    return {"y/axes/": ["batch", "output"], "y/terms/x W": x @ W, "y/terms/b": np.broadcast_to(b, dy.shape)}


def _dense_backward(x, W, b, dy):
    batch = {f"{name}/sizes/batch": len(x) for name in ("dW", "db", "dx")}
    return batch | {
        "dW/axes/": ["input", "output"], "db/axes/": ["output"], "dx/axes/": ["batch", "input"],
        "dW/summands/batch": x[:, :, None] * dy[:, None, :], "db/summands/batch": dy, "dW/quantities/W": W,
        "db/mutants/summed over everything": np.full(b.shape, dy.sum()),
        "dW/mutants/one example only": x[-1:].T @ dy[-1:],
    }  # fmt: skip


def _relu(x, dy, x_0):
    mask = 1.0 * (x > 0)
    return _activation({
        "mask of dy": dy * (dy > 0), "mask forgotten": dy, "mask inverted": dy * (1 - mask), "dy forgotten": mask,
    })  # fmt: skip


def _tanh(x, dy):
    y = np.tanh(x)
    return _activation({
        "x for y": dy * (1 - x**2), "activation applied twice": dy * (1 - np.tanh(y) ** 2), "dy forgotten": 1 - y**2,
        "slope forgotten": dy, "square forgotten": dy * (1 - y),
    }) | {"dx/terms/dy": dy, "dx/terms/dy y^2": -dy * y**2}  # fmt: skip


def _sigmoid(x, dy):
    y = 1 / (1 + np.exp(-x))
    again = 1 / (1 + np.exp(-y))
    return _activation({
        "x for y": dy * x * (1 - x), "activation applied twice": dy * again * (1 - again), "dy forgotten": y * (1 - y),
        "slope forgotten": dy,
    }) | {"dx/terms/dy y": dy * y, "dx/terms/dy y^2": -dy * y**2}  # fmt: skip


def _softmax(x, dy):
    y = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    return _activation({
        "diagonal of the Jacobian only": dy * y * (1 - y),
        "sum over the batch axis": y * (dy - (dy * y).sum(axis=0)),
    }) | {"dx/terms/dy y": dy * y, "dx/terms/the sum over the row": -y * (dy * y).sum(axis=1, keepdims=True)}  # fmt: skip


def _activation(mutants):
    return {"dx/axes/": ["batch", "unit"]} | {f"dx/mutants/{name}": array for name, array in mutants.items()}


def _power(x, p, dy):
    safe = np.where(x > 0, x, 1.0)
    return {
        "dx/quantities/x": safe, "dx/quantities/p": p, "dx/axes/": ["batch", "unit"], "dp/axes/": ["unit"],
        "dp/summands/batch": dy * (x > 0) * safe**p * np.log(safe),
        "dp/mutants/factor forgotten": (dy * np.log(safe)).sum(axis=0),
        "dx/mutants/factor forgotten": dy * (x > 0) * safe ** (p - 1),
        "dx/mutants/dy forgotten": (x > 0) * p * safe ** (p - 1),
    }  # fmt: skip


FACTS = {
    "Dense.forward": _dense_forward,
    "Dense.backward": _dense_backward,
    "ReLU.backward": _relu,
    "Tanh.backward": _tanh,
    "Sigmoid.backward": _sigmoid,
    "Softmax.backward": _softmax,
    "Power.backward": _power,
}
