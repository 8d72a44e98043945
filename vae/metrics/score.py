"""A score that carries its sampling error, its chance level and the settings it depends on."""

import math
import warnings
from dataclasses import dataclass
from typing import Any

NOT_OF_THE_METRIC = ("codes", "points", "test_points")  # settings that may differ between two comparable scores
NUMBERS = ("value", "error", "chance")


class Score(float):
    """A number that says how far it can be trusted; in every calculation it is a float.

    Attributes
    ----------
    value : the bare float.
    metric : its name.
    error : standard error, how far the score would vary if the points were drawn again; NaN if not estimated.
    chance : what the metric gives when the codes know nothing of the factors; NaN where that has no meaning.
    settings : dict, all that the score depends on: how many points, bins, classifier, which codes.
    """

    metric: str
    error: float
    chance: float
    settings: dict[str, Any]

    def __new__(
        cls, value: float, metric: str = "", error: float = math.nan, chance: float = math.nan,
        settings: dict[str, Any] | None = None,
    ) -> "Score":  # fmt: skip
        score = super().__new__(cls, value)
        score.metric, score.error, score.chance = metric, float(error), float(chance)
        score.settings = dict(settings or {})
        return score

    def __str__(self):
        error = "" if math.isnan(self.error) else f" +- {self.error:.4f}"
        return f"{float(self):.4f}{error}"

    def __repr__(self):
        details = [f"{name}={value}" for name, value in self.settings.items()]
        if not math.isnan(self.chance):
            details.insert(0, f"chance {self.chance:.4f}")
        return f"<{self.metric} {self}{'; ' if details else ''}{', '.join(details)}>"

    def as_dict(self) -> dict[str, Any]:
        """Numbers and strings for JSON, which knows no NaN and no infinity: None and "inf"."""
        return {
            "metric": self.metric,
            **{name: _plain(getattr(self, name)) for name in NUMBERS},
            "settings": self.settings,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Score":
        """The score that `as_dict` described."""
        value, error, chance = (math.nan if plain[name] is None else float(plain[name]) for name in NUMBERS)
        return cls(value, plain["metric"], error, chance, plain["settings"])

    @property
    def value(self) -> float:
        """The bare float."""
        return float(self)


def _plain(number):
    if math.isnan(number):
        return None
    return number if math.isfinite(number) else str(number)


@dataclass(frozen=True)
class Comparison:
    """The difference of two scores beside its standard error."""

    metric: str
    difference: float
    error: float

    @property
    def significant(self) -> bool:
        """Whether the difference is more than twice its error: by chance alone that happens once in twenty times."""
        return abs(self.difference) > 2 * self.error

    def __str__(self):
        verdict = "more than twice" if self.significant else "not more than twice"
        return f"{self.metric}: difference {self.difference:+.4f}, {verdict} its error {self.error:.4f}"


def compare(first: Score, second: Score) -> Comparison:
    """How much larger the second `Score` is than the first, and whether that exceeds the sampling error.

    The errors of two independent scores add as squares, error^2 = error_1^2 + error_2^2.  It is the error of the
    measurement: of two MODELS, each trained once, it tells which has the higher score, but not that the method that
    trained one is better; that takes several trainings of each.

    Returns a `Comparison`.  Warns if the error is larger than the difference, and if the settings differ.
    Raises ValueError for scores of different metrics, or without an error.
    """
    if first.metric != second.metric:
        raise ValueError(f"two metrics, {first.metric} and {second.metric}, cannot be compared")
    error = math.hypot(first.error, second.error)
    if math.isnan(error):
        raise ValueError(f"a {first.metric} has no error estimate: compute it with repeats of at least 2")
    names = sorted((first.settings.keys() | second.settings.keys()) - set(NOT_OF_THE_METRIC))
    different = [name for name in names if first.settings.get(name) != second.settings.get(name)]
    if different:
        warnings.warn(f"these {first.metric}s were made with different settings: {', '.join(different)}", stacklevel=2)
    comparison = Comparison(first.metric, float(second) - float(first), error)
    if error > abs(comparison.difference):
        warnings.warn(f"the error is larger than the difference: {comparison}", stacklevel=2)
    return comparison
