"""The separated attribute predictability score, SAP (Kumar, Sattigeri & Balakrishnan 2018)."""

import numpy as np
from sklearn.svm import LinearSVC

from nn.type_hints import Seed

from .information import gap_of_top_two
from .resampling import measure, split_points
from .score import Score
from .source import Codes, Factors, source_of

C = 0.01  # of the support vector machine
NEGLIGIBLE = 1e-12  # a latent with less variance than this counts as constant


def sap_score(
    codes: Codes, factors: Factors = None, rng: Seed = 0, *,
    train: int = 10_000, test: int = 5_000, continuous: bool = False, repeats: int = 20,
) -> Score:  # fmt: skip
    """How much better the best single latent predicts a factor than the second best does; mean over factors, 0 to 1.

    S_jk says how well latent j alone predicts factor k: for discrete factors the held-out accuracy of a linear support
    vector machine (scikit-learn, C = 0.01, classes weighted to balance), for continuous ones their squared correlation.

        SAP = mean_k ( S_j*k - max_{j != j*} S_jk )

    A linear machine on one number can tell apart only a few values of a factor with many: then even the codes that
    ARE the factors score far below 1.  The C also makes it depend on the scale of the codes.

    train, test : points to train on and to hold out, at most (continuous: `train` points, nothing to hold out).
    continuous : whether the factors are quantities; then they need not be whole numbers.
    The rest, and the returned `Score`, as in `mutual_information_gap`; for discrete factors the error covers the
    held-out points, and the chance level is what the same predictions reach on shuffled factors.
    """
    rng, source = np.random.default_rng(rng), source_of(codes, factors, real_factors=continuous)
    if continuous:
        codes, factors = source.points(train, rng)
        numbers = measure(gap_of_correlations, codes, factors, rng, repeats)
        settings = {"codes": source.description, "points": len(codes), "prediction": "squared correlation"}
    else:
        train_codes, train_factors, test_codes, test_factors = split_points(source, train, test, rng)
        predicted = predictions(train_codes, train_factors, test_codes)
        numbers = measure(gap_of_accuracies, predicted, test_factors, rng, repeats)
        settings = {
            "codes": source.description, "points": len(train_codes), "test_points": len(test_codes),
            "prediction": f"LinearSVC, C={C}, balanced",
        }  # fmt: skip
    return Score(numbers[0], "sap_score", numbers[1], numbers[2], settings)


def predictions(codes, factors, held_out):
    """Each factor as each latent alone predicts it, (n held out, latents, k)."""
    predicted = np.empty((len(held_out), codes.shape[1], factors.shape[1]), factors.dtype)
    for j, k in np.ndindex(predicted.shape[1:]):
        if len(np.unique(factors[:, k])) == 1:
            predicted[:, j, k] = factors[0, k]
            continue
        machine = LinearSVC(C=C, class_weight="balanced", dual=False)
        predicted[:, j, k] = machine.fit(codes[:, [j]], factors[:, k]).predict(held_out[:, [j]])
    return predicted


def gap_of_accuracies(predicted, factors):
    """SAP of predictions (n, latents, k) for factors (n, k)."""
    return np.mean(gap_of_top_two(np.mean(predicted == factors[:, None], axis=0)))


def gap_of_correlations(codes, factors):
    """SAP of codes (n, latents) and quantities (n, k): S_jk is their squared correlation, 0 for a constant."""
    codes, factors = codes - codes.mean(axis=0), factors - factors.mean(axis=0)
    variances = np.outer((codes**2).mean(axis=0), (factors**2).mean(axis=0))  # (latents, k)
    covariances = codes.T @ factors / len(codes)
    usable = (codes.var(axis=0)[:, None] > NEGLIGIBLE) & (variances > 0)
    squares = np.divide(covariances**2, variances, out=np.zeros_like(variances), where=usable)
    return np.mean(gap_of_top_two(squares))
