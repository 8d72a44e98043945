"""Asks `nn.diagnosis` which mistake makes a student's array wrong.

What an array may be explained by (facts) comes from the lab's ``mistakes.py``, ``facts(part, inputs, truth)``, which
returns {"dx/terms/through the mean": array, ...}: the array's name, one of `diagnose`'s arguments, and a name for messages.
``dx/axes/`` alone holds the names of its axes.
"""

import re

import numpy as np

from nn.diagnosis import diagnose

KINDS = ("sizes", "constants", "quantities", "terms", "mutants", "summands")


ROUGH = 1e-3  # where a check tolerates more than that, the numbers are statistics of random ones


def name_mistake(name, gs, reference, tolerance=0.0):
    """(name, words) of the mistake that explains the arrays `gs` of every draw; no name if nothing does so."""
    truths = [truth[name] for truth in reference.truths]
    if any(array.dtype.kind not in "fiu" for array in [*gs, *truths]):
        return "", ""  # answers of yes and no explain nothing
    draws = [_of_array(name, facts) for facts in reference.facts]
    if not all(np.isfinite(g).all() for g in gs):
        return _not_finite(gs, draws)
    options = {kind: [facts.get(kind, {}) for facts in draws] for kind in KINDS if any(kind in facts for facts in draws)}
    if "mutants" in options:
        options["mutants"] = [_finite(mutants) for mutants in options["mutants"]]
    axes = draws[0].get("axes", {}).get("")
    if axes is not None:
        options["axes"] = tuple(axes.tolist())
    if tolerance > ROUGH:
        return _roughly(gs, draws, tolerance)
    if truths[0].ndim == 0:
        options["mutants"] = [_mutants_of_a_number(t, facts) for t, facts in zip(truths, draws, strict=True)]
    finding = diagnose(gs, truths, name=name, **options)
    return " or ".join(finding.names), finding.message


def _roughly(gs, draws, tolerance):
    """(name, words) of the only known wrong value that is as near as random numbers may be."""
    near = [
        what
        for what in draws[0].get("mutants", {})
        if all(np.allclose(g, facts["mutants"][what], rtol=tolerance) for g, facts in zip(gs, draws, strict=True))
    ]
    return (near[0], f"It is about what the known mistake '{near[0]}' gives.") if len(near) == 1 else ("", "")


def _not_finite(gs, draws):
    """(name, words) of infinite or undefined values: of the known wrong formula that has them in the same places."""
    for what in draws[0].get("mutants", {}):
        wrong = [facts["mutants"][what] for facts in draws]
        if all(w.shape == g.shape and np.allclose(g, w, equal_nan=True) for g, w in zip(gs, wrong, strict=True)):
            return what, f"It has exactly the NaN and infinite values of the known mistake '{what}'."
    return "", "Look for a division by 0, a logarithm of 0, or an exponential of a large number."


def name_error(text, reference):
    """(name, words) for NumPy's message that an array cannot be added into another one of another shape."""
    shapes = [tuple(map(int, re.findall(r"\d+", shape))) for shape in re.findall(r"\(([\d, ]*)\)", text)]
    if "non-broadcastable output operand" in text and len(shapes) == 2:
        whole, added = shapes
    elif "operands could not be broadcast together" in text and len(shapes) == 3 and shapes[0] == shapes[2]:
        added, whole = shapes[1:]
    else:
        return "", ""
    sizes = {key.split("/", 2)[2]: int(value) for key, value in reference.facts[0].items() if "/sizes/" in key}
    finding = diagnose(np.zeros(added), np.zeros(whole), name="sum", sizes=sizes)
    words = f"An array of shape {added} cannot be added into one of shape {whole}."
    return (finding.name or ""), f"{words} {finding.message.partition('. ')[2]}".strip()


def _mutants_of_a_number(truth, facts):
    """A single number cannot be fitted by its terms: so each term is left out, doubled and flipped by itself."""
    found = dict(facts.get("mutants", {}))
    for term, value in facts.get("terms", {}).items():
        found |= {f"{term} missing": truth - value, f"{term} doubled": truth + value, f"sign of {term} flipped": truth - 2 * value}
    return found


def _finite(arrays):
    return {name: array for name, array in arrays.items() if np.isfinite(array).all()}


def _of_array(name, facts):
    """{kind: {name: array}} of the facts about the array `name`."""
    found = {}
    for key, value in facts.items():
        array, kind, what = key.split("/", 2)
        if array == name:
            found.setdefault(kind, {})[what] = value.item() if kind in ("sizes", "constants") else value
    return found
