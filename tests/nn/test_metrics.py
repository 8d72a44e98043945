import numpy as np
import pytest

from nn import metrics

SCORES = np.array([[0.1, 0.9, 0], [5, 1, 1], [0, 0, 1], [2, 3, 1]], np.float32)


@pytest.mark.parametrize("dtype", [np.int64, np.uint8])
def test_by_hand(dtype):
    labels = np.array([1, 0, 1, 1], dtype)
    assert metrics.accuracy(SCORES, labels) == 0.75
    np.testing.assert_array_equal(metrics.confusion_matrix(SCORES, labels), [[1, 0, 0], [0, 2, 1], [0, 0, 0]])


def test_against_scikit_learn():
    from sklearn.metrics import accuracy_score, confusion_matrix

    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=(500, 20)), rng.integers(20, size=500).astype(np.uint8)
    assert metrics.accuracy(scores, labels) == pytest.approx(accuracy_score(labels, scores.argmax(axis=1)))
    np.testing.assert_array_equal(
        metrics.confusion_matrix(scores, labels), confusion_matrix(labels, scores.argmax(axis=1), labels=range(20))
    )


@pytest.mark.parametrize("metric", [metrics.accuracy, metrics.confusion_matrix])
def test_labels_that_do_not_fit_are_refused(metric):
    with pytest.raises(ValueError, match="got labels from 3 to 3"):
        metric(SCORES, np.full(4, 3))
    with pytest.raises(ValueError, match=r"got \(4, 3\) and \(3,\)"):
        metric(SCORES, np.zeros(3, int))
