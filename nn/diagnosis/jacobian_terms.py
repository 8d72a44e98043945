"""What the student's Jacobian has to do with the true one, column by column, row by row, and in their difference.

Column by column: each dy enters with a factor of its own, as it does behind a wrong slope, mask, or scale.  Row by
row: each element of the gradient has a factor.  The difference: where it has rank 1 for each example, it is a single
sum over dy, sum(v dy), put in along some u, such as the second term of a norm or a softmax; the direct term is right.
"""

import numpy as np

from .arrays.evidence import Evidence, scale
from .arrays.match import Match, number
from .arrays.naming import explanations
from .arrays.rows import AXES

EXACT = 1e-6
SEVERAL = 3  # elements that a column must have, or any factor would fit
RANK_ONE = 1e-6  # the second singular value, as a part of the first
PARALLEL = 1e-7


def factors(jacobians):
    """A technique: one factor for each dy, or for each element."""
    label, cases = jacobians.label, jacobians.cases

    def technique(evidence):
        flat = [(m.reshape(g.size, -1), t.reshape(g.size, -1)) for (m, t), g in zip(
            jacobians.pairs, evidence.gradient, strict=False)]  # fmt: skip
        on_dy = [_column_factors(m, t) for m, t in flat]
        if on_dy and all(f is not None for f in on_dy):
            shape = [case.dy.shape for case in cases]
            what, where = "each dy counts with a factor of its own", "what dy is multiplied with before all else"
            return [_match(label, what, where, on_dy, shape, _near_outputs(cases))]
        on_elements = [_column_factors(m.T, t.T) for m, t in flat]
        if on_elements and all(f is not None for f in on_elements):
            shape = [g.shape for g in evidence.gradient]
            what, where = "each element has a factor of its own", "what each element is multiplied with in the end"
            return [_match(label, what, where, on_elements, shape, evidence.quantities)]
        return []

    return technique


def _column_factors(mine, true):
    """For each column the number by which it is too large, 1 for empty ones; None if that is not all."""
    several = (np.abs(true) > EXACT * scale(true)).sum(axis=0) >= SEVERAL
    square = (true * true).sum(axis=0)
    if several.mean() < 0.5:
        return None
    factor = np.where(square > 0, (mine * true).sum(axis=0) / np.where(square > 0, square, 1), 1)
    return factor if np.abs(mine - factor * true).max() <= EXACT * scale(mine) else None


def _match(label, what, where, found, shapes, quantities):
    found = [f.reshape(shape) for f, shape in zip(found, shapes, strict=True)]
    part = Evidence(found, [np.ones(shape) for shape in shapes], label="factor", axes=AXES.get(len(shapes[0]), ()),
                    quantities=quantities)  # fmt: skip
    best = explanations(part)[0]
    worst = np.unravel_index(np.abs(found[0] - 1).argmax(), shapes[0])
    seen = f"in your {label} {what}, and all else is right"
    seen += f": {number(float(found[0][worst]))} at {tuple(map(int, worst))}, where 1 would be right"
    if not best.vague:
        seen += f"; {best.seen.replace('the truth', '1')}"
    return Match(None, seen, f"Look at {where}.", where)


def _near_outputs(cases):
    """{name: arrays} of y's shape: y, dy, x if it is so, and products x W."""
    found = {"y": [case.y for case in cases], "dy": [case.dy for case in cases]}
    if all(case.x.shape == case.y.shape for case in cases):
        found["x"] = [case.x for case in cases]
    for name, parameter in cases[0].parameters.items():
        if parameter.data.ndim == 2 and cases[0].x.ndim == 2 and cases[0].x.shape[1] == len(parameter.data):
            products = [case.x @ case.parameters[name].data for case in cases]
            if all(p.shape == case.y.shape for p, case in zip(products, cases, strict=True)):
                found[f"x{name}"] = products
    return found


def one_sum(jacobians):
    """A technique: the difference of the Jacobians has rank 1 for each example."""
    label, cases = jacobians.label, jacobians.cases

    def technique(evidence):
        if label.endswith(".grad") or not jacobians.pairs:
            return []
        parts = [_of_examples(m - t, t, case) for (m, t), case in zip(jacobians.pairs, cases, strict=True)]
        if any(p is None for p in parts):
            return []
        into = _name([u for u, _ in parts], [case.array(label) for case in cases], evidence.quantities, label[1:])
        of = _name([v for _, v in parts], [case.y for case in cases], evidence.quantities, "y")
        sum_ = f"the sum of dy{'' if of == '1' else f' times {of}'}" if of else "one weighted sum of dy"
        place = "the same to all elements" if into == "1" else f"along {into}" if into else "in one direction"
        seen = f"in your {label} a single thing is wrong: {sum_} over each example, which enters {place}"
        look = "Its number is wrong, or it is missing, or too much; the way of each dy to its own element is right."
        return [Match(None, seen, look, f"{sum_} over each example, {place}")]

    return technique


def _of_examples(error, true, case):
    """(u, v) of error = u v^T for each example, arrays of the shapes of x and of y; None if it is not so."""
    x_shape, y_shape = error.shape[: error.ndim - case.dy.ndim], case.dy.shape
    if not x_shape or x_shape[0] != y_shape[0]:
        return None
    n, size = x_shape[0], scale(true)
    blocks = error.reshape(n, -1, n, int(np.prod(y_shape[1:])))
    own = np.moveaxis(np.diagonal(blocks, axis1=0, axis2=2), -1, 0)
    apart = np.abs(blocks).sum() - np.abs(own).sum()
    if min(own.shape[1:]) < SEVERAL or apart > EXACT * size:
        return None
    left, singular, right = np.linalg.svd(own)
    live = singular[:, 0] > EXACT * size
    if live.mean() < 0.5 or (singular[live, 1] > RANK_ONE * singular[live, 0]).any():
        return None
    return left[:, :, 0].reshape(x_shape), right[:, 0].reshape(y_shape)


def _name(vectors, like, quantities, own):
    """The known array to which the vectors are parallel in each example; "" if there is none."""
    known = {own: like, "1": [np.ones_like(a) for a in like]} | quantities
    for name, arrays in known.items():
        if all(_is_parallel(v, a) for v, a in zip(vectors, arrays, strict=True)):
            return name
    return ""


def _is_parallel(vector, array):
    try:
        array = np.broadcast_to(array, vector.shape).reshape(len(vector), -1)
    except ValueError:
        return False
    vector = vector.reshape(len(vector), -1)
    lengths = np.linalg.norm(array, axis=1) * np.linalg.norm(vector, axis=1)
    cosine = np.abs((array * vector).sum(axis=1)) / np.where(lengths > 0, lengths, 1)
    return bool((np.abs(cosine - 1) < PARALLEL)[lengths > 0].all() and (lengths > 0).any())
