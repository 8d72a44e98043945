"""The classic mistakes of lab 0, and the arrays that explain them."""

import numpy as np

from labs.harness.mistakes import Mistake

# ruff: noqa: E501  (one mistake a line, however long)
MISTAKES = [
    Mistake("centre", "X.mean(axis=0)", "X.mean()", "mean over everything"),
    Mistake("centre", "X - X.mean(axis=0)", "X - X.mean(axis=1, keepdims=True)", "wrong axis"),
    Mistake("centre", "return X - X.mean(axis=0)", "X -= X.mean(axis=0); return X", "x changed"),
    Mistake("row_norms", "axis=1", "axis=0", "wrong axis"),
    Mistake("row_norms", "np.sqrt((X**2).sum(axis=1, keepdims=True))", "(X**2).sum(axis=1, keepdims=True)", "root forgotten"),
    Mistake("squared_distances", ".sum(axis=2)", ".sum(axis=2) ** 0.5", "root taken"),
    Mistake("squared_distances", ".sum(axis=2)", ".mean(axis=2)", "divided by features"),
    Mistake("squared_distances", "((A[:, None, :] - B[None, :, :]) ** 2)", "abs(A[:, None, :] - B[None, :, :])", "square forgotten"),
    Mistake("sum_of_outer_products", '"ik,im->km", A, B)', '"ik,im->km", A, B) / len(A)', "divided by rows"),
    Mistake("sum_of_outer_products", '"ik,im->km"', '"ik,im->mk"', "transposed"),
    Mistake("channel_means", "images.mean(axis=(0, 1, 2))", "images.sum(axis=(0, 1, 2))", "values a channel not divided"),
    Mistake("flatten", "images.reshape(len(images), -1)", "images.transpose(0, 3, 1, 2).reshape(len(images), -1)", "channels first"),
    Mistake("moving_sums", "return sums", "return sums / k", "divided by k"),
    Mistake("weighted_scatter", "X - share @ X", "X - X.mean(axis=0)", "mean without the weights"),
    Mistake("weighted_scatter", "w / w.sum()", "w", ""),
]  # fmt: skip


def facts(part, inputs, truth):
    """What a wrong array of `part` may be made of; see `labs.harness.naming`."""
    make = FACTS.get(part)
    return make(**inputs) if make else {}


def _mutants(name, **mutants):
    return {f"{name}/mutants/{mistake.replace('_', ' ')}": array for mistake, array in mutants.items()}


def _centre(X):
    return _mutants(
        "centred",
        mean_over_everything=X - X.mean(),
        wrong_axis=X - X.mean(axis=1, keepdims=True),
        sum_for_mean=X - X.sum(axis=0),
    )


def _row_norms(X):
    squares = X**2
    return _mutants(
        "rows", wrong_axis=X / np.sqrt(squares.sum(axis=0)), root_forgotten=X / squares.sum(axis=1, keepdims=True),
        mean_for_sum=X / np.sqrt(squares.mean(axis=1, keepdims=True)), square_forgotten=X / np.abs(X).sum(axis=1, keepdims=True),
    )  # fmt: skip


def _distances(A, B):
    difference = A[:, None, :] - B[None, :, :]
    squares = (difference**2).sum(axis=2)
    found = _mutants("distances", root_taken=np.sqrt(squares), square_forgotten=np.abs(difference).sum(axis=2))
    return found | {"distances/sizes/features": A.shape[1], "distances/axes/": ["row of A", "row of B"]}


def _outer(A, B):
    return {
        "S/sizes/rows": len(A),
        "S/summands/row": A[:, :, None] * B[:, None, :],
        "S/axes/": ["column of A", "column of B"],
    }


def _channel_means(images):
    return {"means/sizes/images": len(images), "means/sizes/values a channel": images[..., 0].size}


def _flatten(images):
    n = len(images)
    return _mutants("rows", channels_first=images.transpose(0, 3, 1, 2).reshape(n, -1))


def _moving_sums(x, k):
    return {"sums/sizes/k": int(k)}


def _scatter(X, w):
    share, difference = w / w.sum(), X - X.mean(axis=0)
    return _mutants(
        "S", mean_without_the_weights=np.einsum("i,ik,im->km", share, difference, difference),
        mean_not_subtracted=np.einsum("i,ik,im->km", share, X, X),
    ) | {"S/constants/sum of the weights": w.sum(), "S/sizes/rows": len(X)}  # fmt: skip


FACTS = {
    "centre": _centre,
    "row_norms": _row_norms,
    "squared_distances": _distances,
    "sum_of_outer_products": _outer,
    "channel_means": _channel_means,
    "flatten": _flatten,
    "moving_sums": _moving_sums,
    "weighted_scatter": _scatter,
}
