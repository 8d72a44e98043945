"""Codes before a classifier."""

import numpy as np
import pytest

from datasets import LabelledImages
from vae.evaluation import classify_codes


class Coder:
    """Codes that are the label, give or take a deviation."""

    def __init__(self, deviation):
        self.deviation = deviation

    def encode(self, images):
        mean = images.reshape(len(images), 1).astype(float)
        return mean, np.full_like(mean, 2 * np.log(self.deviation))


def labelled(n):
    labels = np.arange(n) % 4
    return LabelledImages(labels.astype(np.uint8).reshape(n, 1, 1, 1), labels)


def test_clear_codes_are_classified_and_noisy_samples_are_not():
    rows = classify_codes(Coder(deviation=5.0), labelled(400), labelled(200))
    assert [(row["share"], row["images"], row["code"]) for row in rows] == [
        (share, images, code) for share, images in ((1.0, 400), (0.3, 120), (0.1, 40)) for code in ("mean", "sampled")
    ]
    for row in rows:
        assert (row["accuracy"] == 1.0) == (row["code"] == "mean")
        assert row["error"] == pytest.approx(np.sqrt(row["accuracy"] * (1 - row["accuracy"]) / 200))
    assert all(row["accuracy"] < 0.6 for row in rows if row["code"] == "sampled")


def test_the_seed_reproduces_it():
    first, again = (classify_codes(Coder(1.0), labelled(200), labelled(100), rng=3) for _ in range(2))
    assert first == again
