"""How much codes know of labels: a support vector machine on them (dissertation, section 4.5; paper, Figure 2)."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.svm import SVC

from datasets import LabelledImages
from nn.type_hints import Seed


def classify_codes(
    model: Any, train: LabelledImages, test: LabelledImages, *,
    shares: Iterable[float] = (1.0, 0.3, 0.1), gamma: str | float = "scale", rng: Seed = 0,
) -> list[dict[str, Any]]:  # fmt: skip
    """Accuracy of an RBF support vector machine (C = 1) that gets the codes of labelled images.

    Parameters
    ----------
    model : a fitted `BetaVAE`.
    train, test : `datasets.LabelledImages`.
    shares : of the training labels, each class keeping its share (`LabelledImages.fraction`).
    gamma : the kernel's, as for `SVC`; the dissertation's version of scikit-learn had "auto", 1 / latents.
    rng : numpy Generator or seed, for the sampled codes and the shares.

    Returns a list of dicts, one for each share and kind of code: ``share``, ``images``, ``code``, "mean" for m or
    "sampled" for a draw of z ~ q(z|x), as the dissertation's author fed them, ``accuracy`` on the test images and
    ``error``, its binomial standard error.
    """
    rng = np.random.default_rng(rng)
    seed = int(rng.integers(2**31))
    test_codes = _codes(model, test.images, rng)
    rows = []
    for share in shares:
        part = train.fraction(share, seed)
        for kind, codes in _codes(model, part.images, rng).items():
            machine = SVC(C=1, gamma=gamma).fit(codes, part.labels)
            accuracy = machine.score(test_codes[kind], test.labels)
            error = float(np.sqrt(accuracy * (1 - accuracy) / len(test)))
            rows.append({"share": share, "images": len(part), "code": kind, "accuracy": accuracy, "error": error})
    return rows


def _codes(model, images, rng):
    mean, log_variance = model.encode(images)
    noise = rng.standard_normal(mean.shape)
    return {"mean": mean, "sampled": mean + np.exp(log_variance / 2) * noise}
