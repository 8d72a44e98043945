"""Explicitness (Ridgeway & Mozer 2018): can a linear classifier read every factor off the whole code?"""

import numpy as np
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression

from nn.type_hints import Seed

from .information import relabel
from .resampling import bootstrap_error, split_points
from .score import Score
from .source import Codes, Factors, source_of


def explicitness(
    codes: Codes, factors: Factors = None, rng: Seed = 0, *, train: int = 10_000, test: int = 5_000, repeats: int = 20
) -> Score:
    """The mean area under the ROC curve, one value of a factor against the others: 0.5 is chance, 1 is perfect.

    For each factor a logistic regression (scikit-learn, C = 1) on the standardised codes; for each value of the factor
    the AUC of its predicted probability on held-out points; the mean over values, then over factors.  It is the raw
    AUC; 2 AUC - 1 would put chance at 0.  It sees whether the information is there, linearly, in however many latents.

    train, test : points to train on and to hold out, at most.  The rest, and the returned `Score`, as in
    `mutual_information_gap`; the error covers the held-out points.
    """
    rng, source = np.random.default_rng(rng), source_of(codes, factors)
    train_codes, train_factors, test_codes, test_factors = split_points(source, train, test, rng)
    labels = relabel(np.concatenate([train_factors, test_factors]))
    mean, deviation = train_codes.mean(axis=0), train_codes.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1)
    x, held_out = (train_codes - mean) / scale, (test_codes - mean) / scale
    probabilities = [_probabilities(x, values[: len(x)], held_out, values.max() + 1) for values in labels.T]
    sizes = [columns.shape[1] for columns in probabilities]

    def mean_auc(predicted, truth):
        parts = np.split(predicted, np.cumsum(sizes)[:-1], axis=1)
        return np.mean([auc_by_value(part, values) for part, values in zip(parts, truth.T, strict=True)])

    predicted, truth = np.concatenate(probabilities, axis=1), labels[len(x) :]
    error = bootstrap_error(mean_auc, (predicted, truth), rng, repeats)
    settings = {
        "codes": source.description, "points": len(x), "test_points": len(held_out),
        "classifier": "logistic regression, C=1", "scale": "raw AUC",
    }  # fmt: skip
    return Score(mean_auc(predicted, truth), "explicitness", error, 0.5, settings)


def auc_by_value(probabilities, values):
    """The mean over values of the AUC of one value's probability against all others.

    AUC is the chance that a point with the value gets a higher probability than one without: with the ranks of all
    points, (sum of the ranks of those with it - p (p + 1) / 2) / (p q), of which p are with it and q without.  A value
    that no point has, or every point, is left out.

    probabilities : (n, size);  values : (n,) int in 0 ... size - 1.
    """
    chosen = values[:, None] == np.arange(probabilities.shape[1])
    positives = chosen.sum(axis=0)
    usable = (positives > 0) & (positives < len(values))
    chosen, positives = chosen[:, usable], positives[usable]
    if len(positives) == 0:
        return 0.5
    ranks = rankdata(probabilities[:, usable], axis=0)
    above = np.sum(ranks * chosen, axis=0) - positives * (positives + 1) / 2
    return np.mean(above / (positives * (len(values) - positives)))


def _probabilities(x, values, held_out, size):
    """Predicted probability of each of `size` values, 0 for one that was not among the training points."""
    result = np.zeros((len(held_out), size))
    present = np.unique(values)
    if len(present) == 1:
        result[:, present] = 1
    else:
        result[:, present] = LogisticRegression(max_iter=10_000).fit(x, values).predict_proba(held_out)
    return result
