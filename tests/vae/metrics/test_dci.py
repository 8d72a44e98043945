from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import entropy
from sklearn.ensemble import GradientBoostingClassifier

from vae.metrics import DCI, dci
from vae.metrics.dci import completeness, disentanglement, importances_of


def test_importances_by_hand():
    """Two latents for three factors: the first serves one factor, the second two."""
    importances = np.array([[1.0, 0, 0], [0, 1, 1]])
    assert disentanglement(importances) == pytest.approx((1 * 1 + 2 * (1 - np.log(2) / np.log(3))) / 3)
    assert completeness(importances) == pytest.approx(1)
    assert completeness(np.full((4, 2), 0.25)) == pytest.approx(0)


def test_importances_against_scipys_entropy(rng):
    importances = rng.dirichlet(np.ones(5), size=3).T  # (latents 5, factors 3)
    rows = 1 - entropy(importances, base=3, axis=1)
    assert disentanglement(importances) == pytest.approx(np.average(rows, weights=importances.sum(axis=1)))
    assert completeness(importances) == pytest.approx(np.mean(1 - entropy(importances, base=5, axis=0)))


def test_latents_and_factors_without_importance_have_no_weight():
    importances = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 0]])
    assert disentanglement(importances) == 1
    assert completeness(importances) == 1
    assert disentanglement(np.zeros((3, 2))) == 0
    assert disentanglement(np.ones((3, 1))) == 1  # a single factor leaves nothing to mix


def test_the_full_form_is_the_published_one(half_mixed, factors):
    codes, few = half_mixed[:900], factors[:900, :3]
    scores = dci(codes, few, repeats=2)
    trees = [GradientBoostingClassifier().fit(codes[:600], values[:600]) for values in few.T]
    importances = np.abs([model.feature_importances_ for model in trees]).T
    rows = 1 - entropy(importances, base=3, axis=1)
    accuracy = [model.score(codes[600:], values[600:]) for model, values in zip(trees, few.T, strict=True)]
    assert isinstance(scores, DCI)
    assert scores.disentanglement == pytest.approx(np.average(rows, weights=importances.sum(axis=1)), abs=0.05)
    assert scores.completeness == pytest.approx(np.mean(1 - entropy(importances, base=5, axis=0)), abs=0.05)
    assert scores.informativeness == pytest.approx(np.mean(accuracy), abs=4 * scores.informativeness.error)


def test_what_the_three_tell_apart(identity, factors):
    repeated = dci(np.concatenate([identity, identity], axis=1), factors, quick=True, repeats=0)
    assert repeated.disentanglement > 0.99
    assert repeated.informativeness > 0.99
    together = dci((identity @ [1, 3, 15, 80])[:, None], factors, quick=True, repeats=0)
    assert together.completeness == 1  # each factor in one latent only, since there is no other
    assert together.disentanglement < 0.1
    c, s = np.cos(0.7), np.sin(0.7)
    turned = dci(identity[:, 1:3] @ [[c, -s], [s, c]], factors[:, 1:3], quick=True, repeats=0)
    assert turned.disentanglement < 0.3
    assert turned.informativeness > 0.9


def test_quick_and_full_tell_codes_apart_alike(half_mixed, identity, factors, rng):
    """Quick ones are not the full ones, but the order is the same."""
    clearer = identity + 0.3 * rng.normal(size=identity.shape)
    for quick in (False, True):
        worse, better = (dci(codes, factors[:, :3], quick=quick, repeats=0) for codes in (half_mixed, clearer))
        assert (np.array(better) > np.array(worse) + 0.02).all()
    assert "quick" in better[0].settings["classifier"]


def test_importances_that_rounding_made_negative_do_no_harm():
    """scikit-learn gives -1e-17 now and then, whose entropy would be infinite."""
    trees = [SimpleNamespace(feature_importances_=np.array(column)) for column in ([1, -1e-17, 0], [0, 1, -1e-17])]
    importances = importances_of(trees)
    np.testing.assert_allclose(importances, np.eye(3)[:, :2], atol=1e-16)
    assert disentanglement(importances) == pytest.approx(1)
    assert completeness(importances) == pytest.approx(1)
