"""Experiments with wrong functions: what is concluded is true, and what cannot be concluded is not told."""

import dataclasses

import numpy as np
import pytest

from labs.harness.changes import as_if, changes, slices
from labs.harness.experiments import outcomes, summary
from labs.harness.judging import judge
from labs.harness.labs import find_lab
from labs.harness.mistakes import Mistake, plant
from labs.harness.references import from_file, from_solution, references, solution_of, to_bytes
from labs.harness.running import verdicts_on
from labs.harness.sandbox import Answer
from labs.harness.stub import full_solution

LAB = {number: find_lab(number) for number in range(9)}
SOLUTION = {number: solution_of(lab) for number, lab in LAB.items()}
KNOWN = {number: from_solution(lab, 0) for number, lab in LAB.items()}


def check_of(number, part):
    return next(check for check in LAB[number].checks if check.part == part)


def verdict_on(number, part, module, check=None):
    """The verdict with experiments, all in this process."""
    check, known = check or check_of(number, part), KNOWN[number][part]
    with np.errstate(all="ignore"):
        answer = Answer("done", draws=[check.arrays(module, inputs) for inputs in known.inputs])
        return judge(
            check_of(number, part), answer, known, {}, lambda: [outcomes(check, module, i) for i in known.inputs]
        )


def planted(number, part, old, new):
    mistake = Mistake(part.partition(" ")[0], old, new, "")
    return solution_of(LAB[number], plant(full_solution(LAB[number]), mistake))


# ruff: noqa: E501  (one mistake a line, however long)
TOLD = [
    (7, "BetaVAE.forward", "sample(self.mean, self.log_variance, noise)", "self.mean", "exactly as if noise were 0"),
    (6, "AdaMax.step", "self.beta2 * self.u[k]", "self.beta1 * self.u[k]", "as if beta2 were the same as beta1"),
    (6, "Adam.step", "(1 - self.beta2) * (g**2 - v)", "(1 - self.beta1) * (g**2 - v)", "changes with beta1 and beta2, and it should not"),
    (7, "kl_to", "ratio + difference**2 * precision", "ratio", "loss does not change with mean or prior_mean, and it should"),
    (5, "Conv2D.backward", "self.patches, dy,", "self.patches[:, :-1], dy[:, :-1],", "as if the last dy[:, i] were 0"),
    (4, "RootMeanSquareNorm.backward", ".mean(axis=1, keepdims=True)", ".mean(axis=0)", "If x[3] changes, your dx changes everywhere, and it should change in [3] alone"),
    (3, "gaussian_nll", "np.exp(-log_variance)", "np.exp(-log_variance / 2)", "slope of loss in mean is in every element the truth times variance^0.5"),
    (3, "gaussian_nll", "+ np.log(2 * np.pi)", "+ np.log(np.pi) + 1 / len(mean)", "exactly as it should"),
    (8, "best_encoder", "w**2 + beta * noise_variance\n", "beta * w**2 + noise_variance\n", "a is right if beta is 1"),
    (8, "mutual_information", "np.add.at(joint, (a, b), 1 / len(a))", "joint[a, b] += 1 / len(a)", "the right information stays the same; yours does not"),
    (1, "richardson", "(4 * central_difference(f, x, h / 2) - central_difference(f, x, h)) / 3", "2 * central_difference(f, x, h / 2) - central_difference(f, x, h)", "about like h^2"),
    (5, "Conv2D.backward", "*self.shape[1:3], self.stride)", "*self.shape[1:3])", "right where stride is 1, and wrong where it is 2"),
    (7, "sample", "np.exp(log_variance / 2) * noise", "np.exp(log_variance / 2 * noise)", "With mean it changes rightly"),
    (6, "xavier_uniform", "np.sqrt(6 / (n_in + n_out))", "np.sqrt(6 / n_in + n_out)", "If 2 n_out stands in the place of n_out"),
    (2, "ReLU.forward", "x * self.positive", "np.where(self.positive, x, x / 100)", "If x[3] changes, your y changes in [3] alone, and it should change in [3, ["),
    (4, "BatchNorm.backward", "dshift / m", "self.shift.grad / m", "a second call of backward"),
    (6, "Adam.step", "(g**2 - v)", "(m**2 - v)", "first_step_a changes with beta1, and it should not"),
    (3, "squared_error", "(difference**2).sum() /", "np.sqrt((difference**2).sum()) /", "the right loss stays the same; yours becomes 0.7071 times"),
    (1, "relative_error", "np.abs(b).max()", "b.max()", "follows single numbers of"),
    (0, "moving_sums", "sums = np.zeros(n)\n    for shift in range(k):", "sums = x[:n]\n    for shift in range(1, k):", "Your function changes x, which it was given"),
    (8, "kl_of_latents", "np.log(np.maximum(eigenvalue / (beta * noise_variance), 1))", "np.log(1 + eigenvalue / (beta * noise_variance))", "the right kl is 0; yours is not"),
    (0, "flatten", "images.reshape(len(images), -1)", "images.reshape(-1, len(images)).T", "in another order"),
    (3, "gaussian_nll", "difference * precision / batch, dlog_variance / batch", "dlog_variance / batch, difference * precision / batch", "exactly the right dlog_variance"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "part", "old", "new", "words"), TOLD)
def test_a_wrong_function_is_told_from_the_right_one(number, part, old, new, words):
    verdict = verdict_on(number, part, planted(number, part, old, new))
    assert words in verdict.message, verdict.message


def test_a_checker_of_one_parameter_only_is_noticed():
    source = full_solution(LAB[1])
    assert not verdict_on(
        1, "check_layer", solution_of(LAB[1], source.replace("layer.parameters", "layer.parameters[:1]"))
    ).passed


def test_a_function_that_draws_at_random_is_told_so_and_nothing_else():
    module = planted(7, "sample", "* noise", "* noise * np.random.normal(size=noise.shape)")
    verdict = verdict_on(7, "sample", module)
    assert verdict.mistake == "random"
    assert "as if" not in verdict.message


def test_infinite_numbers_are_not_taken_for_random_ones():
    verdict = verdict_on(
        2, "Sigmoid.forward", planted(2, "Sigmoid.forward", "np.exp(-np.abs(x))", "np.expm1(-np.abs(x))")
    )
    assert "random" not in verdict.message + verdict.mistake


def wavy(results):
    """Each result times a wild function of all its numbers: no mistake that anybody makes."""
    return {name: array if " " in name else _wavy(np.asarray(array)) for name, array in results.items()}


def _wavy(array):
    return array * (1.5 + np.sin(1e3 * summary(array)[:2].sum() + np.arange(array.size).reshape(array.shape)))


@pytest.mark.parametrize("number", [0, 3, 8])
def test_an_arbitrary_function_has_no_name(number):
    for check in LAB[number].checks:
        if check.points < 10 or check.tolerance > 1e-3:
            continue
        wrong = dataclasses.replace(check, run=lambda lab, check=check, **inputs: wavy(check.run(lab, **inputs)))
        verdict = verdict_on(number, check.part, SOLUTION[number], wrong)
        assert verdict.status == "failed"
        assert verdict.mistake == "", (check.part, verdict.message)


def test_changes_are_the_same_in_all_draws_and_leave_the_inputs_as_they_are(lab):
    for check in lab.checks:
        draws = check.draws(0)
        kept = [{name: array.copy() for name, array in inputs.items()} for inputs in draws]
        listed = [[change.words for change in changes(inputs)] for inputs in draws]
        assert all(len(set(words)) == len(words) for words in listed), check.part
        assert len(set(listed[0]).intersection(*listed)) > 0.8 * len(listed[0]), check.part
        for inputs in draws:
            slices(inputs)
        assert all(np.array_equal(a[name], b[name]) for a, b in zip(draws, kept, strict=True) for name in a)


def test_words_for_what_is_not_so():
    assert as_if("x is 0") == "x were 0"
    assert as_if("a and b change places") == "a and b changed places"
    assert as_if("the first row of x comes last") == "the first row of x came last"


def test_students_have_the_outcomes_as_numbers(tmp_path):
    path = tmp_path / "references.npz"
    path.write_bytes(to_bytes({"kl": KNOWN[7]["kl"]}))
    stored, made = from_file(path)["kl"].outcomes(), KNOWN[7]["kl"].outcomes()
    assert len(stored) == len(made) == 3
    for one, other in zip(stored, made, strict=True):
        assert one.keys() == other.keys()
        assert all(np.array_equal(one[key], other[key], equal_nan=True) for key in one)


def test_a_slow_function_is_asked_less(monkeypatch):
    check, inputs = check_of(7, "kl"), KNOWN[7]["kl"].inputs[0]
    found = outcomes(check, SOLUTION[7], inputs, seconds=0)
    assert not any(np.isfinite(array).all() for key, array in found.items() if key.startswith("answers/"))


def test_a_student_is_told_it_by_the_command(tmp_path):
    lab, mistake = (
        LAB[8],
        Mistake("best_encoder", "w**2 + beta * noise_variance\n", "beta * w**2 + noise_variance\n", ""),
    )
    file = tmp_path / "lab8.py"
    file.write_text(plant(full_solution(lab), mistake))
    (verdict,) = verdicts_on(lab, file, ["best_encoder"], references(lab))
    assert "Your a is right if beta is 1" in verdict.message
