"""Schedules: numbers that change while a network learns, such as a learning rate, or a VAE's beta.

A schedule is a function of the step, 0 for the first one, that gives a number.  An optimiser takes a number or a
schedule as its learning rate; any function will do:

>>> nn.SGD(network.parameters(), learning_rate=lambda step: 0.1 / (1 + step / 100))

Those below are the usual ones.  They know nothing but their settings, so that a training that goes on after a pause
needs only its step, and they print and compare as what they are.
"""

import math
from dataclasses import dataclass

from .type_hints import Any, Rate


def at(value: Rate, step: int) -> float:
    """The number that a number or a schedule gives at a step."""
    return float(value(step) if callable(value) else value)


def end(value: Rate) -> float | None:
    """Where a number or a schedule comes to rest: what it gives at step infinity; NaN if it never does.

    `Linear` rests at its end, `WarmUp` and `Hold` where their `then` does; `Step` and `Cyclic` never rest.
    """
    return at(value, math.inf)


def check(schedule: Any, **bounds: tuple[float, float]) -> None:
    """Raise ValueError unless each attribute named in `bounds` is finite and within (lowest, highest)."""
    for name, (lowest, highest) in bounds.items():
        value = getattr(schedule, name)
        if not (math.isfinite(value) and lowest <= value <= highest):
            limits = f"at least {lowest:g}" if highest == math.inf else f"from {lowest:g} to {highest:g}"
            raise ValueError(f"{type(schedule).__name__}'s {name} must be a number {limits}, got {value}")


@dataclass(frozen=True)
class Constant:
    """value, at every step."""

    value: float

    def __call__(self, step: int) -> float:
        return self.value


@dataclass(frozen=True)
class Linear:
    """From start to end in equal differences, then end: start + (end - start) min(step / steps, 1).

    Rising from 0 it is the usual annealing of a VAE's beta ("KL warm-up": Bowman et al. 2016; Sonderby et al. 2016);
    falling it loosens a bottleneck little by little (compare Burgess et al. 2018).
    """

    start: float
    end: float
    steps: int

    def __post_init__(self):
        check(self, steps=(1, math.inf))

    def __call__(self, step: int) -> float:
        return self.start + (self.end - self.start) * min(step / self.steps, 1)


@dataclass(frozen=True)
class Step:
    """value factor^k, k = floor(step / every): a fall by the factor after every so many steps (He et al. 2016)."""

    value: float
    every: int
    factor: float = 0.1

    def __post_init__(self):
        check(self, every=(1, math.inf), factor=(0, math.inf))

    def __call__(self, step: int) -> float:
        return self.value * self.factor ** (step // self.every)


@dataclass(frozen=True)
class Cosine:
    """Half a cosine from value down to end: end + (value - end) (1 + cos(pi min(step / steps, 1))) / 2.

    Slow at both ends, fast between them.  Loshchilov and Hutter (2017), eq. 5, without restarts.
    """

    value: float
    steps: int
    end: float = 0.0

    def __post_init__(self):
        check(self, steps=(1, math.inf))

    def __call__(self, step: int) -> float:
        return self.end + (self.value - self.end) * (1 + math.cos(math.pi * min(step / self.steps, 1))) / 2


@dataclass(frozen=True)
class WarmUp:
    """Rise for `steps` steps, in equal differences from near 0 to where `then` begins; then follow it from its step 0.

    then(0) (step + 1) / (steps + 1) for step < steps, afterwards then(step - steps): large steps do harm while the
    first gradients, and Adam's averages of them, are still wild.  Goyal et al. (2017), section 2.2.

    then : a number or a schedule, for example ``WarmUp(500, Cosine(0.1, 10_000))``.
    """

    steps: int
    then: Rate

    def __post_init__(self):
        check(self, steps=(1, math.inf))

    def __call__(self, step: int) -> float:
        if step < self.steps:
            return at(self.then, 0) * (step + 1) / (self.steps + 1)
        return at(self.then, step - self.steps)


@dataclass(frozen=True)
class Hold:
    """Stay for `steps` steps where `then` begins; then follow it from its step 0.

    then(0) for step < steps, afterwards then(step - steps): large steps until the network has found its way, small
    ones to end.  After a `WarmUp` it is the "stable" phase of Hu et al. (2024), section 4.

    then : a number or a schedule, for example ``Hold(5_000, Cosine(0.1, 5_000))``.
    """

    steps: int
    then: Rate

    def __post_init__(self):
        check(self, steps=(1, math.inf))

    def __call__(self, step: int) -> float:
        return at(self.then, max(0, step - self.steps))


@dataclass(frozen=True)
class Cyclic:
    """Again and again: a linear rise from low to high in the first part of every period, then high for the rest of it.

    With u = (step mod period) / period:  low + (high - low) min(u / rise, 1).  Fu et al. (2019), eqs. 6 and 7, for
    beta: the code that each new rise starts from has been learned in the cycle before.
    """

    low: float
    high: float
    period: int
    rise: float = 0.5

    def __post_init__(self):
        check(self, period=(1, math.inf), rise=(0.01, 1))

    def __call__(self, step: int) -> float:
        return self.low + (self.high - self.low) * min(step % self.period / self.period / self.rise, 1)


SCHEDULES = (Constant, Linear, Step, Cosine, WarmUp, Hold, Cyclic)
