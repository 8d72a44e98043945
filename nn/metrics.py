"""How good is a classifier?  Numbers for people; a network learns from a loss, whose gradient says more.

scores : (batch, classes), the larger the likelier: logits or probabilities;  labels : (batch,) int in 0 ... classes -
    1.
"""

from .forms import array_module
from .losses import check_labels
from .type_hints import Array, Scalar


def accuracy(scores: Array, labels: Array) -> Scalar:
    """The share of examples whose true class has the largest score: a 0-d value of the scores' dtype, from 0 to 1."""
    check_labels("accuracy", scores, labels)
    return (scores.argmax(axis=1) == labels).mean(dtype=scores.dtype)


def confusion_matrix(scores: Array, labels: Array) -> Array:
    """How many examples of each true class (rows) were taken for each class (columns): int array (classes, classes).

    The diagonal holds what is right; `accuracy` is its sum, divided by the sum of all.
    """
    check_labels("confusion_matrix", scores, labels)
    xp, classes = array_module(scores), scores.shape[1]
    pairs = classes * labels.astype(xp.int64) + scores.argmax(axis=1)  # one number for each (row, column)
    return xp.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
