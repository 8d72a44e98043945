"""Gradient descent, plain and Adam."""

import math

import numpy as np

from .device import array_module, check_together, device_of, to_device
from .kernels import kernel
from .parameter import unique
from .threads import blocks_of, on_all_threads


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
            for data, grad in blocks_of(parameter.data, parameter.grad):
                data -= self.learning_rate * grad


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
        self.moments = [_zeros_like(parameter.data) for parameter in self.parameters]
        self._table = None

    def step(self):
        """Move every parameter by Adam's rule for its present gradient."""
        self.steps += 1
        root = math.sqrt((1 - self.beta2) / (1 - self.beta2**self.steps))  # v_hat = root^2 * V, see adam_update
        step_size = self.learning_rate * (1 - self.beta1) / (1 - self.beta1**self.steps) / root

        factors = self.beta1, self.beta2, self.eps / root, step_size
        arrays = [(p.data, p.grad, m, v) for p, (m, v) in zip(self.parameters, self.moments, strict=True)]
        if len({type(array) for four in arrays for array in four}) > 1:
            check_together("Adam", *(array for four in arrays for array in four))

        if isinstance(arrays[0][0], np.ndarray):
            blocks = [block for four in arrays for block in blocks_of(*four)]
            on_all_threads(lambda *four: adam_update(*four, *factors), blocks)
        else:
            self._table = adam_update_all(arrays, *factors, self._table)

    def to_device(self, device):
        """Move the moments to ``"cpu"`` or ``"gpu"``, where the parameters are, to go on with the training there."""
        self.moments = [(to_device(m, device), to_device(v, device)) for m, v in self.moments]

    def state(self):
        """The moments and the step count, by name: what continuing after a pause needs."""
        arrays = {f"{position}.{name}": array
                  for position, moments in enumerate(self.moments)
                  for name, array in zip("mv", moments, strict=True)}  # fmt: skip
        return arrays | {"steps": np.array(self.steps)}

    def load_state(self, state):
        """Copy what `state` returned into this optimiser of the same parameters."""
        self.steps = int(state["steps"])
        for position, moments in enumerate(self.moments):
            for name, array in zip("mv", moments, strict=True):
                array[...] = to_device(state[f"{position}.{name}"], device_of(array))


def adam_update(data, grad, m, v, beta1, beta2, eps, step_size):
    """One step of `Adam` in place, on moments that are kept without their constant factors:

        M <- beta1 M + g          m = (1 - beta1) M
        V <- beta2 V + g^2        v = (1 - beta2) V
        theta <- theta - step_size * M / (sqrt(V) + eps)

    With root^2 = (1 - beta2) / (1 - beta2^t), so that v_hat = root^2 V, this is `Adam`'s rule if step_size is
    learning_rate (1 - beta1) / (1 - beta1^t) / root, and eps the rule's eps / root.  The factors cost nothing here,
    and three passes over the memory if they stood in the lines above.
    """
    xp = array_module(data)
    m *= beta1
    m += grad
    work = grad * grad
    v *= beta2
    v += work
    xp.sqrt(v, out=work)
    work += eps
    xp.divide(m, work, out=work)
    work *= step_size
    data -= work


_adam_kernel = kernel(
    "raw T like, raw uint64 addresses, raw int64 starts, int32 arrays, T beta1, T beta2, T eps, T step_size",
    "",
    """
    int low = 0, high = arrays;  // which array does number i belong to?  Bisection in the list of where they start
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (starts[middle] <= i) low = middle; else high = middle;
    }
    ptrdiff_t k = i - starts[low];
    T &theta = reinterpret_cast<T*>(addresses[4 * low])[k];
    T g = reinterpret_cast<T*>(addresses[4 * low + 1])[k];
    T &m = reinterpret_cast<T*>(addresses[4 * low + 2])[k];
    T &v = reinterpret_cast<T*>(addresses[4 * low + 3])[k];
    m = beta1 * m + g;
    v = beta2 * v + g * g;
    theta -= step_size * m / (sqrt(v) + eps);
    """,
    "adam_update_all",
)


def adam_update_all(arrays, beta1, beta2, eps, step_size, table=None):
    """`adam_update` on a GPU, for all parameters in one kernel: launching many takes longer than running them.

    arrays : a list of (data, grad, m, v), CuPy arrays of one dtype.
    table : what the last call returned: where the arrays are in the GPU's memory, sent there only when that changes.
    """
    addresses = tuple(array.data.ptr for four in arrays for array in four)
    if table is None or table[0] != addresses:
        table = addresses, *_table_of(arrays, addresses)
    _, on_gpu, starts, total = table
    _adam_kernel(arrays[0][0], on_gpu, starts, len(arrays), beta1, beta2, eps, step_size, size=total)
    return table


def _table_of(arrays, addresses):
    """(addresses, starts, total): for each array where it is, and the number of its first element among all of them."""
    like = arrays[0][0]
    for four in arrays:
        if not all(array.dtype == like.dtype and array.flags.c_contiguous for array in four):
            raise ValueError(
                "Adam on a GPU takes parameters of one dtype in C order: use parameter.data = xp.ascontiguousarray(...)"
            )
    xp = array_module(like)
    *starts, total = np.cumsum([0] + [data.size for data, *_ in arrays]).tolist()
    return xp.asarray(np.array(addresses, np.uint64)), xp.asarray(np.array(starts, np.int64)), total


def _zeros_like(data):
    xp = array_module(data)
    return xp.zeros(data.shape, data.dtype), xp.zeros(data.shape, data.dtype)
