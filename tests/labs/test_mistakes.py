"""Every planted mistake fails its check, by its name; the solution passes, and the stub has nothing."""

import inspect

import numpy as np
import pytest

from labs.harness.child import load
from labs.harness.judging import judge
from labs.harness.labs import all_labs
from labs.harness.mistakes import Mistake, plant
from labs.harness.references import from_file, from_solution, solution_of, to_bytes
from labs.harness.sandbox import Answer
from labs.harness.stub import full_solution

REFERENCES = {lab.number: from_solution(lab, 0) for lab in all_labs()}
HIDDEN = {lab.number: from_solution(lab, 1234) for lab in all_labs()}
PLANTED = [
    pytest.param(lab, mistake, id=f"{lab.number}-{mistake.part}-{k}")
    for lab in all_labs()
    for k, mistake in enumerate(load(f"mistakes_{lab.number}", lab.folder / "mistakes.py").MISTAKES)
]


def verdict_on(lab, module, part, known):
    """Judge one check of a module that runs here: trusted code, so no child process."""
    check = next(check for check in lab.checks if check.part == part)
    try:
        with np.errstate(all="ignore"):
            answer = Answer("done", draws=[check.arrays(module, inputs) for inputs in known[part].inputs])
    except ValueError as error:
        answer = Answer("raised", f"ValueError: {error}")
    return judge(check, answer, known[part], {})


@pytest.mark.parametrize(("lab", "mistake"), PLANTED)
@pytest.mark.parametrize("seen", [REFERENCES, HIDDEN], ids=["visible", "hidden"])
def test_a_planted_mistake_fails_by_its_name(lab, mistake, seen):
    module = solution_of(lab, plant(full_solution(lab), mistake))
    verdict = verdict_on(lab, module, mistake.check, seen[lab.number])
    assert verdict.status == "failed"
    assert verdict.score < verdict.check.points
    assert verdict.mistake == mistake.name, verdict.message


UNPLANNED = [
    ("Dense.backward", "self.x.T @ dy", "self.x.T @ dy**2", "equals x^T dy^2", "(Right: dx, db.)"),
    ("Power.backward", "np.log(self.safe)", "self.safe", "the sum of dy x y", "(Right: dx.)"),
    ("Tanh.backward", "self.y**2", "np.sin(self.y) ** 2", "", "dy times what depends on x alone, as it should be"),
]


@pytest.mark.parametrize(("part", "old", "new", "name", "words"), UNPLANNED)
def test_what_is_on_no_list_is_told_by_the_inputs_and_by_y(part, old, new, name, words):
    lab = next(lab for lab in all_labs() if lab.number == 2)
    module = solution_of(lab, plant(full_solution(lab), Mistake(part, old, new, "")))
    verdict = verdict_on(lab, module, part, HIDDEN[2])
    assert verdict.mistake == name
    assert words in verdict.message


def test_a_solution_passes_and_a_lab_has_100_points(lab):
    module = solution_of(lab)
    verdicts = [verdict_on(lab, module, check.part, HIDDEN[lab.number]) for check in lab.checks]
    assert all(verdict.passed for verdict in verdicts)
    assert sum(verdict.score for verdict in verdicts) == 100


def test_arbitrary_corruptions_fail_without_a_name(lab):
    """Each array of each check, with random numbers in the place of a part of it."""
    rng = np.random.default_rng(0)
    named, tried = [], 0
    for check in lab.checks:
        reference = REFERENCES[lab.number][check.part]
        for name, truth in reference.truths[0].items():
            if truth.dtype.kind != "f" or " " in name or check.tolerance > 1e-3:
                continue
            draws = [dict(truths) for truths in reference.truths]
            for draw in draws:
                noise = rng.normal(size=draw[name].shape) * (1 + np.abs(draw[name]).mean())
                draw[name] = draw[name] + noise * (rng.uniform(size=draw[name].shape) < 0.7)
                if draw[name].ndim == 0:
                    draw[name] = draw[name] + rng.normal()
            verdict = judge(check, Answer("done", draws=draws), reference, {})
            assert verdict.status == "failed"
            tried += 1
            named += [f"{check.part} {name}: {verdict.mistake}"] if verdict.mistake else []
    assert tried > 0
    assert named == []


def test_answers_of_zeros_have_no_points(lab):
    for check in lab.checks:
        reference = REFERENCES[lab.number][check.part]
        if check.part == "SGD.zero_grad":
            continue  # here zeros are right
        draws = [{name: np.zeros_like(array) for name, array in truths.items()} for truths in reference.truths]
        verdict = judge(check, Answer("done", draws=draws), reference, {})
        assert verdict.score <= 0.34 * check.points, (check.part, verdict.score)


def test_the_solutions_gradients_agree_with_finite_differences(lab):
    """dx of every layer, by the check's own inputs: the stored truth is no mere copy of a formula."""
    module = solution_of(lab)
    for check in lab.checks:
        reference = REFERENCES[lab.number][check.part]
        inputs, truth = reference.inputs[0], reference.truths[0]
        if not check.part.partition(" ")[0].endswith(".backward") or not {"x", "dy"} <= inputs.keys():
            continue
        forward = next(c for c in lab.checks if c.part == check.part.replace("backward", "forward"))

        taken = {name: inputs[name] for name in inspect.signature(forward.run).parameters if name in inputs}

        def loss(x, forward=forward, taken=taken, dy=inputs["dy"]):
            return (forward.arrays(module, taken | {"x": x})["y"] * dy).sum()

        direction, h = np.random.default_rng(0).normal(size=inputs["x"].shape), 1e-5
        slope = (loss(inputs["x"] + h * direction) - loss(inputs["x"] - h * direction)) / (2 * h)
        assert slope == pytest.approx((truth["dx"] * direction).sum(), rel=1e-6, abs=1e-7), check.part


def test_references_from_a_file_are_those_of_the_solution(lab, tmp_path):
    path = tmp_path / "references.npz"
    path.write_bytes(to_bytes(REFERENCES[lab.number]))
    assert path.read_bytes() == to_bytes(from_solution(lab, 0))
    found = from_file(path)
    assert found.keys() == REFERENCES[lab.number].keys()
    for part, reference in found.items():
        for kind in ("inputs", "truths", "facts"):
            for got, right in zip(getattr(reference, kind), getattr(REFERENCES[lab.number][part], kind), strict=True):
                assert got.keys() == right.keys()
                assert all(
                    np.array_equal(got[name], right[name], equal_nan=got[name].dtype.kind == "f") for name in got
                )


def test_what_is_shown_is_a_draw_in_which_it_is_wrong(dense_lab):
    reference = REFERENCES[2]["Dense.forward"]
    draws = [dict(truths) for truths in reference.truths]
    draws[1]["y"] = draws[1]["y"] + 1
    check = next(check for check in dense_lab.checks if check.part == "Dense.forward")
    verdict = judge(check, Answer("done", draws=draws), reference, {})
    assert "every entry differs" in verdict.message
