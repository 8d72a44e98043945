"""No float64 slips in: whatever comes in as float32 stays float32, twice as fast and half as large.

Every layer, loss and optimiser that `nn` has stands here: a new one without a case fails.
"""

import inspect

import numpy as np
import pytest

import nn

pytestmark = pytest.mark.usefixtures("form")

LAYERS = [
    (nn.Dense(4, 3), (2, 4)),
    (nn.Conv2D(2, 3, 3, 2), (2, 5, 4, 2)),
    (nn.Conv2D(2, 3, 3), (2, 5, 4, 2)),
    (nn.Conv2D(16, 16, 3), (2, 8, 8, 16)),
    (nn.ConvTranspose2D(2, 3, 3, 2), (2, 3, 4, 2)),
    (nn.BatchNorm(3), (4, 3)),
    (nn.BatchNorm(3), (2, 3, 4, 3)),
    (nn.Identity(), (2, 3)),
    (nn.ReLU(), (2, 3)),
    (nn.LeakyReLU(0.2), (2, 3)),
    (nn.Tanh(), (2, 3)),
    (nn.Sigmoid(), (2, 3)),
    (nn.Softmax(), (2, 3)),
    (nn.Flatten(), (2, 3, 2, 1)),
    (nn.Reshape((3, 2)), (2, 6)),
    (nn.Sequential(nn.Dense(4, 3), nn.Tanh()), (2, 4)),
]
VOCABULARY = {  # tests/nn/test_vocabulary.py looks at their dtypes
    nn.AveragePool2D, nn.Concatenate, nn.Dropout, nn.ELU, nn.Embedding, nn.GELU, nn.GlobalAveragePool2D,
    nn.GroupNorm, nn.LayerNorm, nn.MaxPool2D, nn.Residual, nn.SiLU, nn.Softplus, nn.Upsample,
}  # fmt: skip
TARGETS = {  # of each loss, for predictions of shape (3, 4)
    nn.losses.bernoulli_nll: np.eye(3, 4),
    nn.losses.gaussian_nll: np.eye(3, 4),
    nn.losses.squared_error: np.eye(3, 4),
    nn.losses.softmax_cross_entropy: np.array([0, 1, 2]),
    nn.losses.hinge: np.array([0, 1, 2]),
}
OPTIMISERS = [nn.SGD, nn.AdaGrad, nn.RMSProp, nn.Adam, nn.AdamW]
HELPERS = {  # in nn.losses, but no losses
    "array_module", "check_labels", "check_together", "comparable", "several_forms", "shares", "sigmoid",
}  # fmt: skip
ELSEWHERE = {"learned_gaussian_nll"}  # takes a Parameter: tests/nn/test_weighted_losses.py


def public(kind):
    return {value for value in vars(nn).values() if inspect.isclass(value) and issubclass(value, kind)}


def test_all_layers_losses_and_optimisers_are_here():
    assert {type(layer) for layer, _ in LAYERS} == public(nn.Layer) - {nn.Layer} - VOCABULARY
    functions = {name for name, value in vars(nn.losses).items() if inspect.isfunction(value)}
    assert {loss.__name__ for loss in TARGETS} == functions - HELPERS - ELSEWHERE
    assert set(OPTIMISERS) == public(nn.Optimiser) - {nn.Optimiser}


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=repr)
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layers_keep_the_dtype(layer, shape, training, dtype):
    rng = np.random.default_rng(0)
    for parameter in layer.parameters():
        parameter.data = parameter.data.astype(dtype)
        parameter.zero_grad()
    for _ in range(2):  # gradients that are new, and that are added
        y = layer.forward(rng.normal(size=shape).astype(dtype), training=training)
        dx = layer.backward(rng.normal(size=y.shape).astype(dtype))
        assert y.dtype == dx.dtype == dtype
        for parameter in layer.parameters():
            assert parameter.grad.dtype == parameter.data.dtype == dtype


@pytest.mark.parametrize("loss", TARGETS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("target_dtype", [np.float32, np.float64])
def test_losses_have_the_dtype_of_the_prediction_whatever_the_targets_is(loss, dtype, target_dtype):
    prediction, target = np.random.default_rng(1).normal(size=(3, 4)).astype(dtype), TARGETS[loss]
    value, gradient = loss(prediction, target.astype(target_dtype) if target.dtype == np.float64 else target)
    assert value.dtype == gradient.dtype == dtype


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("shape", [(3, 2), (), (1,)])
@pytest.mark.parametrize("gradient_dtype", [np.float32, np.float64])
def test_steps_keep_the_dtype(optimiser, shape, gradient_dtype):
    parameter = nn.Parameter(np.ones(shape, np.float32))
    optimiser = optimiser([parameter], np.float64(0.1))  # a learning rate out of NumPy
    for _ in range(3):
        optimiser.zero_grad()
        parameter.grad += np.ones(shape, gradient_dtype)
        optimiser.step()
    assert parameter.data.dtype == np.float32
    assert all(moment.dtype == np.float32 for moments in ("m", "v") for moment in getattr(optimiser, moments, []))


@pytest.mark.parametrize("layer", [nn.Dense(3, 4), nn.Conv2D(1, 2, 3), nn.ConvTranspose2D(1, 2, 3), nn.BatchNorm(2)])
def test_parameters_and_state_are_float32_unless_asked(layer):
    assert {array.dtype for array in layer.state().values() if array.ndim} == {np.dtype(np.float32)}
