"""Compares the arrays that a submission returned with the right ones, and says in words what is wrong.

Only the first thing that is wrong is told: is it written, does it run, and then each array in the order in which the
check returns them: its shape, dtype, numbers.  An array with a blank in its name shows a layer's manners.
"""

from dataclasses import dataclass

import numpy as np

from .compared import Experiments
from .conclusions import conclusions
from .naming import explain, fits_all, name_error, name_mistake
from .references import Reference

PASSED, FAILED, NOT_WRITTEN, SKIPPED = "passed", "failed", "not written", "skipped"


@dataclass(frozen=True)
class Verdict:
    """What became of one check."""

    check: object
    status: str
    score: float
    message: str = ""
    mistake: str = ""  # the name of the mistake, if it has one
    printed: str = ""

    @property
    def passed(self):
        return self.status == PASSED


def judge(check, answer, reference, before, ask=list):
    """The `Verdict` on an `Answer`; `before` holds the verdicts {part: Verdict} on the checks that came before.

    ask() gives the outcomes of `experiments` with the student's code, one dictionary a draw, or none.
    """
    if answer.state == "not written":
        if answer.detail == check.part.partition(" ")[0]:  # "f with large numbers" checks f
            return Verdict(check, NOT_WRITTEN, 0.0, printed=answer.printed)
        return Verdict(check, SKIPPED, 0.0, f"because {answer.detail} is not written", printed=answer.printed)
    excuse = next((need for need in check.needs if need in before and not before[need].passed), None)
    if answer.state != "done":
        if excuse:
            return Verdict(check, SKIPPED, 0.0, f"because {excuse} {_why(before[excuse])}", printed=answer.printed)
        mistake, words = name_error(answer.detail, reference) if answer.state == "raised" else ("", "")
        return Verdict(check, FAILED, 0.0, "\n".join(filter(None, [_trouble(answer), words])), mistake, answer.printed)

    names = list(dict.fromkeys(name for truth in reference.truths for name in truth))
    complaints = {name: _complaint(check, name, answer, reference) for name in names}
    wrong = [name for name in names if complaints[name]]
    if not wrong:
        return Verdict(check, PASSED, check.points, printed=answer.printed)
    results = [name for name in names if is_result(name)]
    right = [name for name in results if not complaints[name]]
    all_right = len(right) == len(results)
    score = check.points * (0.5 if all_right else len(right) / len(results))
    if excuse:
        return Verdict(check, SKIPPED, score, f"because {excuse} {_why(before[excuse])}", printed=answer.printed)
    first, *others = wrong
    mistake, words = _explain(check, first, complaints[first], answer, reference, ask)
    if others := [name for name in others if is_result(name) or all_right]:
        words += f"\n(Look at this first; wrong too: {', '.join(others)}.)"
    if right and is_result(first):
        words += f"\n(Right: {', '.join(right)}.)"
    return Verdict(check, FAILED, score, words, mistake, answer.printed)


def is_result(name):
    """Whether the array is a result.  Results share a check's points; bad manners cost half of them."""
    return " " not in name


DIFFERENT = "its numbers are wrong"


def _complaint(check, name, answer, reference):
    """What is wrong with the array `name` in the first draw in which something is; "" if nothing is."""
    for got, truths in zip(answer.draws, reference.truths, strict=True):
        if name not in truths:
            continue
        if name not in got:
            return f"{name} is missing: the gradient was not returned, or not added to the Parameter's grad"
        g, t = got[name], truths[name]
        if g.shape != t.shape:
            return f"{name} has shape {g.shape}, but must have {t.shape}"
        if g.dtype.kind != t.dtype.kind and not (g.dtype.kind in "iuf" and t.dtype.kind == "f"):
            return f"{name} is an array of {g.dtype}, but must be one of {t.dtype}"
        if t.dtype.kind == "f" and g.dtype.kind == "f" and g.dtype != t.dtype:
            return f"{name} is {g.dtype}, but the input was {t.dtype}: somewhere on the way the dtype changes"
    for got, truths in zip(answer.draws, reference.truths, strict=True):
        if name in truths and not close(got[name], truths[name], check.tolerance):
            return DIFFERENT
    return ""


def close(g, t, tolerance):
    """Whether |g - t| <= tolerance * (size of t) everywhere; a NaN is close only to a NaN in the same place."""
    if t.dtype.kind != "f":
        return bool((g == t).all())
    if not np.array_equal(np.isfinite(g), np.isfinite(t)):
        return False
    finite = np.isfinite(t)
    if not np.array_equal(g[~finite], t[~finite], equal_nan=True):
        return False
    g, t = g[finite].astype(np.float64), t[finite].astype(np.float64)
    size = np.sqrt(np.mean(t * t)) if t.size else 0.0
    return bool((np.abs(g - t) <= tolerance * np.maximum(np.maximum(np.abs(t), size), 1e-12)).all())


MANNERS = {  # the end of an array's name: what it is called if the array is wrong, and what to say
    "x after forward": (
        "x changed",
        "forward changes the array x that it was given: the caller still needs it. Compute into a new array.",
    ),
    "dy after backward": (
        "dy changed",
        "backward changes the array dy that it was given: the caller still needs it. Compute into a new array.",
    ),
    "after two backwards": (
        "gradient overwritten",
        "after two calls of backward, grad must hold the sum of both gradients: backward adds to it, since a parameter "
        "may stand in several places of a network.",
    ),
    "of a second backward": (
        "old gradient used",
        "a second call of backward, with the same x and dy, gave another dx: grad then holds the sum over both calls, "
        "which is no part of dx.",
    ),
    "in the same array": (
        "not in place",
        "the numbers must change in the array that is there: the layers hold it too, and theirs has not changed.",
    ),
    "same result twice": (
        "random numbers drawn again",
        "two calls with the same arrays gave two results: somewhere random numbers are drawn anew. Use those that were "
        "given, and keep them for backward.",
    ),
    "with two layers in turn": (
        "memory shared by two layers",
        "another layer of this class was used between this layer's forward and backward, and that changed the result: "
        "what forward keeps must belong to the one layer (self), not to the class or the module.",
    ),
}


def _explain(check, name, complaint, answer, reference, ask):
    """(name of the mistake or "", words) for an array that is wrong."""
    for end, (mistake, words) in MANNERS.items():
        if name.endswith(end):
            return mistake, f"{name}: {words}"
    gs = [got.get(name) for got in answer.draws]
    if any(g is None for g in gs):
        return "", complaint
    vague = True
    try:
        mistake, words, vague = name_mistake(name, gs, reference, check.tolerance)
        if mistake and not fits_all(mistake, name, answer.draws, reference, check.tolerance):
            mistake, words, vague = "", "", True
    except Exception as error:  # a student's array may be anything; the verdict stands without a name, too
        mistake, words = "", f"(No name was found for it: {type(error).__name__}: {error})"
    if not mistake and complaint is DIFFERENT and is_result(name) and check.experiments:
        try:
            mistake, more = _tried(check, name, gs, reference, ask, vague)
        except Exception as error:
            more = [f"(Nothing was found by experiments: {type(error).__name__}: {error})"]
        words = "\n".join(([] if vague and more else [words]) + more)
    if complaint is DIFFERENT:
        truths = [truth[name] for truth in reference.truths]
        seen = next(pair for pair in zip(gs, truths, strict=True) if not close(*pair, check.tolerance))
        complaint = f"{name} is wrong: {difference(*seen)}"
    return mistake, complaint + (f"\n{words}" if words else "")


def _tried(check, name, gs, reference, ask, vague):
    """(name of the mistake or "", [sentences]) that follow from what the student's code does with changed inputs."""
    got, right = ask(), reference.outcomes()
    if not got or len(got) != len(right):
        return "", []
    truths = [truth[name] for truth in reference.truths]
    wrong = [k for k, pair in enumerate(zip(gs, truths, strict=True)) if not close(*pair, check.tolerance)]

    def those(draws):
        return [draws[k] for k in wrong]

    part = Reference(those(reference.inputs), those(reference.truths), those(reference.facts))
    experiments = Experiments(name, part.inputs, those(gs), those(truths), those(got), those(right), check.tolerance)
    found = conclusions(experiments, lambda *arrays: explain(*arrays, part), vague)
    told = [words for _, words in found]
    return next((mistake for mistake, _ in found if mistake), ""), _in_some_draws(name, wrong, reference.inputs) + told


def _in_some_draws(name, wrong, inputs):
    """[sentence] on the single numbers that differ between the draws that are right and those that are wrong."""
    found = []
    for what in (key for key, array in inputs[0].items() if not array.ndim and array.dtype.kind in "iu"):
        values = [{int(draw[what]) for k, draw in enumerate(inputs) if (k in wrong) == is_wrong} for is_wrong in (0, 1)]
        if all(values) and not values[0] & values[1]:
            right, bad = (" and ".join(map(str, sorted(v))) for v in values)
            found.append(f"Your {name} is right where {what} is {right}, and wrong where it is {bad}.")
    return found


def difference(g, t):
    """How many entries differ, and the one that differs most."""
    if not g.ndim:
        return f"yours is {g:.6g}, right is {t:.6g}"
    if t.dtype.kind == "b":
        return f"yours is {g.tolist()}, right is {t.tolist()}"
    g, t = g.astype(np.float64), t.astype(np.float64)
    off = ~np.isclose(g, t, rtol=1e-7, atol=1e-9, equal_nan=True)
    error = np.where(np.isfinite(g), np.abs(g - t), np.inf)
    worst = np.unravel_index(int(np.argmax(error)), g.shape)
    place = ", ".join(str(int(k)) for k in worst)
    head = "every entry differs" if off.all() else f"{int(off.sum())} of {off.size} entries differ"
    return f"{head}; most at [{place}]: yours is {g[worst]:.6g}, right is {t[worst]:.6g}"


def _why(verdict):
    return (
        "is not written" if verdict.status == NOT_WRITTEN else "failed" if verdict.status == FAILED else "was skipped"
    )


def _trouble(answer):
    if answer.state == "raised":
        hint = ""
        if "MemoryError" in answer.detail:
            hint = "\nA check may use 768 MB: is an array much larger than its inputs?"
        if "null bytes" in answer.detail or "(unicode error)" in answer.detail:
            hint = "\nIs the file saved as UTF-16, or in another encoding? Save it as UTF-8."
        if "File too large" in answer.detail:
            hint = "\nA check may print 64 MB: is there a print in a loop?"
        return f"it raised an exception:\n{answer.detail}{hint}"
    return f"{answer.detail}" + ("\nIs there a loop that does not end?" if answer.state == "hung" else "")
