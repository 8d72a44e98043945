"""The right answers: what the solution returns, or, where there is no solution, the same numbers from a file.

A student's edition has only numbers: inputs, right arrays, and the arrays that known mistakes are made of (facts).
They are stored rather than drawn again, since a seed's numbers may change from one NumPy to the next.
"""

import functools
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .child import load

VISIBLE_SEED = 0  # of the checks that students have


@dataclass(frozen=True)
class Reference:
    """Inputs and right arrays of one check; one dict {name: array} for each draw.

    facts[draw] holds, by "output/kind/name", arrays that a wrong answer may be explained by: see `naming`.
    outcomes() gives what the solution answers in `experiments`; it is made when it is asked for.
    """

    inputs: list
    truths: list
    facts: list
    outcomes: Callable = list


def references(lab, seed=VISIBLE_SEED, stored=None):
    """{part: Reference} for all checks of `lab`, from the solution or from the file `stored`."""
    path = stored or lab.folder / "references.npz"
    if lab.has_solution and stored is None:
        return from_solution(lab, seed)
    return from_file(path)


def from_solution(lab, seed):
    """Run the lecturer's solution on the draws of `seed`."""
    from .experiments import outcomes
    from .quantities import quantities_of  # the students' edition has only what it makes

    solution, facts = solution_of(lab), _facts_of(lab)
    found = {}
    for check in lab.checks:
        draws = check.draws(seed)
        truths = [check.arrays(solution, inputs) for inputs in draws]
        told = [
            quantities_of(lab, check, solution, *pair) | facts(check.part, *pair)  # the lab's own names win
            for pair in zip(draws, truths, strict=True)
        ]
        tried = functools.cache(
            lambda check=check, draws=draws: [outcomes(check, solution, i) for i in draws] if check.experiments else []
        )
        found[check.part] = Reference(draws, truths, told, tried)
    return found


def solution_of(lab, source=None):
    """The lecturer's file (or `source`, a version of it) as a module; trusted code, so it runs here."""
    import tempfile
    from pathlib import Path

    from .stub import full_solution

    with tempfile.TemporaryDirectory(prefix="solution-") as folder:
        path = Path(folder) / lab.file_name
        path.write_text(source or full_solution(lab), encoding="utf-8")
        return load(f"solution_{lab.number}", path)


def _facts_of(lab):
    if not (lab.folder / "mistakes.py").exists():
        return lambda part, inputs, truth: {}
    module = load(f"mistakes_{lab.number}", lab.folder / "mistakes.py")
    make = getattr(module, "facts", lambda part, inputs, truth: {})
    return lambda part, inputs, truth: {name: np.asarray(value) for name, value in make(part, inputs, truth).items()}


def to_bytes(found):
    """References as the bytes of an .npz file, the same bytes every time."""
    arrays = {
        f"{part}|{kind}|{draw}|{name}": array
        for part, reference in found.items()
        for kind, draws in _kinds(reference).items()
        for draw, arrays in enumerate(draws)
        for name, array in arrays.items()
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, array in arrays.items():
            data = io.BytesIO()
            np.lib.format.write_array(data, np.asanyarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{key}.npy"), data.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def from_file(path):
    """Read what `to_bytes` made."""
    found = {}
    with np.load(path, allow_pickle=False) as stored:
        for key in stored.files:
            part, kind, draw, name = key.split("|", 3)
            lists = found.setdefault(part, {"inputs": [], "truths": [], "facts": [], "outcomes": []})
            for other in ("inputs", "truths", "facts", kind):
                while len(lists[other]) <= int(draw):
                    lists[other].append({})
            lists[kind][int(draw)][name] = stored[key]
    return {
        part: Reference(k["inputs"], k["truths"], k["facts"], lambda outcomes=k["outcomes"]: outcomes)
        for part, k in found.items()
    }


def _kinds(reference):
    return {
        "inputs": reference.inputs, "truths": reference.truths, "facts": reference.facts,
        "outcomes": reference.outcomes(),
    }  # fmt: skip
