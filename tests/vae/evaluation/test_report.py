"""The report of a trained model: numbers that agree with their definitions, text, JSON and a page."""

import json

import numpy as np
import pytest

import datasets
import vae
from vae.evaluation.measures import kl_per_latent
from vae.evaluation.report import match


@pytest.fixture
def bars_and_factors(bars):
    """The bars with their row and column."""
    factors = np.array(list(np.ndindex(8, 6)))
    return datasets.FactorDataset(bars[:48], factors, ("row", "column"))


@pytest.fixture
def report(make_model, bars, bars_and_factors):
    model = make_model(latent_dim=4, beta=0.2, max_epochs=30).fit(bars)
    return model, vae.evaluate(model, bars_and_factors, repeats=3, progress=False)


def test_its_numbers_are_those_of_the_model(report, bars_and_factors):
    model, found = report
    numbers = json.loads(found.to_json())
    mean, log_variance = model.encode(bars_and_factors.images)
    assert numbers["elbo"] == pytest.approx(model.score(bars_and_factors.images))
    np.testing.assert_allclose(numbers["kl_per_latent"], kl_per_latent(mean, log_variance), rtol=1e-5)
    rows = np.repeat(np.arange(8), 6)
    means = np.array([mean[rows == row].mean(axis=0) for row in range(8)])
    np.testing.assert_allclose(
        numbers["variance_explained"]["row"], means.var(axis=0) / mean.var(axis=0), rtol=1e-4, atol=1e-6
    )
    assert numbers["scores"]["mutual_information_gap"]["chance"] is not None
    assert set(numbers["matching"]) == {"row", "column"}


def test_it_can_be_handed_out(report, tmp_path):
    _, found = report
    found.save(tmp_path / "report")
    text = (tmp_path / "report" / "report.txt").read_text()
    assert "beta_norm" in text
    assert "best latent for each factor, one each: row: z" in text
    assert "mutual_information_gap" in text
    assert json.loads((tmp_path / "report" / "report.json").read_text())["measured_images"] == 48
    assert (tmp_path / "report" / "report.png").stat().st_size > 20_000


def test_latents_are_matched_so_that_the_sum_is_largest():
    """Not greedily: the second factor's only latent is the first one's best."""
    explained = np.array([[0.9, 0.8, 0.0], [0.7, 0.1, 0.0]])
    matching = match(explained, ("a", "b"))
    assert {name: found["latent"] for name, found in matching.items()} == {"a": 1, "b": 0}
    assert matching["b"]["explained"] == pytest.approx(0.7)


def test_an_inactive_latent_stands_for_nothing():
    assert match(np.array([[0.9, 0.0], [0.8, 0.0]]), ("a", "b")) == {"a": {"latent": 0, "explained": 0.9}}


def test_with_fewer_latents_than_factors_some_are_left_out():
    assert match(np.array([[0.2], [0.6]]), ("a", "b")) == {"b": {"latent": 0, "explained": 0.6}}
