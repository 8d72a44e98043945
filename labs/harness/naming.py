"""Asks `nn.diagnosis`, its part for arrays, which mistake makes a student's array wrong.

What an array may be explained by (facts) comes from the lab's ``mistakes.py``, ``facts(part, inputs, truth)``, which
returns {"dx/terms/through the mean": array, ...}: the array's name, one of `nn.diagnose`'s arguments, and a name for
messages.  ``dx/axes/`` alone holds the names of its axes.
"""

import re

import numpy as np

from nn.diagnosis.arrays.evidence import Evidence
from nn.diagnosis.arrays.location import place_of
from nn.diagnosis.arrays.naming import name_gradient

RESULT = 1e-8
VAGUE = ("everywhere", "nearly everywhere", "what depends on", "in ")
ROUGH = 1e-3  # where a check tolerates more than that, the numbers are statistics of random ones


def name_mistake(name, gs, reference, tolerance=0.0):
    """(name, words, vague) of the mistake that explains the arrays `gs` of every draw; no name if nothing does so.

    vague : the words tell hardly more than that the array is wrong.
    """
    truths = [truth[name] for truth in reference.truths]
    if any(array.dtype.kind not in "fiu" for array in [*gs, *truths]):
        return "", _yes_and_no(name, gs, truths), True
    draws = [_of_array(name, facts) for facts in reference.facts]
    if not all(np.isfinite(g).all() for g in gs):
        return *_not_finite(name, gs, reference), False
    if tolerance > ROUGH:
        return *_roughly(gs, truths, draws, tolerance), True
    if truths[0].ndim == 0:
        for truth, facts in zip(truths, draws, strict=True):
            facts["mutants"] = _mutants_of_a_number(truth, facts)
    evidence = _evidence(name, gs, truths, draws)
    known = _given(reference.inputs, evidence.quantities) | evidence.quantities
    evidence.quantities = dict(sorted(known.items(), key=lambda item: "(" in item[0]))  # plain ones are tried first
    finding = name_gradient(evidence)
    if finding.name is None and (other := _another_result(name, gs, reference)):
        return *other, False
    if finding.name is None:  # a constant ratio that is no size has ended the search: a known mistake may explain it
        known = [what for what, arrays in evidence.mutants.items() if evidence.explained_by(arrays)]
        if known:
            return " or ".join(known), f"Your {name} has exactly the values of the known mistake '{known[0]}'.", False
    return " or ".join(finding.names), finding.message, _is_vague(finding)


def fits_all(mistake, name, answers, reference, tolerance):
    """Whether a known mistake explains an optimiser's array after every number of steps at which it is wrong.

    After the first step one mistake may give the same numbers as another, and others after the third.  Results are
    called first_step_a and three_steps_a, for the same array a.
    """
    for other in reference.truths[0]:
        known = [_of_array(other, facts).get("mutants", {}) for facts in reference.facts]
        if _stepped(other) != _stepped(name) or not all(mistake in mutants for mutants in known):
            continue
        for got, truth, mutants in zip(answers, reference.truths, known, strict=True):
            if other not in got or got[other].shape != truth[other].shape:
                continue  # something else is wrong with that one
            right, explained = (
                np.allclose(got[other], array, max(tolerance, 1e-6), equal_nan=True)
                for array in (truth[other], mutants[mistake])
            )
            if not right and not explained:
                return False
    return True


def _stepped(name):
    """The array's name without the steps before it; the whole name if there are none."""
    return re.sub(r"^\w+_steps?_", "", name)


def _is_vague(finding):
    """Whether a finding has neither a name nor a place worth the word."""
    return finding.name is None and finding.location.startswith(VAGUE)


def _another_result(name, gs, reference):
    """(name, words) if the array is what is right for another result of the check, perhaps transposed or negative."""
    for other in reference.truths[0]:
        if other == name or any(other not in truth or truth[other].dtype.kind != "f" for truth in reference.truths):
            continue
        for turn, words in ((np.asarray, ""), (np.negative, "minus "), (np.transpose, "the transpose of ")):
            others = [turn(truth[other]) for truth in reference.truths]
            if all(o.size > 1 and o.shape == g.shape and np.allclose(o, g, RESULT, RESULT * np.abs(g).max())
                   for o, g in zip(others, gs, strict=True)):  # fmt: skip
                look = f"have {name} and {other} changed places, or is one computed like the other?"
                return f"{other} for {name}", f"Your {name} is exactly {words}the right {other}: {look}"
    return None


def _yes_and_no(name, gs, truths):
    """Words for answers of yes and no to what stands in the array's name, "[right, dx doubled]"."""
    asked = [what.strip().replace("_", " ").strip() for what in name.strip("[]").split(",")]
    for g, t in zip(gs, truths, strict=True):
        if g.shape == t.shape == (len(asked),) and (wrong := np.flatnonzero(g != t)).size:
            return " ".join(f"For '{asked[k]}' your answer is {g[k]}, and should be {t[k]}." for k in wrong)
    return ""


def explain(label, gs, ts, reference):
    """(name, words) for arrays that are no results, such as the slopes of one; "" for what is not known.

    If the right slopes are also a result, as those of a loss are, then all that is known about that result serves.
    """
    found = [
        other
        for other, truth in reference.truths[0].items()
        if truth.size > 1
        and all(_is_nearly(t, truths.get(other)) for t, truths in zip(ts, reference.truths, strict=True))
    ]
    draws = [_of_array(found[0], facts) if found else {} for facts in reference.facts]
    evidence = _evidence(label, gs, ts, draws)
    known = _given(reference.inputs, evidence.quantities) | evidence.quantities
    evidence.quantities = dict(sorted(known.items(), key=lambda item: "(" in item[0]))
    finding = name_gradient(evidence)
    return " or ".join(finding.names), "" if _is_vague(finding) else finding.message


def _is_nearly(slope, truth):
    return truth is not None and truth.shape == slope.shape and np.allclose(slope, truth, 1e-6, 1e-6)


def _evidence(name, gs, truths, draws):
    def arrays(kind):
        """{name: [array of each draw]}; a mutant with infinite values explains no finite array."""
        names = [what for what in draws[0].get(kind, {}) if all(what in facts[kind] for facts in draws)]
        by_name = {what: [np.float64(facts[kind][what]) for facts in draws] for what in names}
        return {what: each for what, each in by_name.items() if all(np.isfinite(a).all() for a in each)}

    constants = [facts.get("constants", {}) for facts in draws]
    return Evidence(
        [np.asarray(g, np.float64) for g in gs],
        [np.asarray(t, np.float64) for t in truths],
        label=name,
        axes=tuple(draws[0]["axes"][""].tolist()) if "axes" in draws[0] else (),
        sizes=[facts.get("sizes", {}) for facts in draws],
        constants={what: value for what, value in constants[0].items() if all(c[what] == value for c in constants)},
        **{kind: arrays(kind) for kind in ("quantities", "terms", "mutants", "summands")},
    )


def _given(inputs, known):
    """{name: [array of each draw]} of the check's inputs, which stand in the student's formulas by these names."""
    return {
        name: [draw[name] for draw in inputs]
        for name, array in inputs[0].items()
        if name not in known and array.dtype.kind == "f" and array.ndim
    }


def _roughly(gs, truths, draws, tolerance):
    """(name, words) of the only known wrong value that is as near as random numbers may be."""
    near = [
        what
        for what in draws[0].get("mutants", {})
        if all(np.allclose(g, facts["mutants"][what], rtol=tolerance) for g, facts in zip(gs, draws, strict=True))
    ]
    if len(near) == 1:
        return near[0], f"It is about what the known mistake '{near[0]}' gives."
    ratios = [float(g / t) for g, t in zip(gs, truths, strict=True) if t.size == 1 and t]
    if len(ratios) == len(gs) and np.ptp(ratios) <= 2 * tolerance * max(map(abs, ratios)):
        return "", f"It is about {np.mean(ratios):.2g} times the right one in all draws."
    return "", ""


def _not_finite(name, gs, reference):
    """(name, words) of infinite or undefined values: of the known wrong formula that has them in the same places."""
    draws = [_of_array(name, facts) for facts in reference.facts]
    for what in draws[0].get("mutants", {}):
        wrong = [facts["mutants"][what] for facts in draws]
        if all(w.shape == g.shape and np.allclose(g, w, equal_nan=True) for g, w in zip(gs, wrong, strict=True)):
            return what, f"It has exactly the NaN and infinite values of the known mistake '{what}'."
    truths = [truth[name] for truth in reference.truths]
    spoilt = [t + ~np.isfinite(g) for g, t in zip(gs, truths, strict=True) if g.shape == t.shape]
    words = "Look for a division by 0, a logarithm of 0, or an exponential of a large number."
    if len(spoilt) == len(gs) and all(np.isfinite(t).all() for t in truths):
        evidence = _evidence(name, spoilt, truths, draws)
        evidence.quantities = _given(reference.inputs, evidence.quantities) | evidence.quantities
        if place := place_of(evidence):
            words = f"Your {name} has NaN or infinite values {place}. {words}"
    return "", words


def name_error(text, reference):
    """(name, words) for NumPy's message that two shapes do not fit, in a matrix product or in a sum in place."""
    if "mismatch in its core dimension" in text:
        return "factors of a product do not fit", (
            "In a matrix product A B, A must have as many columns as B has rows. Write the shapes down: is a factor to "
            "be transposed, or are the two to change places?"
        )
    shapes = [tuple(map(int, re.findall(r"\d+", shape))) for shape in re.findall(r"\(([\d, ]*)\)", text)]
    if "non-broadcastable output operand" in text and len(shapes) == 2:
        whole, added = shapes
    elif "operands could not be broadcast together" in text and len(shapes) == 3 and shapes[0] == shapes[2]:
        added, whole = shapes[1:]
    else:
        return "", ""
    sizes = {key.split("/", 2)[2]: int(value) for key, value in reference.facts[0].items() if "/sizes/" in key}
    finding = name_gradient(Evidence([np.zeros(added)], [np.zeros(whole)], "sum", sizes=[sizes]))
    words = f"An array of shape {added} cannot be added into one of shape {whole}."
    return (finding.name or ""), f"{words} {finding.message.partition('. ')[2]}".strip()


def _mutants_of_a_number(truth, facts):
    """A single number cannot be fitted by its terms: so each term is left out, doubled and flipped by itself."""
    found = dict(facts.get("mutants", {}))
    for term, value in facts.get("terms", {}).items():
        found |= {
            f"{term} missing": truth - value,
            f"{term} doubled": truth + value,
            f"sign of {term} flipped": truth - 2 * value,
        }
    return found


def _of_array(name, facts):
    """{kind: {name: array}} of the facts about the array `name`."""
    found = {}
    for key, value in facts.items():
        array, kind, what = key.split("/", 2)
        if array == name:
            found.setdefault(kind, {})[what] = value.item() if kind in ("sizes", "constants") else value
    return found
