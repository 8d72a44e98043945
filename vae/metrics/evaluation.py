"""All metrics of one representation, as a table."""

import json
import math
import warnings
from collections.abc import Collection
from typing import Any

import numpy as np
from tqdm import tqdm

from nn.type_hints import Seed

from .active_latents import active_latents
from .beta_vae_score import beta_vae_score
from .covariance_gap import covariance_gap
from .dci import dci
from .difference import difference_score
from .explicitness import explicitness
from .factor_vae_score import factor_vae_score
from .modularity import modularity
from .mutual_information_gap import mutual_information_gap
from .sap import sap_score
from .score import Score
from .source import Factors, source_of
from .total_correlation import total_correlation


class Scores(dict[str, Score]):
    """Scores by name.  print() shows a table; `to_json` and `from_json` keep it."""

    def __str__(self):
        rows = [("metric", "score", "error", "chance", "settings")]
        for name, score in self.items():
            rows.append((name, _number(score), _number(score.error), _number(score.chance), _remark(score)))
        widths = [max(map(len, column)) for column in list(zip(*rows, strict=True))[:4]]
        lines = []
        for name, *numbers, settings in rows:
            aligned = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True)]
            lines.append("  ".join([name.ljust(widths[0]), *aligned, settings]))
        return "\n".join(lines)

    def to_json(self) -> str:
        """Value, error, chance and settings of every score, as a JSON text."""
        return json.dumps({name: score.as_dict() for name, score in self.items()}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "Scores":
        """The table that `to_json` wrote."""
        return cls({name: Score.from_dict(plain) for name, plain in json.loads(text).items()})


def evaluate(
    codes: Any, factors: Factors, rng: Seed = 0, *,
    quick: bool = True, repeats: int = 20, only: Collection[str] | None = None, progress: bool = True,
) -> Scores:  # fmt: skip
    """Every metric of one representation, with the papers' sample counts: a dict of `Score`s that prints as a table.

    Parameters
    ----------
    codes, factors : arrays (n, latents) and (n, k) int; or a function images -> codes and a data set with known
        factors; or a model with ``transform`` and ``encode``, such as a `BetaVAE`, and such a data set.  The metrics of
        the posterior, `covariance_gap` and `active_latents`, need a model.
    rng : numpy Generator or seed.
    quick : the quick forms of `difference_score` and `dci`; without them this takes many minutes.
    repeats : resamples for the errors (five for DCI).
    only : names of the metrics to compute; None for all.
    progress : whether to show progress bars, on a terminal.

    A metric that these data do not allow is left out, with a warning.  Raises ValueError or TypeError for codes or
    data that none could take.
    """
    rng = np.random.default_rng(rng)
    encode, represent = getattr(codes, "encode", None), getattr(codes, "transform", codes)
    source = source_of(represent, factors)
    source.progress = progress
    source.points(1, rng)  # what is wrong with all of it shows here, before any work is lost
    common = {"rng": rng, "repeats": repeats}
    metrics = {
        "difference_score": lambda: difference_score(source, quick=quick, **common),
        "beta_vae_score": lambda: beta_vae_score(source, **common),
        "factor_vae_score": lambda: factor_vae_score(source, **common),
        "mutual_information_gap": lambda: mutual_information_gap(source, **common),
        "dci": lambda: dci(source, quick=quick, rng=rng, repeats=min(repeats, 5)),
        "sap_score": lambda: sap_score(source, **common),
        "modularity": lambda: modularity(source, **common),
        "explicitness": lambda: explicitness(source, **common),
        "total_correlation": lambda: total_correlation(source, **common),
    }
    if encode is not None:
        metrics["covariance_gap"] = lambda: covariance_gap(encode, factors, **common)
        metrics["active_latents"] = lambda: active_latents(encode, factors, **common)
    unknown = set(only or ()) - set(metrics)
    if unknown:
        raise ValueError(f"no metric {', '.join(sorted(unknown))} for these data: choose from {', '.join(metrics)}")
    scores = Scores()
    with tqdm([name for name in metrics if only is None or name in only], disable=None if progress else True) as bar:
        for name in bar:
            bar.set_description(name)
            try:
                result = metrics[name]()
            except ValueError as error:
                warnings.warn(f"{name} is left out: {error}", stacklevel=2)
                continue
            scores.update({score.metric: score for score in (result if isinstance(result, tuple) else (result,))})
    return scores


def _number(number):
    return "-" if math.isnan(number) else f"{float(number):.4f}"


def _remark(score):
    settings = ", ".join(f"{name} {value}" for name, value in score.settings.items())
    within = not math.isnan(score.chance) and abs(score - score.chance) <= 2 * score.error
    return ("not told from chance; " if within else "") + settings
