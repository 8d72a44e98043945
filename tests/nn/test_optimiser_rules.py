"""What every optimiser must do, whatever its rule."""

import numpy as np
import pytest

import nn

OPTIMISERS = {
    "SGD": nn.SGD,
    "momentum": lambda parameters, rate=1e-2: nn.SGD(parameters, rate, momentum=0.9),
    "Nesterov": lambda parameters, rate=1e-2: nn.SGD(parameters, rate, momentum=0.9, nesterov=True),
    "AdaGrad": nn.AdaGrad,
    "RMSProp": nn.RMSProp,
    "Adam": nn.Adam,
    "AdamW": nn.AdamW,
}
with_each = pytest.mark.parametrize("optimiser", OPTIMISERS.values(), ids=OPTIMISERS)


def train(optimiser, parameters, gradients):
    for step in gradients:
        optimiser.zero_grad()
        for parameter, gradient in zip(parameters, step, strict=True):
            parameter.grad += gradient
        optimiser.step()


@pytest.fixture
def gradients():
    """Six steps for two parameters."""
    rng = np.random.default_rng(0)
    return [(rng.normal(size=(3, 2)), rng.normal(size=())) for _ in range(6)]


def two_parameters():
    return [nn.Parameter(np.ones((3, 2))), nn.Parameter(np.array(2.0))]


@with_each
def test_a_training_goes_on_from_the_state_as_if_there_had_been_no_pause(optimiser, gradients):
    whole, halves = two_parameters(), two_parameters()
    train(optimiser(whole), whole, gradients)
    first, second = optimiser(halves), optimiser(halves)
    train(first, halves, gradients[:3])
    second.load_state(first.state())
    train(second, halves, gradients[3:])
    for a, b in zip(whole, halves, strict=True):
        np.testing.assert_array_equal(a.data, b.data)


@with_each
def test_the_state_is_a_copy(optimiser, gradients):
    parameters = two_parameters()
    trained = optimiser(parameters)
    train(trained, parameters, gradients[:2])
    state = trained.state()
    kept = {name: array.copy() for name, array in state.items()}
    train(trained, parameters, gradients[2:])
    assert all(np.array_equal(state[name], kept[name]) for name in kept)
    assert trained.state()["steps"] == 6


@with_each
def test_a_state_of_other_parameters_is_refused_and_changes_nothing(optimiser, gradients):
    parameters = two_parameters()
    trained = optimiser(parameters)
    train(trained, parameters, gradients)
    before = trained.state()
    with pytest.raises(ValueError, match=r"got a state without|got .* of shape"):
        trained.load_state({name: np.zeros((7, *array.shape)) for name, array in before.items()} | {"other": before})
    assert all(np.array_equal(array, before[name]) for name, array in trained.state().items())


@with_each
@pytest.mark.parametrize("shape", [(3, 2), (), (1,)])
def test_float32_stays_float32(optimiser, shape):
    parameter = nn.Parameter(np.ones(shape, np.float32))
    trained = optimiser([parameter], np.float64(0.1))
    for _ in range(3):
        trained.zero_grad()
        parameter.grad += np.ones(shape, np.float32)
        trained.step()
    assert parameter.data.dtype == np.float32
    assert {array.dtype for name, array in trained.state().items() if name != "steps"} <= {np.dtype(np.float32)}


@with_each
def test_it_finds_the_lowest_point_of_a_valley(optimiser):
    """10 a^2 + b^2, from (1, 1)."""
    parameter, steepness = nn.Parameter(np.ones(2)), np.array([10.0, 1.0])
    trained = optimiser([parameter], 0.02)
    for _ in range(3000):
        trained.zero_grad()
        parameter.grad += 2 * steepness * parameter.data
        trained.step()
    assert np.abs(parameter.data).max() < 0.05


@with_each
def test_what_it_remembers_moves_with_it(optimiser, gradients):
    parameters = two_parameters()
    trained = optimiser(parameters)
    train(trained, parameters, gradients)
    before = trained.state()
    trained.to_device("cpu")
    assert all(np.array_equal(array, before[name]) for name, array in trained.state().items())


@with_each
def test_unusable_arguments_are_refused(optimiser):
    with pytest.raises(ValueError, match=r"no parameters: pass network.parameters\(\)"):
        optimiser([])
    with pytest.raises(ValueError, match="learning rate must be positive, got -1"):
        optimiser([nn.Parameter(np.ones(1))], -1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: nn.SGD(p, momentum=1), r"SGD's momentum must be in \[0, 1\), got 1"),
        (lambda p: nn.SGD(p, nesterov=True), "Nesterov's momentum needs a momentum"),
        (lambda p: nn.RMSProp(p, decay=-0.1), "RMSProp's decay"),
        (lambda p: nn.Adam(p, beta1=1.5), r"Adam's beta1 and beta2 must be in \[0, 1\), got 1.5 and 0.999"),
        (lambda p: nn.AdamW(p, weight_decay=-1), "weight_decay must be at least 0, got -1"),
    ],
)
def test_unusable_settings_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make([nn.Parameter(np.ones(1))])


def test_plain_gradient_descent_remembers_nothing():
    assert set(nn.SGD([nn.Parameter(np.ones(3))]).state()) == {"steps"}


def test_decoupled_decay_shrinks_weights_without_a_gradient():
    parameter = nn.Parameter(np.array([2.0]))
    nn.AdamW([parameter], learning_rate=0.1, weight_decay=0.5).step()
    np.testing.assert_allclose(parameter.data, 2 * (1 - 0.1 * 0.5))


def test_a_rule_of_ones_own_is_a_few_lines():
    class SignDescent(nn.Optimiser):
        def update(self, rate):
            for parameter in self.parameters:
                parameter.data -= rate * np.sign(parameter.grad)

    parameter = nn.Parameter(np.zeros(2))
    parameter.grad = np.array([7.0, -0.1])
    SignDescent([parameter], 0.5).step()
    np.testing.assert_array_equal(parameter.data, [-0.5, 0.5])
