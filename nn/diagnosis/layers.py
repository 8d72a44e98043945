"""A layer or a loss, in the order in which one finding makes the next ones meaningless.

written? -> shape, dtype, x and dy unchanged -> y -> gradients against finite differences -> a name -> state.
"""

import numpy as np

from . import state
from .case import cases_of
from .dependence import dependence
from .each_example import each_example
from .arrays.evidence import Evidence
from .arrays.finding import Finding
from .first_run import first_run
from .formulas import known_about
from .from_jacobian import evidence_of
from .jacobian_terms import factors, one_sum
from .jacobians import Jacobians
from .laws import broken_law
from .arrays.naming import OBSERVATIONS, name_gradient
from .offsets import wrong_distance
from .special import right_where
from .substitution import substituted
from .through_dy import part_of_dy, wrong_outputs


def diagnose_layer(subject, x, *more, reference=None, training=True, know=None, constants=None, seed=0):
    """The first `Finding` for a layer or a loss; see `diagnose`."""
    cases = cases_of(subject, x, more, seed, training)
    constants = constants or {}
    return (
        first_run(cases)
        or _forward(cases, reference)
        or _gradients(cases, know or (lambda *_, **__: {}), constants)
        or (None if cases[0].is_loss else state.first_finding(cases))
        or Finding(True, "nothing wrong was found: forward, every gradient and the state agree", stage="passed")
    )


def _forward(cases, reference):
    if reference is None:
        return None
    right = [_reference(case, reference) for case in cases]
    evidence = Evidence([case.y for case in cases], right, label="y", quantities=_forward_quantities(cases))
    finding = name_gradient(evidence)
    if finding.ok:
        return None
    stage = finding.stage if finding.stage == "shape" else "forward"
    return Finding(False, finding.message, finding.name, finding.location, stage, "y", finding.others)


def _reference(case, reference):
    if case.is_loss:
        value = reference(case.x, *case.more)
        return np.asarray(value[0] if isinstance(value, tuple) else value, dtype=np.float64)
    return np.asarray(reference(case.subject, case.x, *case.more), dtype=np.float64)


def _forward_quantities(cases):
    names = cases[0].parameters
    found = {name: [np.asarray(case.parameters[name].data) for case in cases] for name in names}
    return found | {"x": [case.x for case in cases]}


def _gradients(cases, know, constants):
    """The first wrong gradient that can be named, else the first that has a place; None if all are right."""
    known = [_knowledge(case, know) for case in cases]
    found, right = [], []
    labels = sorted(cases[0].gradients, key=lambda label: not label.endswith(".grad"))
    all_evidence = [evidence_of(label, cases, constants, [k.get(label, {}) for k in known]) for label in labels]
    for label, evidence in zip(labels, all_evidence, strict=True):
        evidence.mutants |= _gradients_of_others(evidence, all_evidence)
        further = [] if cases[0].is_loss else [substituted(label, cases)]
        finding = name_gradient(evidence, further, _observations(label, cases))
        if finding.ok:
            right.append(label)
        else:
            found.append(finding)
    if not found:
        return None
    first = next((finding for finding in found if finding.name), None)
    first = first or next((finding for finding in found if not _is_vague(finding.location)), found[0])
    if not first.name and not cases[0].is_loss:
        first = state.twice_backward(cases) or first
    also = [finding.array for finding in found if finding.array != first.array]
    location = first.location
    if also and location == "everywhere":
        location = f"everywhere in {', '.join([first.array, *also])}"
    message = first.message
    message += f" Also wrong: {', '.join(also)}." if also else ""
    message += f" Right: {', '.join(right)}." if right else ""
    return Finding(False, message, first.name, location, first.stage, first.array, first.others)


def _is_vague(location):
    return location == "everywhere" or location.startswith(("nearly everywhere", "in "))


def _observations(label, cases):
    """Techniques that ask the layer again, for a gradient of which only elements could be listed."""
    jacobians = Jacobians(label, cases)
    return [
        wrong_distance(jacobians, 3), part_of_dy(jacobians), factors(jacobians), one_sum(jacobians),
        wrong_distance(jacobians, 4), wrong_outputs(jacobians), each_example(label, cases),
        dependence(label, cases[0]), *OBSERVATIONS, right_where(label, cases), broken_law(label, cases),
    ]  # fmt: skip


def _gradients_of_others(evidence, all_evidence):
    """The truths of the other arrays as mutants; those of another shape explain nothing."""
    return {f"{other.label} for {evidence.label}": other.truth for other in all_evidence if other is not evidence}


def _knowledge(case, know):
    parameters = {name: p.data for name, p in case.parameters.items()}
    given = know(case.x, *case.more, dy=case.dy, y=case.y, parameters=parameters)
    found = known_about(case)
    for label, kinds in given.items():
        mine = found.setdefault(label, {})
        for kind, arrays in kinds.items():
            mine[kind] = arrays if kind == "terms" else mine.get(kind, {}) | arrays
    return found
