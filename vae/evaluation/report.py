"""Everything that can be said about a trained model on images with known factors, in one call."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import linear_sum_assignment

from datasets import FactorDataset
from nn.files import atomic_write, writable_folder
from nn.type_hints import Seed

from .. import metrics
from ..network.gaussian_code import INACTIVE
from . import measures, plots
from .latents import Latents
from .report_page import page

SHOWN = 12  # originals and reconstructions
STEPS = 11  # of a traversal
PLOTTED = 10_000  # codes in the picture of the aggregate posterior (Hassan, Figure 5.2)


def evaluate(
    model: Any, data: FactorDataset, *, rng: Seed = 0,
    quick: bool = True, repeats: int = 20, only: Collection[str] | None = None, progress: bool = True,
) -> "Report":  # fmt: skip
    """Measure and draw a fitted `BetaVAE` on a data set with known factors; returns a `Report`.

    Parameters
    ----------
    model : the fitted model.
    data : images that it was not trained on, with their factors: a part of a `datasets.ShapesSet`, or any
        `datasets.FactorDataset`.
    rng : numpy Generator or seed, for what the metrics draw.
    quick, repeats, only, progress : as for `metrics.evaluate`.

    print(report) shows the text, ``report.save(folder)`` writes report.txt, report.json and report.png.
    """
    rng = np.random.default_rng(rng)
    mean, log_variance = model.encode(data.images)
    latents = Latents.of(mean, log_variance, data)
    kl, explained = latents.kl, np.stack([latents.explained[name,] for name in data.factor_names])  # (factors, latents)
    numbers = {
        "measured_images": len(data.images),
        "elbo": model.score(data.images),
        "reconstruction_error": float(measures.reconstruction_error(model, data.images).mean()),
        "kl_per_latent": kl.tolist(),
        "latents_in_use": int((kl >= INACTIVE).sum()),
        "variance_explained": dict(zip(data.factor_names, explained.tolist(), strict=True)),
        "matching": match(np.where(kl >= INACTIVE, explained, 0), data.factor_names),
    }
    scores = metrics.evaluate(model, data, rng, quick=quick, repeats=repeats, only=only, progress=progress)
    shown = data.images[np.linspace(0, len(data.images) - 1, SHOWN).astype(int)]
    pictures = {
        "pairs": np.stack([plots.as_pictures(shown), model.reconstruct(shown)]),
        "walks": measures.traverse(model, mean[0], measures.posterior_range(mean, STEPS)),
        "codes": sampled_codes(mean, log_variance, rng),
        "latents": latents,
    }
    return Report(repr(model), numbers, scores, pictures)


def match(explained, names):
    """Which latent stands for which factor: a latent each, so that the explained variances have the largest sum.

    explained : (factors, latents), 0 for inactive latents.  Returns {factor: {"latent": j, "explained":
    share}}, without the factors for which no latent is left.
    """
    pairs = zip(*linear_sum_assignment(-explained), strict=True)
    return {names[k]: {"latent": int(j), "explained": float(explained[k, j])} for k, j in pairs if explained[k, j] > 0}


def sampled_codes(mean, log_variance, rng):
    """Draws of z ~ q(z|x) for at most `PLOTTED` of the images: the aggregate posterior, (n, latents)."""
    rows = rng.permutation(len(mean))[:PLOTTED]
    return mean[rows] + np.exp(log_variance[rows] / 2) * rng.standard_normal((len(rows), mean.shape[1]))


@dataclass(frozen=True)
class Report:
    """What `evaluate` found.

    Attributes
    ----------
    model : the model's representation, with the meaning of its beta.
    numbers : dict of what was measured, ready for JSON.
    scores : `metrics.Scores`, each with its error and chance level.
    pictures : what the page draws: arrays, and the `Latents`.
    """

    model: str
    numbers: dict[str, Any]
    scores: metrics.Scores
    pictures: dict[str, np.ndarray]

    def __str__(self):
        n = self.numbers
        head = (
            f"{self.model}\non {n['measured_images']:,} images: ELBO {n['elbo']:.2f} nats, reconstruction error "
            f"||x - x'|| / n = {n['reconstruction_error']:.6f}, {n['latents_in_use']} of {len(n['kl_per_latent'])} "
            "latents in use"
        )
        return "\n\n".join([head, self._latents(), self._matching(), str(self.scores)])

    def figure(self) -> Figure:
        """One page: reconstructions, KL, what explains each latent, the aggregate posterior, traversals, scores."""
        return page(self.model, self.numbers, self.scores, self.pictures)

    def to_json(self) -> str:
        """Model, numbers and scores as a JSON text."""
        return json.dumps({"model": self.model, **self.numbers, "scores": json.loads(self.scores.to_json())}, indent=1)

    def save(self, folder: str | Path) -> None:
        """Write report.txt, report.json and report.png."""
        folder = Path(writable_folder(folder))
        for name, text in (("report.txt", str(self) + "\n"), ("report.json", self.to_json() + "\n")):
            with atomic_write(folder / name, "w") as file:
                file.write(text)
        plots.save(self.figure(), folder / "report.png")

    def _latents(self):
        factors = self.numbers["variance_explained"]
        lines = ["latent   KL (nats)   variance explained by" + "".join(f"{name:>12}" for name in factors)]
        for j, kl in enumerate(self.numbers["kl_per_latent"]):
            shares = "".join(f"{100 * explained[j]:>10.0f} %" for explained in factors.values())
            lines.append(f"z{j:<6} {kl:>9.2f}" + " " * 24 + (shares if kl >= INACTIVE else "inactive"))
        return "\n".join(lines)

    def _matching(self):
        pairs = (
            f"{name}: z{m['latent']} ({100 * m['explained']:.0f} %)" for name, m in self.numbers["matching"].items()
        )
        return "best latent for each factor, one each: " + ", ".join(pairs)
