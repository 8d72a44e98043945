"""One draw of a layer or a loss: random inputs and parameters, what it computes, and the truth about its gradients."""

import copy
import functools
import inspect

import numpy as np

from .finite_differences import jacobian

BATCHES, IMAGE_BATCHES = (5, 7, 11), (3, 5, 7)  # of the three draws; the other sizes of x stay as they are


class Case:
    """A layer (or loss) with one set of random arrays.

    Attributes: ``x``, ``more`` (further arguments), ``parameters`` {name: parameter}, ``dy``, ``y``, ``gradients``
    {label: array}: what backward returned or added.
    """

    def __init__(self, subject, x, more, rng, training):
        self.is_loss = not hasattr(subject, "forward")
        self.subject = subject if self.is_loss else copy.deepcopy(subject)
        self.names = _argument_names(subject, 1 + len(more))
        self.x, self.more, self.training = x, list(more), training
        self.parameters = {} if self.is_loss else parameters_of(self.subject)
        for name, parameter in self.parameters.items():
            _randomise(name, parameter, rng)
        self.rng = rng
        self._seed = np.random.get_state()  # noqa: NPY002  a student's layer may draw from it
        self.untouched = subject if self.is_loss else copy.deepcopy(self.subject)
        self.is_random = False

    def parameters_now(self):
        """The parameters of the subject as it is now (a copied one has copies)."""
        return {} if self.is_loss else parameters_of(self.subject)

    @property
    def inputs(self):
        """The positional arguments of forward that are arrays of floats: {name: array}."""
        named = zip(self.names, (self.x, *self.more), strict=True)
        return {name: a for name, a in named if isinstance(a, np.ndarray) and a.dtype.kind == "f"}

    def forward(self, subject=None, training=None):
        """y for the present arrays (a copy); for a loss the value."""
        subject = subject or self.subject
        if self.is_loss:
            return np.asarray(subject(self.x, *self.more)[0])
        training = self.training if training is None else training
        return np.array(call_forward(subject, self.x, *self.more, training=training))

    def backward(self, dy, subject=None):
        """{label: gradient} for this dy after a forward: of the inputs, and of the parameters from zero."""
        subject = subject or self.subject
        if self.is_loss:
            _, *gradients = subject(self.x, *self.more)
            return {f"d{name}": _array(g) for name, g in zip(self.names, gradients, strict=False)}
        parameters = parameters_of(subject)
        for parameter in parameters.values():
            zero(parameter)
        gradients = subject.backward(dy)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        result = {f"d{name}": _array(g) for name, g in zip(self.names, gradients, strict=False)}
        return result | {f"{name}.grad": _array(p.grad) for name, p in parameters.items()}

    def start_again(self):
        """Make the layer what it was before its first forward, with the same random numbers to come."""
        if not self.is_loss:
            np.random.set_state(self._seed)  # noqa: NPY002
            self.subject = copy.deepcopy(self.untouched)
            self.parameters = self.parameters_now()

    def run(self):
        """Forward and backward, kept as `y`, `dy` and `gradients`."""
        self.start_again()
        self.y = self.forward()
        self.is_random = not np.array_equal(self.y, self.forward())
        self.start_again()
        self.forward()
        self.dy = np.ones(()) if self.is_loss else self.rng.uniform(0.4, 1.6, self.y.shape) * self._signs()
        self.gradients = self.backward(self.dy.copy() if self.dy.ndim else self.dy)

    def derivatives(self, label, elements=None):
        """The Jacobian of y for the array with this label, see `jacobian`.  Nothing is left changed."""
        twin = copy.copy(self)
        twin.more = list(self.more)
        twin.start_again()
        array = twin.array(label)
        return jacobian(twin._repeatable(), array, elements)

    def _repeatable(self):
        """forward on arrays as they stand, with the same random numbers each time."""
        if not self.is_random:
            return self.forward
        fresh, arrays = self.subject, {id(p.data): p.data for p in self.parameters.values()}

        def forward():
            np.random.set_state(self._seed)  # noqa: NPY002
            self.subject = copy.deepcopy(fresh, dict(arrays))
            return self.forward()

        return forward

    def array(self, label):
        """The array whose gradient has this label; moving it in place moves y."""
        name = label.removesuffix(".grad")
        if label.endswith(".grad"):
            return self.parameters[name].data
        if self.is_first(label):
            self.x = np.array(self.x, dtype=np.float64)
            return self.x
        k = self.names.index(name[1:]) - 1
        self.more[k] = np.array(self.more[k], dtype=np.float64)
        return self.more[k]

    def is_first(self, label):
        """Whether the label is that of the gradient for the first argument, dx."""
        return label == f"d{self.names[0]}"

    def _signs(self):
        return self.rng.choice([-1.0, 1.0], self.y.shape)


def cases_of(subject, x, more, seed, training):
    """Three cases: of three subjects and inputs if these are lists, else of one with other batch sizes."""
    rng = np.random.default_rng(seed)
    if isinstance(subject, list) or isinstance(x, list):
        subjects = subject if isinstance(subject, list) else [subject] * len(x)
        xs = x if isinstance(x, list) else [x] * len(subjects)
        mores = [[m[k] if isinstance(m, list) else m for m in more] for k in range(len(xs))]
        return [Case(s, _as_float(a, rng), m, rng, training) for s, a, m in zip(subjects, xs, mores, strict=True)]
    x = _as_float(x, rng)
    batches = IMAGE_BATCHES if x[0].size > 60 else BATCHES
    return [Case(subject, *_redrawn(x, more, batch, rng), rng, training) for batch in batches]


def _as_float(x, rng):
    x = rng.normal(size=x) if isinstance(x, tuple) else np.asarray(x, dtype=np.float64)
    if x.ndim == 0 or x.size == 0:
        raise ValueError(f"x must hold at least one example, got the shape {x.shape}")
    return x if np.ptp(x) > 0 else rng.normal(size=x.shape)


def _redrawn(x, more, batch, rng):
    """x with `batch` examples, each between two of the given, and the other arguments with their rows.

    Between two examples nothing leaves a domain such as (0, 1); rows of labels stay whole.
    """
    first = rng.integers(len(x), size=batch)
    second = (first + rng.integers(1, max(2, len(x)), size=batch)) % len(x)
    weight = rng.uniform(size=(batch, *x.shape[1:]))
    new = weight * x[first] + (1 - weight) * x[second]
    if len(x) < 3 or np.ptp(new, axis=0).min() == 0:
        new = new + rng.normal(size=new.shape) * x.std()
    if x.min() >= 0 or (np.abs(x) <= 1).all():
        new = np.clip(new, x.min(), x.max())

    def rows(a):
        if not isinstance(a, np.ndarray) or a.ndim == 0 or len(a) != len(x):
            return a
        if a.dtype.kind == "f" and not np.isin(a, (0, 1)).all():
            inner = rng.uniform(size=(batch, *a.shape[1:]))
            return inner * a[first] + (1 - inner) * a[second]
        return a[first].astype(np.float64) if a.dtype.kind == "f" else a[first]

    return new, [rows(a) for a in more]


def parameters_of(layer):
    """{name: parameter}; several of one name are numbered."""
    if hasattr(layer, "named_parameters"):
        return dict(layer.named_parameters())
    found = {}
    for parameter in layer.parameters() if hasattr(layer, "parameters") else []:
        name, count = getattr(parameter, "name", "") or "parameter", 2
        while name in found:
            name, count = f"{getattr(parameter, 'name', '') or 'parameter'} {count}", count + 1
        found[name] = parameter
    return found


def zero(parameter):
    """Make the gradient zero, by the parameter's own method where that works."""
    if hasattr(parameter, "zero_grad"):
        parameter.zero_grad()
    if parameter.grad is None or np.any(parameter.grad) or parameter.grad.shape != parameter.data.shape:
        parameter.grad = np.zeros_like(parameter.data)


def call_forward(layer, *arguments, training):
    """forward, with `training` where it takes that."""
    if _takes_training(getattr(type(layer), "forward", layer.forward)):
        return layer.forward(*arguments, training=training)
    return layer.forward(*arguments)


@functools.lru_cache(maxsize=100)
def _takes_training(function):
    parameters = inspect.signature(function).parameters
    return "training" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _randomise(name, parameter, rng):
    data = np.asarray(parameter.data, dtype=np.float64)
    data = data + rng.normal(size=data.shape) * (0.5 if data.std() == 0 else max(0.3, data.std()))
    if hasattr(parameter, "forget_grad"):
        parameter.forget_grad()
    parameter.data = np.ascontiguousarray(data)
    parameter.grad = np.zeros_like(parameter.data)


def _argument_names(subject, count):
    """The names of the first positional arguments, as the student's own signature has them."""
    function = getattr(subject, "forward", subject)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        parameters = ()
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.POSITIONAL_ONLY)]
    return [names[k] if k < len(names) else ("x" if k == 0 else f"argument_{k + 1}") for k in range(count)]


def _array(value):
    return None if value is None else np.array(value)
