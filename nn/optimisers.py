"""Gradient descent, plain and Adam."""

import numpy as np

from .device import to_device
from .forms import array_module, several_forms
from .layer import load_arrays, unique


class _Optimiser:
    def __init__(self, parameters, learning_rate):
        self.parameters = unique(parameters)
        if not self.parameters:
            raise ValueError(f"{type(self).__name__} got no parameters: pass network.parameters()")
        if not learning_rate > 0:
            raise ValueError(f"the learning rate must be positive, got {learning_rate}")
        self.learning_rate = float(learning_rate)

    def zero_grad(self):
        """Make all gradients zero; do it before every backward, since layers add to them."""
        for parameter in self.parameters:
            parameter.zero_grad()


class SGD(_Optimiser):
    """theta <- theta - learning_rate * dL/dtheta (dissertation, eq. 2.5).

    Parameters
    ----------
    parameters : the Parameters to adjust; a shared one is adjusted once.
    learning_rate : positive.
    """

    def __init__(self, parameters, learning_rate=1e-2):
        super().__init__(parameters, learning_rate)

    def step(self):
        """Move every parameter against its gradient."""
        for parameter in self.parameters:
            parameter.data -= self.learning_rate * parameter.grad


class Adam(_Optimiser):
    """Steps of about learning_rate in every coordinate, whatever the gradient's scale there.

    With the gradient g at step t (Kingma and Ba 2015; dissertation, Algorithm 2):

        m <- beta1 m + (1 - beta1) g              m_hat = m / (1 - beta1^t)
        v <- beta2 v + (1 - beta2) g^2            v_hat = v / (1 - beta2^t)
        theta <- theta - learning_rate * m_hat / (sqrt(v_hat) + eps)

    Parameters
    ----------
    parameters : the Parameters to adjust; a shared one is adjusted once.
    learning_rate, beta1, beta2, eps : as above.
    """

    def __init__(self, parameters, learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(parameters, learning_rate)
        if not (0 <= beta1 < 1 and 0 <= beta2 < 1):
            raise ValueError(f"Adam's beta1 and beta2 must be in [0, 1), got {beta1} and {beta2}")
        self.beta1, self.beta2, self.eps = float(beta1), float(beta2), float(eps)
        self.steps = 0
        self.m, self.v = ([array_module(p.data).zeros_like(p.data) for p in self.parameters] for _ in range(2))

    def step(self):
        """Move every parameter by Adam's rule for its present gradient."""
        self.steps += 1
        adam_update(
            [parameter.data for parameter in self.parameters], [parameter.grad for parameter in self.parameters],
            self.m, self.v, self.steps, self.learning_rate, self.beta1, self.beta2, self.eps,
        )  # fmt: skip

    def to_device(self, device):
        """Move the moments to ``"cpu"`` or ``"gpu"``, where the parameters are, to go on with the training there."""
        self.m, self.v = ([to_device(moment, device) for moment in moments] for moments in (self.m, self.v))

    def state(self):
        """A copy of the moments and the step count, by name: what continuing after a pause needs."""
        return {name: array.copy() for name, array in self._moments().items()} | {"steps": np.array(self.steps)}

    def load_state(self, state):
        """Copy what `state` returned into this optimiser of the same parameters.

        Raises ValueError, before anything is changed, unless the names and shapes are those of `state()`.
        """
        steps = np.array(self.steps)
        load_arrays(type(self).__name__, self._moments() | {"steps": steps}, state)
        self.steps = int(steps)

    def _moments(self):
        return {
            f"{position}.{name}": array
            for name, moments in (("m", self.m), ("v", self.v))
            for position, array in enumerate(moments)
        }


@several_forms
def adam_update(thetas, gradients, ms, vs, t, learning_rate, beta1, beta2, eps):
    """Step t of `Adam`'s rule, in place, for lists with an array for each parameter."""
    for theta, g, m, v in zip(thetas, gradients, ms, vs, strict=True):
        m[...] = beta1 * m + (1 - beta1) * g
        v[...] = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta -= learning_rate * m_hat / (array_module(v).sqrt(v_hat) + eps)
