"""Schedules: their numbers at the ends, in between, and what they refuse."""

import copy
import math
import pickle

import numpy as np
import pytest

import nn
from nn import schedules

EVERY_SCHEDULE = [
    schedules.Constant(0.3),
    schedules.Linear(0.0, 4.0, 10),
    schedules.Step(1.0, every=3, factor=0.5),
    schedules.Cosine(1.0, 8, end=0.2),
    schedules.WarmUp(4, schedules.Cosine(1.0, 8)),
    schedules.Hold(4, schedules.Cosine(1.0, 8)),
    schedules.Cyclic(0.0, 1.0, 10, rise=0.5),
]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (schedules.Constant(2), {0: 2, 100: 2}),
        (schedules.Linear(0, 4, 10), {0: 0, 5: 2, 10: 4, 11: 4, 1000: 4}),
        (schedules.Linear(4, 1, 3), {0: 4, 1: 3, 2: 2, 3: 1, 4: 1}),
        (schedules.Step(8, every=2, factor=0.5), {0: 8, 1: 8, 2: 4, 3: 4, 4: 2}),
        (schedules.Cosine(1, 4), {0: 1, 1: (1 + np.sqrt(0.5)) / 2, 2: 0.5, 4: 0, 5: 0}),
        (schedules.Cosine(3, 4, end=1), {0: 3, 2: 2, 4: 1, 9: 1}),
        (schedules.WarmUp(3, 4.0), {0: 1, 1: 2, 2: 3, 3: 4, 100: 4}),
        (schedules.WarmUp(1, schedules.Linear(2, 0, 2)), {0: 1, 1: 2, 2: 1, 3: 0}),
        (schedules.Hold(3, schedules.Linear(2, 0, 2)), {0: 2, 2: 2, 3: 2, 4: 1, 5: 0, 9: 0}),
        (schedules.Cyclic(1, 3, 10, rise=0.4), {0: 1, 2: 2, 4: 3, 9: 3, 10: 1, 12: 2, 25: 3}),
    ],
    ids=repr,
)
def test_the_numbers(schedule, expected):
    assert {step: schedule(step) for step in expected} == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("schedule", EVERY_SCHEDULE, ids=repr)
def test_a_schedule_is_its_settings(schedule):
    for other in (copy.deepcopy(schedule), pickle.loads(pickle.dumps(schedule)), eval(repr(schedule), vars(schedules))):
        assert other == schedule
        assert [other(step) for step in range(20)] == [schedule(step) for step in range(20)]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: schedules.Linear(0, 1, 0), "Linear's steps must be a number at least 1, got 0"),
        (lambda: schedules.Step(1, every=0), "Step's every"),
        (lambda: schedules.Step(1, every=2, factor=-1), "Step's factor"),
        (lambda: schedules.Cosine(1, float("nan")), "Cosine's steps"),
        (lambda: schedules.WarmUp(0, 1), "WarmUp's steps"),
        (lambda: schedules.Hold(0, 1), "Hold's steps"),
        (lambda: schedules.Cyclic(0, 1, 10, rise=2), "Cyclic's rise must be a number from 0.01 to 1, got 2"),
    ],
)
def test_unusable_settings_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def one_parameter():
    parameter = nn.Parameter(np.ones(3))
    parameter.grad = np.ones(3)
    return parameter


@pytest.mark.parametrize("schedule", [*EVERY_SCHEDULE, lambda step: 0.1 / (1 + step)])
def test_an_optimiser_follows_its_schedule(schedule):
    parameter = one_parameter()
    optimiser = nn.SGD([parameter], schedule)
    for step in range(12):
        before = parameter.data.copy()
        assert optimiser.rate == schedule(step)
        optimiser.step()
        np.testing.assert_allclose(before - parameter.data, schedule(step), atol=1e-15)


def test_the_schedule_goes_on_where_the_state_was():
    schedule = schedules.Linear(1.0, 0.0, 10)
    first, second = (nn.SGD([one_parameter()], schedule) for _ in range(2))
    for _ in range(3):
        first.step()
    second.load_state(first.state())
    assert second.rate == first.rate == schedule(3)


def test_a_learning_rate_can_be_changed():
    optimiser = nn.SGD([one_parameter()], 1.0)
    optimiser.learning_rate = 0.25
    assert optimiser.rate == 0.25


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_a_schedule_that_gives_no_learning_rate_is_refused_before_the_step(value):
    parameter = one_parameter()
    optimiser = nn.SGD([parameter], schedules.Constant(value))
    with pytest.raises(ValueError, match=r"Constant\(value=.*\) gives the learning rate .* at step 0"):
        optimiser.step()
    np.testing.assert_array_equal(parameter.data, 1)
    assert optimiser.steps == 0


@pytest.mark.parametrize(
    ("value", "end"),
    [
        (3, 3), (schedules.Constant(2), 2), (schedules.Linear(0, 4, 10), 4), (schedules.Cosine(4, 10, end=1), 1),
        (schedules.WarmUp(5, 2), 2), (schedules.WarmUp(5, schedules.Linear(1, 0.3, 10)), 0.3),
        (schedules.Hold(5, schedules.Linear(1, 0.3, 10)), 0.3),
        (schedules.Step(1, 10, 0.5), math.nan), (schedules.WarmUp(3, schedules.Cyclic(0, 1, 10)), math.nan),
    ],
)  # fmt: skip
def test_where_schedules_come_to_rest(value, end):
    assert schedules.end(value) == pytest.approx(end, nan_ok=True)
    if not math.isnan(end):
        assert schedules.end(value) == schedules.at(value, 1000)
