"""The difference metric (Higgins et al. 2016; dissertation, section 4.4, Algorithm 7 and Appendix D)."""

from collections.abc import Sequence

import numpy as np

from nn.type_hints import Seed

from .resampling import accuracy_score
from .softmax_classifier import SoftmaxClassifier
from .score import Score
from .source import Codes, Factors, positions, progress_bar, source_of


def difference_score(
    codes: Codes, factors: Factors = None, rng: Seed = 0, *,
    samples: int = 50_000, exclude: Sequence[int | str] | None = None, quick: bool = False, repeats: int = 20,
) -> Score:  # fmt: skip
    """Accuracy of a linear classifier that tells which one factor differs between two images: 1/K is chance.

    One sample: two images that differ in exactly one factor y, chosen at random.  The classifier sees

        x = |z - z'| / max |z - z'|     (latents,)

    and predicts y.  The excluded factors never differ within a pair and are no class; each of their values occurs
    equally often (Algorithm 7: the shape).  A pair of identical images is drawn again; if the codes are equal though
    the images are not, x is 0.  The classifier is the dissertation's own, one dense layer and a softmax, trained by
    Adam with every gradient by hand (`SoftmaxClassifier`) on 70 % of the samples, stopped early by 15 %, and tested on
    the other 15 %: 35,000, 7,500 and 7,500.

    Parameters
    ----------
    codes, factors : arrays (n, latents) and (n, k) int, among whose rows the pairs are found; or a function images ->
        codes and a data set with factors, which renders them.
    rng : numpy Generator or seed.
    samples : pairs, all together.
    exclude : factors that are not a class: names for a data set, column numbers for an array.  None excludes the factor
        called "shape", if there is one.
    quick : fit by L-BFGS instead of Adam, in a second instead of minutes.  It goes down to the minimum where Adam stops
        on the slope: the score is the same for clear codes, and a little higher for hard ones.
    repeats : resamples of the held-out samples for the error, and shuffles for the chance level.

    Returns a `Score`.  Raises ValueError if no two rows differ in one factor alone.
    """
    rng, source = np.random.default_rng(rng), source_of(codes, factors)
    excluded = positions(source, [name for name in source.names if name == "shape"] if exclude is None else exclude)
    changed = [factor for factor in range(len(source.names)) if factor not in excluded]
    settings = {
        "codes": source.description, "points": samples - 2 * round(0.15 * samples), "factors": _names(source, changed),
        "classifier": "softmax, " + ("L-BFGS" if quick else "Adam"),
    }  # fmt: skip
    if len(changed) < 2:
        raise ValueError(f"the difference metric needs at least two factors to tell apart, got {settings['factors']}")
    x, labels = differences(source, changed, excluded, samples, rng)
    held_out = round(0.15 * samples)
    test, validation, train = np.split(rng.permutation(samples), [held_out, 2 * held_out])
    classifier = SoftmaxClassifier(x.shape[1], len(changed), rng)
    if quick:
        classifier.fit_quickly(x[train], labels[train])
    else:
        with progress_bar(source, desc="fitting", unit="step") as bar:
            classifier.fit(x[train], labels[train], x[validation], labels[validation], bar)
    return accuracy_score("difference_score", classifier.predict(x[test]), labels[test], rng, repeats, settings)


def differences(source, changed, excluded, samples, rng):
    """x (samples, latents) float32 and y (samples,) int, an index into `changed`; as in Algorithm 7."""
    labels = rng.integers(len(changed), size=samples)
    x = None
    for label, factor in enumerate(changed):
        rows = np.flatnonzero(labels == label)
        first, second = source.pairs_changing(factor, len(rows), excluded, rng)
        distances = np.abs(source.codes(first) - source.codes(second))
        largest = distances.max(axis=1, keepdims=True)
        x = np.zeros((samples, distances.shape[1]), np.float32) if x is None else x
        x[rows] = np.divide(distances, largest, out=np.zeros_like(distances), where=largest > 0)
    return x, labels


def _names(source, factors):
    return ", ".join(source.names[factor] for factor in factors)
