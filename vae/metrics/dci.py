"""Disentanglement, completeness and informativeness, DCI (Eastwood & Williams 2018)."""

from typing import NamedTuple

import numpy as np
from scipy.special import entr
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier

from nn.type_hints import Seed

from .resampling import bootstrap_error, chance_level, measure, split_points
from .score import Score
from .source import Codes, Factors, progress_bar, source_of

QUICK_POINTS = 2_000
QUICK_TREES = 20  # where the full form has 100, scikit-learn's default


class DCI(NamedTuple):
    """Three `Score`s, each 0 to 1, higher is better."""

    disentanglement: Score
    completeness: Score
    informativeness: Score


def dci(
    codes: Codes, factors: Factors = None, rng: Seed = 0, *,
    train: int = 10_000, test: int = 5_000, quick: bool = False, repeats: int = 5,
) -> DCI:  # fmt: skip
    """Does each latent serve one factor, does each factor need one latent, and are the factors in there at all?

    Gradient-boosted trees (scikit-learn's, with their defaults) predict each factor from all latents.  R_jk >= 0 is how
    much latent j contributes to predicting factor k, the trees' importance, and adds up to 1 for each factor.

        disentanglement   mean over latents, weighted by their row sums, of 1 - H_K( R_j1 ... R_jK / sum_k R_jk )
        completeness      mean over factors of                              1 - H_D( R_1k ... R_Dk )
        informativeness   accuracy of the trees on held-out points, mean over factors

    H_K is the entropy with logarithms to base K, so that an even spread over all K factors has H = 1; D is the number
    of latents.  (The paper reports an error for the last, and lasso or random forests; the choices here are those of
    Locatello et al. 2019.)

    Parameters
    ----------
    codes, factors, rng : as in `mutual_information_gap`.
    train, test : points to train on and to hold out, at most.
    quick : importances from 20 rounds of boosting instead of 100 on 2,000 points, accuracy from ten extremely
        randomised trees on all of them; some twenty times as fast.  docs/metrics.md has its error, measured on six
        codes: disentanglement and completeness at most 0.08 higher (where every factor is mixed with every other).
    repeats : resamples for the error.  For disentanglement and completeness the errors, and the chance level from one
        shuffle, are those of the quick importances in both modes; the full ones vary less.

    Returns `DCI`.  Takes minutes unless quick: trees are grown for every value of every factor.
    """
    rng, source = np.random.default_rng(rng), source_of(codes, factors)
    codes, factors, test_codes, test_factors = split_points(source, train, test, rng)
    seed = int(rng.integers(2**31))

    def quick_importances(some_codes, their_factors):
        trees = grow(_quick_boosting, some_codes[:QUICK_POINTS], their_factors[:QUICK_POINTS].T, seed)
        return importances_of(trees)

    def quick_scores(some_codes, their_factors):
        some = quick_importances(some_codes, their_factors)
        return np.array([disentanglement(some), completeness(some)])

    bar = progress_bar(source, factors.T, desc="growing trees", unit="factor")
    trees = grow(_forest if quick else GradientBoostingClassifier, codes, bar, seed)
    predicted = np.stack([model.predict(test_codes) for model in trees], axis=1)
    importances = quick_importances(codes, factors) if quick else importances_of(trees)
    error = np.broadcast_to(bootstrap_error(quick_scores, (codes, factors), rng, repeats), 2)
    chance = np.broadcast_to(chance_level(quick_scores, codes, factors, rng, min(repeats, 1)), 2)
    informative = measure(lambda guess, truth: np.mean(guess == truth), predicted, test_factors, rng, repeats)
    settings = {
        "codes": source.description, "points": len(codes), "test_points": len(test_codes),
        "classifier": "gradient-boosted trees, " + ("quick" if quick else "full"),
    }  # fmt: skip
    return DCI(
        Score(disentanglement(importances), "disentanglement", error[0], chance[0], settings),
        Score(completeness(importances), "completeness", error[1], chance[1], settings),
        Score(informative[0], "informativeness", informative[1], informative[2], settings),
    )


def grow(make, codes, columns, seed):
    """One classifier for each factor, trained on codes (n, latents) and the factors' columns (k, n): a list of k."""
    trees = []
    for values in columns:
        several = len(np.unique(values)) > 1  # boosting wants two classes at least, a forest copes with one
        trees.append((make if several else _forest)(random_state=seed).fit(codes, values))
    return trees


def importances_of(trees):
    """R (latents, k): each classifier's importances.  Rounding makes some of them -1e-17, hence the absolute value."""
    return np.abs(np.stack([model.feature_importances_ for model in trees], axis=1))


def disentanglement(importances):
    """1 - entropy of each latent's row, weighted by the row's sum.  importances : (latents, k) >= 0.  A float."""
    return _concentration(importances)


def completeness(importances):
    """1 - entropy of each factor's column, weighted by the column's sum.  importances : (latents, k) >= 0.  A float."""
    return _concentration(importances.T)


def _concentration(rows):
    """The mean of 1 - H(row) / log(its length), weighted by the rows' sums; 1 for rows of one number, 0 for no rows."""
    sums = rows.sum(axis=1)
    if not sums.any():
        return 0.0
    if rows.shape[1] == 1:
        return 1.0
    shares = rows[sums > 0] / sums[sums > 0, None]
    concentration = 1 - entr(shares).sum(axis=1) / np.log(rows.shape[1])
    return float(np.average(concentration, weights=sums[sums > 0]))


def _quick_boosting(random_state):
    return GradientBoostingClassifier(n_estimators=QUICK_TREES, random_state=random_state)


def _forest(random_state):
    return ExtraTreesClassifier(10, max_features=None, max_depth=10, min_samples_leaf=20, random_state=random_state)
