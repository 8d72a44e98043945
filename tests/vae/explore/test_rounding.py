"""The errors that a page states, and the gradient that it draws."""

import numpy as np
import pytest

from vae.explore import rounding, weights


@pytest.fixture
def model(make_model, bars):
    return make_model(dtype="float64", likelihood="bernoulli").fit(bars)


def test_the_codes_gradient_is_that_of_the_elbo(model, bars):
    """Central differences of log p(x|z) - KL, with the variance of q held fixed: the KL is then m^2 / 2 + constant."""
    x, z = bars[:5].astype(float), np.random.default_rng(0).standard_normal((5, 3))
    decoder, likelihood = model.network_.decoder, model.network_._likelihood
    gradient = rounding.code_gradient(decoder, model.likelihood, x, z)

    def elbo(z):
        return likelihood.log_probability(decoder.forward(z), x) - (z**2).sum(axis=1) / 2

    for j, e in enumerate(np.eye(3)):
        slope = (elbo(z + 1e-6 * e) - elbo(z - 1e-6 * e)) / 2e-6
        assert np.allclose(gradient[:, j], slope, rtol=1e-6, atol=1e-6)


def test_nothing_is_lost_where_nothing_is_rounded(model, bars):
    """All arrays of the tiny model are small; only float64 becomes float32."""
    z = np.random.default_rng(0).standard_normal((20, 3))
    error = rounding.measure(model, "int8", bars[:20], z)
    assert error["image"] < 1e-6
    assert error["gradient"] < 1e-5


def test_the_error_is_the_largest_difference_that_rounding_makes(model, bars, monkeypatch):
    monkeypatch.setattr(weights, "SMALL", 10)
    z = np.random.default_rng(0).standard_normal((20, 3))
    before = model.network_.state()
    error = rounding.measure(model, "int8", bars[:20], z)
    page = rounding.rounded_decoder(model.network_, "int8")
    images = 1 / (1 + np.exp(-page.forward(z)))
    assert error["image"] == pytest.approx(1.25 * np.abs(images - model.decode(z)).max())
    assert 0 < error["image_mean"] < error["image"] < 0.1
    assert rounding.measure(model, "float16", bars[:20], z)["image"] < error["image"] / 5
    assert all(np.array_equal(array, before[name]) for name, array in model.network_.state().items())
