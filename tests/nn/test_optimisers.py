import numpy as np
import pytest

import nn

pytestmark = pytest.mark.usefixtures("form")


def adam_by_the_book(theta, gradients, learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Algorithm 2, line by line."""
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    for t, g in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        theta = theta - learning_rate * m_hat / (np.sqrt(v_hat) + eps)
    return theta


@pytest.mark.parametrize("shape", [(), (3,), (7, 5), (2, 3, 4, 5)])
def test_adam_is_the_algorithm(shape):
    rng = np.random.default_rng(0)
    start, gradients = rng.normal(size=shape), rng.normal(size=(10, *shape))
    parameter = nn.Parameter(start.copy())
    adam = nn.Adam([parameter], learning_rate=0.1)
    for gradient in gradients:
        adam.zero_grad()
        parameter.grad += gradient
        adam.step()
    np.testing.assert_allclose(parameter.data, adam_by_the_book(start, gradients, 0.1), rtol=1e-12)


def test_adam_works_on_data_that_is_not_contiguous():
    rng = np.random.default_rng(1)
    start, gradients = rng.normal(size=(4, 6)), rng.normal(size=(3, 4, 6))
    parameter = nn.Parameter(np.asfortranarray(start))
    adam = nn.Adam([parameter])
    for gradient in gradients:
        parameter.grad = gradient
        adam.step()
    np.testing.assert_allclose(parameter.data, adam_by_the_book(start, gradients), rtol=1e-12)


def test_adam_continues_from_its_state():
    rng = np.random.default_rng(2)
    gradients = rng.normal(size=(6, 3, 2))
    whole, halves = nn.Parameter(np.ones((3, 2))), nn.Parameter(np.ones((3, 2)))
    adam = nn.Adam([whole])
    for gradient in gradients:
        whole.grad = gradient
        adam.step()
    first = nn.Adam([halves])
    for gradient in gradients[:3]:
        halves.grad = gradient
        first.step()
    second = nn.Adam([halves])
    second.load_state(first.state())
    for gradient in gradients[3:]:
        halves.grad = gradient
        second.step()
    np.testing.assert_array_equal(whole.data, halves.data)


@pytest.mark.parametrize("optimiser", [nn.SGD, nn.Adam])
@pytest.mark.parametrize("data", [2.0, np.float32(2), np.array(2.0), np.array(2, "f")], ids=repr)
def test_a_parameter_of_one_number_is_learned(optimiser, data):
    """(p - 1)^2 is least at 1."""
    parameter = nn.Parameter(data)
    optimiser = optimiser([parameter], learning_rate=0.1)
    for _ in range(200):
        optimiser.zero_grad()
        parameter.grad += 2 * (parameter.data - 1)
        optimiser.step()
    assert parameter.data == pytest.approx(1, abs=0.01)
    assert parameter.data.shape == parameter.grad.shape == ()


def adam_of(*shapes):
    parameters = [nn.Parameter(np.ones(shape)) for shape in shapes]
    for parameter in parameters:
        parameter.grad += 2
    adam = nn.Adam(parameters)
    adam.step()
    return adam


def test_the_state_of_adam_is_a_copy():
    adam = adam_of((3,))
    before = adam.state()
    kept = {name: array.copy() for name, array in before.items()}
    adam.step()
    for name, array in before.items():
        np.testing.assert_array_equal(array, kept[name])
    assert (adam.state()["0.m"] != before["0.m"]).all()
    assert adam.state()["steps"] == before["steps"] + 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state.update({"0.m": np.zeros((1, 3))}), r"0.m of shape \(1, 3\): expected \(2, 3\)"),
        (lambda state: state.update({"1.v": np.zeros(())}), r"1.v of shape \(\): expected \(4,\)"),
        (lambda state: state.pop("1.m"), r"without \['1.m'\]"),
        (lambda state: state.pop("steps"), r"without \['steps'\]"),
        (lambda state: state.update({"2.m": np.zeros(3)}), r"with \['2.m'\], which it does not have"),
    ],
)
def test_a_state_that_does_not_fit_adam_is_refused_before_anything_changes(change, words):
    adam, state = adam_of((2, 3), (4,)), adam_of((2, 3), (4,)).state()
    state["0.v"] = state["0.v"] + 1
    change(state)
    before = adam.state()
    with pytest.raises(ValueError, match=words):
        adam.load_state(state)
    for name, array in adam.state().items():
        np.testing.assert_array_equal(array, before[name])


def test_sgd_moves_against_the_gradient():
    parameter = nn.Parameter(np.array([1.0, 2.0]))
    parameter.grad = np.array([10.0, -10.0])
    nn.SGD([parameter], learning_rate=0.1).step()
    np.testing.assert_allclose(parameter.data, [0, 3])


@pytest.mark.parametrize("optimiser", [nn.SGD, nn.Adam])
def test_a_parameter_given_twice_moves_once(optimiser):
    once, twice = nn.Parameter(np.ones(3)), nn.Parameter(np.ones(3))
    once.grad = twice.grad = np.ones(3)
    optimiser([once]).step()
    optimiser([twice, twice]).step()
    np.testing.assert_array_equal(once.data, twice.data)


@pytest.mark.parametrize("optimiser", [nn.SGD, nn.Adam])
def test_unusable_arguments_are_refused(optimiser):
    with pytest.raises(ValueError, match="no parameters"):
        optimiser([])
    with pytest.raises(ValueError, match="learning rate must be positive"):
        optimiser([nn.Parameter(np.ones(1))], learning_rate=0)


def test_a_small_network_learns_to_classify():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(200, 2)).astype("f")
    labels = (x[:, 0] * x[:, 1] > 0).astype(int)  # no line separates these
    network = nn.Sequential(nn.Dense(2, 16, rng=rng), nn.Tanh(), nn.Dense(16, 2, rng=rng))
    adam = nn.Adam(network.parameters(), learning_rate=0.05)
    for _ in range(100):
        adam.zero_grad()
        _, dlogits = nn.losses.softmax_cross_entropy(network.forward(x), labels)
        network.backward(dlogits)
        adam.step()
    assert (network.forward(x).argmax(axis=1) == labels).mean() > 0.95
