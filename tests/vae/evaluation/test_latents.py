"""Latents are called after the factors that they follow."""

import numpy as np
import pytest

from vae.evaluation import Latents


class Factors:
    """Two factors of four values each, all combinations often."""

    factor_names, factor_sizes = ("x", "size"), (4, 4)
    factors = np.stack(np.unravel_index(np.arange(16), (4, 4)), axis=1).repeat(50, axis=0)


@pytest.fixture(scope="module")
def latents():
    x, size = Factors.factors.T - 1.5
    rng = np.random.default_rng(0)
    mean = np.stack([x, 0.1 * rng.normal(size=800), x + size, size + 0.3 * x, rng.normal(size=800)], axis=1)
    log_variance = np.broadcast_to([-3.0, 0.0, -3.0, -3.0, -1.0], mean.shape)
    return Latents.of(mean, log_variance, Factors)


def test_a_latent_is_called_after_what_explains_it(latents):
    assert latents.factors(0) == ("x",)
    assert latents.factors(2) == ("x", "size")  # half by each alone, all by both
    assert latents.factors(3) == ("size",)  # x would add less than a tenth
    assert latents.factors(4) == ()  # noise


def test_an_inactive_latent_has_no_name_and_no_place(latents):
    assert latents.inactive(1)
    assert latents.factors(1) == ()
    assert latents.title(1) == "z1: inactive"
    assert latents.order[-1] == 1
    assert 1 not in latents.active


def test_the_busiest_comes_first(latents):
    assert list(np.diff(latents.kl[latents.order]) <= 0) == [True] * 4
    assert latents.title(0).startswith("z0 = x: ")


def test_what_explains_most_of_an_active_latent(latents):
    assert latents.most("x") == pytest.approx(1)
    assert latents.most("x", "size") >= latents.most("size")
    assert Latents(np.array([0.01]), {("x",): np.array([0.9])}).most("x") == 0


def test_without_factors_there_are_only_numbers():
    plain = Latents.of(np.ones((5, 2)), np.zeros((5, 2)))
    assert plain.name(0) == "z0"
    assert plain.explained == {}
