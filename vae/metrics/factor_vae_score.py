"""The FactorVAE metric (Kim & Mnih 2018): which latent varies least while a factor is held fixed?"""

import numpy as np

from nn.type_hints import Seed

from .resampling import accuracy_score
from .score import Score
from .source import Codes, Factors, source_of

CHUNK = 500  # votes whose batches are in memory at a time
PRUNED = 0.05  # latents with a smaller standard deviation are left out


def factor_vae_score(
    codes: Codes, factors: Factors = None, rng: Seed = 0, *,
    train: int = 10_000, test: int = 5_000, batch: int = 64, samples: int = 10_000, repeats: int = 20,
) -> Score:  # fmt: skip
    """Accuracy of a majority vote that tells which factor a batch of images has in common: 1/K is chance.

    One vote: choose a factor k and `batch` images with the same value of it, the rest random; the vote is the latent
    whose variance within the batch, over its variance in all data, is smallest.  The classifier gives each latent
    the factor that it got most training votes from; the score is the share of held-out votes that it gets right.

    Latents whose standard deviation is below 0.05 are left out: they are inactive, and what little they vary would
    win or lose votes at random.  If none is left the score is 0 (``settings["active_latents"]`` says how many are).
    It does not see a factor spread over several latents, nor one that two latents repeat, nor a slight rotation.

    train, test : votes to train on and to hold out;  batch : images for one vote;  samples : points for the global
    variances, at most.  The rest, and the returned `Score`, as in `beta_vae_score`.
    """
    rng, source = np.random.default_rng(rng), source_of(codes, factors)
    global_variance = source.points(samples, rng)[0].var(axis=0, ddof=1)
    active = np.sqrt(global_variance) >= PRUNED
    settings = {
        "codes": source.description, "points": train, "batch": batch, "active_latents": int(active.sum()),
    }  # fmt: skip
    if not active.any():
        return Score(0, "factor_vae_score", 0, 1 / len(source.names), settings | {"test_points": test})
    labels = rng.integers(len(source.names), size=train + test)
    winners = _least_varying(source, labels, batch, global_variance, active, rng)
    votes = np.zeros((len(active), len(source.names)), int)
    np.add.at(votes, (winners[:train], labels[:train]), 1)
    predicted = votes.argmax(axis=1)[winners[train:]]
    return accuracy_score("factor_vae_score", predicted, labels[train:], rng, repeats, settings)


def _least_varying(source, labels, batch, global_variance, active, rng):
    """For each label, the latent that varies least in a batch of points that share that factor: (n,) int."""
    winners = []
    for start in range(0, len(labels), CHUNK):
        fixed = np.repeat(labels[start : start + CHUNK], batch)
        points = np.repeat(source.draw(len(fixed) // batch, rng), batch, axis=0)
        for factor in np.unique(fixed):
            points[fixed == factor] = source.sharing(points[fixed == factor], factor, rng)
        codes = source.codes(points)[:, active]
        variances = codes.reshape(-1, batch, codes.shape[1]).var(axis=1, ddof=1) / global_variance[active]
        winners.append(np.flatnonzero(active)[variances.argmin(axis=1)])
    return np.concatenate(winners)
