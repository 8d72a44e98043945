import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from vae.metrics import modularity


def test_one_latent_for_two_equal_factors():
    """I = (ln 4, ln 4): the deviation from one factor only is the largest there is."""
    a, b = (grid.ravel() for grid in np.mgrid[:4, :4])
    assert modularity((4 * a + b)[:, None], np.stack([a, b], axis=1)) == pytest.approx(0, abs=1e-12)


def test_one_latent_for_two_unequal_factors():
    """I = (ln 2, ln 4): 1 - (ln 2 / ln 4)^2 = 3/4."""
    a, b = (grid.ravel() for grid in np.mgrid[:2, :4])
    assert modularity((4 * a + b)[:, None], np.stack([a, b], axis=1)) == pytest.approx(0.75)


def test_repeated_latents_are_modular_and_constant_ones_are_not(identity, factors):
    assert modularity(np.concatenate([identity, identity], axis=1), factors) > 0.99
    assert modularity(np.concatenate([identity, 0 * identity], axis=1), factors) == pytest.approx(0.5, abs=0.01)


def test_it_is_the_published_one(half_mixed, factors):
    deviations = []
    for latent in half_mixed.T:
        binned = np.digitize(latent, np.histogram(latent, 20)[1][:-1])
        information = np.array([mutual_info_score(values, binned) for values in factors.T])
        template = np.where(information == information.max(), information.max(), 0)
        deviations.append(np.sum((information - template) ** 2) / (information.max() ** 2 * (len(information) - 1)))
    assert modularity(half_mixed, factors) == pytest.approx(1 - np.mean(deviations), abs=1e-10)


def test_noise_looks_modular_where_factors_have_unequal_sizes():
    """The trap that the docstring names, and that the chance level shows."""
    rng = np.random.default_rng(0)
    factors = np.stack([rng.integers(size, size=10_000) for size in (3, 6, 60)], axis=1)
    noise = modularity(rng.normal(size=(10_000, 4)), factors)
    assert noise > 0.9
    assert noise.chance == pytest.approx(noise, abs=0.02)


def test_a_single_factor_is_refused(identity, factors):
    with pytest.raises(ValueError, match="at least two factors"):
        modularity(identity, factors[:, :1])
