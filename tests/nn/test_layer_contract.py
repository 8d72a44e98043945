"""Layers that are right in one forward and backward, and wrong in a network: the checker says what they do."""

import numpy as np
import pytest

import nn


class Affine(nn.Layer):
    """y = scale * x + shift, right: what the wrong layers below are made of."""

    def __init__(self):
        self.scale = nn.Parameter(np.ones(3), "scale")
        self.shift = nn.Parameter(np.zeros(3), "shift")

    def parameters(self):
        return [self.scale, self.shift]

    def forward(self, x, *, training=False):
        self.x = x
        return self.scale.data * x + self.shift.data

    def backward(self, dy):
        self.scale.grad += (dy * self.x).sum(axis=0)
        self.shift.grad += dy.sum(axis=0)
        return dy * self.scale.data


class AssignsTheGradient(Affine):
    def backward(self, dy):
        dx = super().backward(dy)
        self.scale.grad = (dy * self.x).sum(axis=0)
        return dx


class ZeroesTheGradientInForward(Affine):
    def forward(self, x, *, training=False):
        self.shift.zero_grad()
        return super().forward(x)


class AddsDxUp(Affine):
    total = 0

    def backward(self, dy):
        self.total = self.total + super().backward(dy)
        return self.total


class ChangesXForward(Affine):
    def forward(self, x, *, training=False):
        self.x = x.copy()
        x *= self.scale.data
        x += self.shift.data
        return x


class ChangesXBackward(Affine):
    def backward(self, dy):
        dx = super().backward(dy)
        self.x *= 2
        return dx


class ChangesDy(Affine):
    def backward(self, dy):
        self.scale.grad += (dy * self.x).sum(axis=0)
        self.shift.grad += dy.sum(axis=0)
        dy *= self.scale.data
        return dy


class ChangesWhatItReturned(nn.Layer):
    def forward(self, x, *, training=False):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dy):
        self.y *= self.y
        return dy * (1 - self.y)


class ChangesWhatItSaved(nn.Layer):
    def forward(self, x, *, training=False):
        y = np.tanh(x)
        self.saved_for_backward = (1 - y * y, None)
        return y

    def backward(self, dy):
        slope, _ = self.saved_for_backward
        slope *= dy
        return slope


class ChangesItsParameter(Affine):
    def backward(self, dy):
        dx = super().backward(dy)
        self.shift.data -= 0.01 * self.shift.grad
        return dx


class ChangesItsNoise(nn.Layer):
    def forward(self, x, *, noise, training=False):
        self.x = x
        noise *= 2
        return x * x + noise

    def backward(self, dy):
        return 2 * dy * self.x


class LearnsInEvaluation(nn.BatchNorm):
    def forward(self, x, *, training=False):
        y = super().forward(x, training=training)
        self.running_mean *= 0.999
        return y


class ReturnsTheSameMemory(nn.Layer):
    memory = None

    def forward(self, x, *, training=False):
        self.x = x
        self.memory = np.empty_like(x) if self.memory is None else self.memory
        return np.multiply(x, x, out=self.memory)

    def backward(self, dy):
        return 2 * dy * self.x


class ReturnsTheSameGradientMemory(ReturnsTheSameMemory):
    gradient_memory = None

    def forward(self, x, *, training=False):
        self.x = x
        return x * x

    def backward(self, dy):
        self.gradient_memory = np.empty_like(dy) if self.gradient_memory is None else self.gradient_memory
        return np.multiply(2 * dy, self.x, out=self.gradient_memory)


class KeepsXInTheClass(Affine):
    def forward(self, x, *, training=False):
        type(self).x = x
        return self.scale.data * x + self.shift.data


NOTES = {}


class KeepsAMaskInTheModule(nn.Layer):
    def forward(self, x, *, training=False):
        NOTES["positive"] = x > 0
        return np.maximum(x, 0)

    def backward(self, dy):
        return dy * NOTES["positive"]


class ForgetsTheShiftWithoutDx(Affine):
    def backward_parameters(self, dy):
        self.scale.grad += (dy * self.x).sum(axis=0)


class AssignsWithoutDx(Affine):
    def backward_parameters(self, dy):
        self.scale.grad = (dy * self.x).sum(axis=0)
        self.shift.grad += dy.sum(axis=0)


class Float32Output(Affine):
    def forward(self, x, *, training=False):
        return super().forward(x).astype(np.float32)


class Float32Inside(Affine):
    def forward(self, x, *, training=False):
        return super().forward(x.astype(np.float32).astype(np.float64))


class Float32Dx(Affine):
    def backward(self, dy):
        return super().backward(dy).astype(np.float32)


class Float32OneTermOfDx(Affine):
    """Its error, 1e-8, is below the tolerance of the finite differences."""

    def backward(self, dy):
        dx = super().backward(dy)
        return dx - 0.1 * dy + (0.1 * dy).astype(np.float32)


class Float32Gradient(Affine):
    def backward(self, dy):
        dx = super().backward(dy)
        self.shift.grad += dy.astype(np.float32).sum(axis=0) - dy.sum(axis=0)
        return dx


class SavesXInFloat32(Affine):
    def forward(self, x, *, training=False):
        y = super().forward(x)
        self.x = x.astype(np.float32)
        return y


FAULTS = [
    (AssignsTheGradient, "overwritten instead of added", "gradient of scale"),
    (ZeroesTheGradientInForward, "overwritten instead of added", "gradient of shift"),
    (AddsDxUp, "not repeatable", "dx"),
    (ChangesXForward, "changed in place", "x"),
    (ChangesXBackward, "changed in place", "x"),
    (ChangesDy, "changed in place", "dy"),
    (ChangesWhatItReturned, "changed in place", "y"),
    (ChangesWhatItSaved, "changed in place", "saved array (saved_for_backward of ChangesWhatItSaved())"),
    (ChangesItsParameter, "changed in place", "shift"),
    (ReturnsTheSameMemory, "overwritten by the next pass", "y"),
    (ReturnsTheSameGradientMemory, "overwritten by the next pass", "dx"),
    (KeepsXInTheClass, "shared between layers", "gradient of scale"),
    (KeepsAMaskInTheModule, "shared between layers", "dx"),
    (ForgetsTheShiftWithoutDx, "backward_parameters differs", "gradient of shift"),
    (AssignsWithoutDx, "backward_parameters differs", "gradient of scale"),
    (Float32Output, "less precise than float64", "y"),
    (Float32Inside, "less precise than float64", "y"),
    (Float32Dx, "less precise than float64", "dx"),
    (Float32OneTermOfDx, "less precise than float64", "dx"),
    (Float32Gradient, "less precise than float64", "gradient of shift"),
    (SavesXInFloat32, "less precise than float64", "gradient of scale"),
]
IN_DIFFERENCES_TOO = (Float32Output, Float32Inside)  # and those that make the first gradient wrong


def x_of(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def named(report):
    """{(fault, where)} of the report."""
    return {(finding.fault, finding.where) for finding in report.findings}


@pytest.mark.parametrize(("layer", "fault", "where"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_each_fault_is_found_and_named_and_nothing_else(layer, fault, where, seed):
    report = nn.check_gradients(layer(), x_of((5, 3), seed), rng=seed)
    assert not report.ok
    assert named(report) == {(fault, where)}
    assert f"WRONG: {where}: {fault}" in str(report)


@pytest.mark.parametrize("layer", [layer for layer, *_ in FAULTS if layer not in IN_DIFFERENCES_TOO])
def test_finite_differences_alone_would_not_have_found_it(layer):
    report = nn.check_gradients(layer(), x_of((5, 3)))
    assert report.worst <= report.tolerance
    assert "the gradients agree" in str(report)
    assert "kink" not in str(report)


def test_the_layer_that_the_faults_are_made_of_is_right():
    report = nn.check_gradients(Affine(), x_of((5, 3)), training="both")
    assert report.ok, report


def test_an_argument_changed_in_place_is_named():
    noise = x_of((5, 3), 1)
    given = noise.copy()
    report = nn.check_gradients(ChangesItsNoise(), x_of((5, 3)), noise=noise)
    assert named(report) == {("changed in place", "noise")}
    np.testing.assert_array_equal(noise, given)


def test_running_averages_that_move_in_evaluation_are_named():
    with pytest.raises(ValueError, match=r"two results.*: it moves running_mean of BatchNorm\(3\) in evaluation"):
        nn.check_gradients(LearnsInEvaluation(3), x_of((5, 3)), training=False)


class RemembersWhatItSaw(Affine):
    def __init__(self):
        super().__init__()
        self.seen = np.zeros(3)

    def arrays(self):
        return super().arrays() | {"seen": self.seen}

    def forward(self, x, *, training=False):
        self.seen += x.sum(axis=0)
        return super().forward(x)


def test_a_state_may_move_in_training_only():
    assert nn.check_gradients(RemembersWhatItSaw(), x_of((5, 3)), training=True).ok
    report = nn.check_gradients(RemembersWhatItSaw(), x_of((5, 3)), training=False)
    assert named(report) == {("changed in place", "seen of RemembersWhatItSaw()")}


def test_a_fault_inside_a_network_is_found():
    report = nn.check_gradients(nn.Sequential(nn.Tanh(), AssignsTheGradient()), x_of((4, 3)))
    assert {finding.fault for finding in report.findings} == {"overwritten instead of added"}
    report = nn.check_gradients(nn.Sequential(nn.Dense(2, 3, rng=0), ChangesWhatItSaved()), x_of((4, 2)))
    assert named(report) == {("changed in place", "saved array (saved_for_backward of ChangesWhatItSaved())")}


class AlwaysTraining(nn.BatchNorm):
    def forward(self, x, *, training=False):
        return super().forward(x, training=True)


class DoesNotPassItOn(nn.Sequential):
    def forward(self, x, *, training=False):
        return super().forward(x)


@pytest.mark.parametrize("training", [True, False, "both"])
@pytest.mark.parametrize("layer", [AlwaysTraining(3), DoesNotPassItOn(nn.BatchNorm(3))])
def test_a_layer_that_ignores_training_is_found_where_the_modes_differ(layer, training):
    assert ("training ignored", "y") in named(
        nn.check_gradients(layer, x_of((5, 3)), training=training, modes_differ=True)
    )


@pytest.mark.parametrize("training", [True, False, "both"])
def test_modes_that_differ_are_no_fault(training):
    for layer in (nn.BatchNorm(3), nn.Sequential(nn.Dense(3, 3, rng=0), nn.BatchNorm(3))):
        report = nn.check_gradients(layer, x_of((5, 3)), training=training, modes_differ=True)
        assert report.ok, report


class EvaluationWithTheGradientOfTraining(nn.Layer):
    """Doubles in training and trebles in evaluation; backward knows only the former."""

    def forward(self, x, *, training=False):
        return 2 * x if training else 3 * x

    def backward(self, dy):
        return 2 * dy


def test_both_modes_are_checked_in_one_call_and_named():
    report = nn.check_gradients(EvaluationWithTheGradientOfTraining(), x_of((2, 3)), training="both")
    assert [c.name for c in report.comparisons] == ["input, training", "input, evaluation"]
    assert [c.error <= report.tolerance for c in report.comparisons] == [True, False]


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="training must be True, False or 'both', got 'never'"):
        nn.check_gradients(nn.Tanh(), x_of((2, 3)), training="never")


class ForgetsTheScale(Affine):
    def backward(self, dy):
        return super().backward(dy) / self.scale.data


class ForgetsTheShift(Affine):
    """The shift works on the output's square."""

    def forward(self, x, *, training=False):
        self.y = super().forward(x)
        return self.y**2 / 2

    def backward(self, dy):
        return super().backward(dy * (self.y - self.shift.data))


@pytest.mark.parametrize("layer", [ForgetsTheScale, ForgetsTheShift])
def test_what_holds_only_for_the_first_parameters_is_caught(layer):
    assert not nn.check_gradients(layer(), x_of((5, 3))).ok
    assert nn.check_gradients(layer(), x_of((5, 3)), keep_parameters=True).ok


class SquareRootOfAParameter(Affine):
    def forward(self, x, *, training=False):
        self.x = x
        return np.sqrt(self.scale.data) * x + self.shift.data

    def backward(self, dy):
        root = np.sqrt(self.scale.data)
        self.scale.grad += (dy * self.x).sum(axis=0) / (2 * root)
        self.shift.grad += dy.sum(axis=0)
        return dy * root


def test_positive_parameters_stay_positive():
    report = nn.check_gradients(SquareRootOfAParameter(), x_of((5, 3)))
    assert report.ok, report
