"""The beta-VAE metric (Higgins et al. 2017; Hassan's thesis, section 6.1.1): which factor did the pairs share?"""

import numpy as np
from sklearn.linear_model import LogisticRegression

from nn.type_hints import Seed

from .resampling import accuracy_score
from .score import Score
from .source import Codes, Factors, source_of

CHUNK = 500  # samples whose pairs are in memory at a time


def beta_vae_score(
    codes: Codes, factors: Factors = None, rng: Seed = 0, *,
    train: int = 10_000, test: int = 5_000, pairs: int = 64, repeats: int = 20,
) -> Score:  # fmt: skip
    """Accuracy of a linear classifier that tells which factor L pairs of images have in common: 1/K is chance.

    One sample: choose a factor y at random, and L pairs of images that agree in it while every other factor is
    random.  Where a latent holds the shared factor alone, it hardly differs within a pair.  The classifier sees

        x = 1/L sum_l |z_l - z'_l|     (latents,)

    and predicts y: logistic regression (scikit-learn, C = 1).  It is easy to please: two factors rotated into each
    other by 30 degrees still give 1, and so does a code that lacks a factor altogether, for then that NO latent
    differs less tells which one is shared.  Since the regression is regularised it takes codes of about unit scale.

    Parameters
    ----------
    codes, factors : arrays (n, latents) and (n, k) int, from which pairs are taken; or a function images -> codes and a
        data set with factors, which renders them.
    rng : numpy Generator or seed.
    train, test : samples to train on and to hold out.
    pairs : L.
    repeats : resamples of the held-out samples for the error, and shuffles for the chance level.

    Returns a `Score`.
    """
    rng, source = np.random.default_rng(rng), source_of(codes, factors)
    labels = rng.integers(len(source.names), size=train + test)
    x = mean_differences(source, labels, pairs, rng)
    settings = {
        "codes": source.description, "points": train, "pairs": pairs, "classifier": "logistic regression, C=1",
    }  # fmt: skip
    if len(np.unique(labels[:train])) == 1:
        return Score(1, "beta_vae_score", 0, 1, settings | {"test_points": test})  # a single factor: no choice
    predicted = LogisticRegression(max_iter=10_000).fit(x[:train], labels[:train]).predict(x[train:])
    return accuracy_score("beta_vae_score", predicted, labels[train:], rng, repeats, settings)


def mean_differences(source, labels, pairs, rng):
    """For each label, the mean of |z - z'| over random pairs that share that factor: (n, latents)."""
    samples = []
    for start in range(0, len(labels), CHUNK):
        shared = np.repeat(labels[start : start + CHUNK], pairs)
        first = source.draw(len(shared), rng)
        second = np.empty_like(first)
        for factor in np.unique(shared):
            second[shared == factor] = source.sharing(first[shared == factor], factor, rng)
        differences = np.abs(source.codes(first) - source.codes(second))
        samples.append(differences.reshape(-1, pairs, differences.shape[1]).mean(axis=1))
    return np.concatenate(samples)
