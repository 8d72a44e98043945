"""Sampling error and chance level of any metric: compute it again on resampled and on shuffled points."""

import numpy as np

from .score import Score


def measure(statistic, codes, factors, rng, repeats):
    """A statistic of codes and factors, its `bootstrap_error`, and its `chance_level`, each of the statistic's shape.

    statistic : (codes, factors) -> number or array;  codes, factors : arrays with n rows.
    """
    error = bootstrap_error(statistic, (codes, factors), rng, repeats)
    chance = chance_level(statistic, codes, factors, rng, repeats)
    return statistic(codes, factors), error, chance


def bootstrap_error(statistic, arrays, rng, repeats):
    """The standard error of a statistic (Efron 1979): its standard deviation over resamples of the points.

    A resample is n of the n points, drawn with replacement.  statistic : takes the arrays, returns a number or array;
    arrays : tuple, n rows each;  repeats : how many resamples, at least 2, or 0 for none.  NaN if there are none, or if
    the statistic is infinite.
    """
    if repeats != 0 and repeats < 2:
        raise ValueError(f"repeats must be 0 (no error estimate) or at least 2, got {repeats}")
    if repeats == 0:
        return np.nan
    draws = (rng.integers(len(arrays[0]), size=len(arrays[0])) for _ in range(repeats))
    values = np.array([statistic(*(array[rows] for array in arrays)) for rows in draws])
    return values.std(axis=0, ddof=1) if np.isfinite(values).all() else np.full(values.shape[1:], np.nan)


def chance_level(statistic, codes, factors, rng, repeats):
    """What a statistic gives for the same codes and the same factors when the two have nothing to do with each other.

    The mean over `repeats` permutations of the factors' rows.  It holds what finite samples lend to a code that knows
    nothing.  NaN if `repeats` is 0.
    """
    if repeats == 0:
        return np.nan
    return np.mean([statistic(codes, factors[rng.permutation(len(factors))]) for _ in range(repeats)], axis=0)


def accuracy_score(metric, predicted, labels, rng, repeats, settings):
    """The share of right predictions on held-out samples, as a `Score`.

    The error covers the held-out samples only; the classifier stays as it was trained.  The chance level is what the
    same predictions reach on shuffled labels, about one over the number of classes.
    """
    share = measure(lambda guess, truth: np.mean(guess == truth), predicted, labels, rng, repeats)
    return Score(share[0], metric, share[1], share[2], settings | {"test_points": len(labels)})


def split_points(source, train, test, rng):
    """Random points for training and testing a classifier: codes and factors of `train`, codes and factors of `test`.

    A source with fewer points is split in the same proportion.
    """
    codes, factors = source.points(train + test, rng)
    order = rng.permutation(len(codes))
    cut = round(len(codes) * train / (train + test))
    if not 0 < cut < len(codes):
        raise ValueError(f"{len(codes)} points cannot be split into {train} for training and {test} for testing")
    return codes[order[:cut]], factors[order[:cut]], codes[order[cut:]], factors[order[cut:]]
