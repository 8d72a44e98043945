"""Gradient descent: by itself, with momentum, and with a step size of its own for every coordinate.

theta is a parameter, g its gradient dL/dtheta at this step, a product or a square of arrays goes element by element,
and learning_rate is a number or a schedule (`nn.schedules`).
"""

import math

import numpy as np

from . import schedules
from .device import to_device
from .forms import array_module, several_forms
from .layer import Parameter, load_arrays, unique
from .type_hints import Array, Device, Iterable, Rate


class Optimiser:
    """What all optimisers share: parameters, a learning rate, a count of steps, and what the rule remembers.

    A subclass names what it remembers, for example ``super().__init__(parameters, learning_rate, "velocity")``, and
    gets a list ``self.velocity`` with an array of zeros for each parameter, which is moved and saved with the
    optimiser; it writes ``update(rate)``, one step with the learning rate of this step.

    Attributes: ``learning_rate``, a number or a schedule, may be changed at any time; ``rate``, what it is at the next
    step; ``steps``, how many are done.

    Raises ValueError without parameters, or for a learning rate that is not positive.
    """

    def __init__(self, parameters: Iterable[Parameter], learning_rate: Rate, *memory: str):
        self.parameters = unique(parameters)
        if not self.parameters:
            raise ValueError(f"{type(self).__name__} got no parameters: pass network.parameters()")
        if not callable(learning_rate) and not learning_rate > 0:
            raise ValueError(f"the learning rate must be positive, got {learning_rate}")
        self.learning_rate = learning_rate if callable(learning_rate) else float(learning_rate)
        self.steps, self._memory = 0, memory
        for name in memory:
            setattr(self, name, [array_module(p.data).zeros_like(p.data) for p in self.parameters])

    @property
    def rate(self) -> float:
        """The learning rate of the next step; ValueError if a schedule gives what cannot be one."""
        rate = schedules.at(self.learning_rate, self.steps)
        if not 0 <= rate < math.inf:
            raise ValueError(f"{self.learning_rate} gives the learning rate {rate} at step {self.steps}")
        return rate

    def zero_grad(self) -> None:
        """Make all gradients zero; do it before every backward, since layers add to them."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def step(self) -> None:
        """Move every parameter by the rule, for its present gradient."""
        rate = self.rate
        self.steps += 1
        self.update(rate)

    def update(self, rate: float) -> None:
        """The rule: step number ``self.steps``, 1 for the first."""
        raise NotImplementedError

    def to_device(self, device: Device) -> None:
        """Move what it remembers to ``"cpu"`` or ``"gpu"``, where the parameters are, to go on there."""
        for name in self._memory:
            setattr(self, name, [to_device(array, device) for array in getattr(self, name)])

    def arrays(self) -> dict[str, Array]:
        """What it remembers, by name: the live arrays, not copies; and ``steps``, the count, as a 0-d array."""
        named = {f"{i}.{name}": array for name in self._memory for i, array in enumerate(getattr(self, name))}
        return named | {"steps": np.array(self.steps)}

    def state(self) -> dict[str, Array]:
        """A copy of every array in `arrays`, by name: what continuing after a pause needs."""
        return {name: array.copy() for name, array in self.arrays().items()}

    def load_state(self, state: dict[str, Array]) -> None:
        """Copy what `state` returned into this optimiser of the same parameters.

        Raises ValueError, before anything is changed, unless the names and shapes are those of `state()`.
        """
        arrays = self.arrays()
        load_arrays(type(self).__name__, arrays, state)
        self.steps = int(arrays["steps"])


class SGD(Optimiser):
    """theta <- theta - learning_rate g (dissertation, eq. 2.5), or, with momentum, theta <- theta - learning_rate v:

        v <- momentum v + g

    v adds up gradients that agree, and lets those cancel that point to and fro.  With Nesterov's momentum the step is
    g + momentum v instead of v: about the gradient where v is going to lead.  Sutskever et al. (2013), eqs. 1 to 4, in
    the form that PyTorch has, with the learning rate outside of v.

    Parameters
    ----------
    parameters : the Parameters to adjust; a shared one is adjusted once.
    learning_rate : positive, or a schedule.
    momentum : how much of v each step keeps, from 0 to less than 1, such as 0.9.
    nesterov : whether to look ahead.
    """

    def __init__(
        self, parameters: Iterable[Parameter], learning_rate: Rate = 1e-2, momentum: float = 0.0, *,
        nesterov: bool = False,
    ):  # fmt: skip
        check_decay("SGD", momentum=momentum)
        if nesterov and not momentum:
            raise ValueError("Nesterov's momentum needs a momentum: SGD(parameters, momentum=0.9, nesterov=True)")
        super().__init__(parameters, learning_rate, *(["velocity"] if momentum else []))
        self.momentum, self.nesterov = float(momentum), nesterov

    def update(self, rate: float) -> None:
        if not self.momentum:
            for parameter in self.parameters:
                parameter.data -= rate * parameter.grad
            return
        for parameter, v in zip(self.parameters, self.velocity, strict=True):
            v[...] = self.momentum * v + parameter.grad
            parameter.data -= rate * (parameter.grad + self.momentum * v if self.nesterov else v)


class AdaGrad(Optimiser):
    """Steps that shrink in each coordinate with all that its gradient has been (Duchi et al. 2011, section 1.3):

        s <- s + g^2            theta <- theta - learning_rate g / (sqrt(s) + eps)

    Good for features that are rare, since theirs shrink little; in deep networks they soon are too small (see
    `RMSProp`).

    Parameters
    ----------
    parameters : the Parameters to adjust; a shared one is adjusted once.
    learning_rate : positive, or a schedule.
    eps : keeps the first step finite where g is 0.
    """

    def __init__(self, parameters: Iterable[Parameter], learning_rate: Rate = 1e-2, eps: float = 1e-10):
        super().__init__(parameters, learning_rate, "squares")
        self.eps = float(eps)

    def update(self, rate: float) -> None:
        for parameter, s in zip(self.parameters, self.squares, strict=True):
            s += parameter.grad**2
            parameter.data -= rate * parameter.grad / (array_module(s).sqrt(s) + self.eps)


class RMSProp(Optimiser):
    """`AdaGrad` that forgets: a running average of squares, not their sum (Tieleman and Hinton 2012, lecture 6.5):

        s <- decay s + (1 - decay) g^2          theta <- theta - learning_rate g / (sqrt(s) + eps)

    Parameters
    ----------
    parameters : the Parameters to adjust; a shared one is adjusted once.
    learning_rate : positive, or a schedule.
    decay : how much of s each step keeps, from 0 to less than 1.
    eps : keeps a step finite where all gradients were 0.
    """

    def __init__(
        self, parameters: Iterable[Parameter], learning_rate: Rate = 1e-2, decay: float = 0.99, eps: float = 1e-8
    ):
        check_decay("RMSProp", decay=decay)
        super().__init__(parameters, learning_rate, "squares")
        self.decay, self.eps = float(decay), float(eps)

    def update(self, rate: float) -> None:
        for parameter, s in zip(self.parameters, self.squares, strict=True):
            s[...] = self.decay * s + (1 - self.decay) * parameter.grad**2
            parameter.data -= rate * parameter.grad / (array_module(s).sqrt(s) + self.eps)


class Adam(Optimiser):
    """Steps of about learning_rate in every coordinate, whatever the gradient's scale there.

    With the gradient g at step t (Kingma and Ba 2015; dissertation, Algorithm 2):

        m <- beta1 m + (1 - beta1) g              m_hat = m / (1 - beta1^t)
        v <- beta2 v + (1 - beta2) g^2            v_hat = v / (1 - beta2^t)
        theta <- theta - learning_rate * m_hat / (sqrt(v_hat) + eps)

    Parameters
    ----------
    parameters : the Parameters to adjust; a shared one is adjusted once.
    learning_rate : positive, or a schedule;  beta1, beta2, eps : as above.
    """

    def __init__(
        self, parameters: Iterable[Parameter], learning_rate: Rate = 1e-3, beta1: float = 0.9, beta2: float = 0.999,
        eps: float = 1e-8,
    ):  # fmt: skip
        check_decay(type(self).__name__, beta1=beta1, beta2=beta2)
        super().__init__(parameters, learning_rate, "m", "v")
        self.beta1, self.beta2, self.eps = float(beta1), float(beta2), float(eps)

    def update(self, rate: float) -> None:
        adam_update(
            [parameter.data for parameter in self.parameters], [parameter.grad for parameter in self.parameters],
            self.m, self.v, self.steps, rate, self.beta1, self.beta2, self.eps,
        )  # fmt: skip


class AdamW(Adam):
    """`Adam` with decoupled weight decay: before its step, theta <- theta - learning_rate weight_decay theta.

    Loshchilov and Hutter (2019), Algorithm 2.  An L2 penalty in the loss would not do the same: Adam would divide its
    gradient by sqrt(v_hat), and weights with large gradients would hardly decay.

    Parameters
    ----------
    parameters, learning_rate, beta1, beta2, eps : as in `Adam`.
    weight_decay : how much of theta goes at every step, times the learning rate.
    """

    def __init__(
        self, parameters: Iterable[Parameter], learning_rate: Rate = 1e-3, beta1: float = 0.9, beta2: float = 0.999,
        eps: float = 1e-8, *, weight_decay: float = 1e-2,
    ):  # fmt: skip
        if not weight_decay >= 0:
            raise ValueError(f"AdamW's weight_decay must be at least 0, got {weight_decay}")
        super().__init__(parameters, learning_rate, beta1, beta2, eps)
        self.weight_decay = float(weight_decay)

    def update(self, rate: float) -> None:
        for parameter in self.parameters:
            parameter.data *= 1 - rate * self.weight_decay
        super().update(rate)


def check_decay(name, **decays):
    """Raise ValueError unless each running average keeps a share from 0 to less than 1."""
    if not all(0 <= decay < 1 for decay in decays.values()):
        raise ValueError(
            f"{name}'s {' and '.join(decays)} must be in [0, 1), got {' and '.join(map(str, decays.values()))}"
        )


@several_forms
def adam_update(thetas, gradients, ms, vs, t, learning_rate, beta1, beta2, eps):
    """Step t of `Adam`'s rule, in place, for lists with an array for each parameter."""
    for theta, g, m, v in zip(thetas, gradients, ms, vs, strict=True):
        m[...] = beta1 * m + (1 - beta1) * g
        v[...] = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta -= learning_rate * m_hat / (array_module(v).sqrt(v_hat) + eps)
