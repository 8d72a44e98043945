"""MNIST as the dissertation split it."""

import datasets
import numpy as np

VALIDATION = 5_000  # TensorFlow's reader, which the dissertation used, sets these first images apart


def training_and_validation(setting):
    """``images`` of the 55,000 training images, drawn by the setting's seed; the first ``validation`` of the 5,000."""
    mnist = datasets.load_mnist("train")
    rng = np.random.default_rng(setting["random_state"])
    rows = VALIDATION + np.sort(rng.permutation(len(mnist) - VALIDATION)[: setting["images"]])
    return mnist.subset(rows), mnist.subset(slice(setting["validation"]))


def test_images(setting):
    """The first ``tested`` of the 10,000 test images."""
    return datasets.load_mnist("test").subset(slice(setting["tested"]))


def one_of_each(labelled):
    """The first image of every digit: (10, 28, 28, 1)."""
    return np.concatenate([labelled.of_class(digit).images[:1] for digit in range(10)])
