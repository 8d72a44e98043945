"""What scikit-learn and its users expect of an estimator."""

import joblib
import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

import datasets
import vae
from vae.specification import Dense, Output

SMALL = vae.Architecture([Dense(16, "tanh"), Dense(16, "relu")], [Dense(16, "tanh", batch_norm=True), Output()])


@parametrize_with_checks(
    [
        vae.BetaVAE(
            SMALL, latent_dim=2, beta=0.1, likelihood="gaussian", max_epochs=3, dtype="float64", progress=False
        ),
        vae.BetaVAE(
            "mixing-dense", latent_dim=1, likelihood="gaussian", reduction="mean", max_epochs=2,
            corruption=datasets.GaussianNoise(0.1), dtype="float64", progress=False,
        ),
    ]
)  # fmt: skip
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.fixture
def classified(bars):
    """The bars and, as their class, whether the horizontal one is in the upper half."""
    return bars.reshape(len(bars), -1), np.tile(np.repeat(np.arange(8) < 4, 6), 4)


def test_it_stands_in_a_pipeline_before_a_classifier(make_model, classified):
    X, y = classified
    pipeline = make_pipeline(make_model(beta=0.01, latent_dim=8, max_epochs=40), SVC())
    assert pipeline.fit(X, y).score(X, y) > 0.9
    assert cross_val_score(pipeline, X, y, cv=3).mean() > 0.8


def test_a_grid_search_over_beta(make_model, classified):
    X, _ = classified
    search = GridSearchCV(make_model(architecture=SMALL, max_epochs=20), {"beta": [0.1, 100.0]}, cv=2, n_jobs=2).fit(X)
    assert search.best_params_ == {"beta": 0.1}  # the score is the ELBO, and beta = 100 pays for nothing else


def test_names_of_the_latents(make_model, classified):
    model = make_model(max_epochs=1).fit(classified[0])
    assert list(model.get_feature_names_out()) == ["betavae0", "betavae1", "betavae2"]


def test_streaming_sees_what_fit_sees(make_model, bars):
    """Parts that come one after the other, as from a file too large for the memory."""
    streamed = make_model()
    for part in np.split(bars, 4):
        streamed.partial_fit(part)
    assert streamed.partial_fit(bars).score(bars) > make_model(max_epochs=1).partial_fit(bars[:16]).score(bars)
    with pytest.raises(ValueError, match="X has shape"):
        streamed.partial_fit(bars[:, :5])


def test_a_fitted_model_in_another_process(make_model, bars):
    model = make_model(max_epochs=1, corruption=datasets.SaltAndPepper(0.2)).fit(bars)
    codes = joblib.Parallel(n_jobs=2)(joblib.delayed(model.transform)(part) for part in np.split(bars, 2))
    np.testing.assert_allclose(np.concatenate(codes), model.transform(bars), atol=1e-6)


def test_codes_of_vectors_keep_what_pca_keeps(make_model):
    """Two latents of a linear model with little noise span the plane that the data lie in."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 2)) @ rng.normal(size=(2, 6)) + 0.05 * rng.normal(size=(500, 6))
    linear = vae.Architecture([], [Output()])
    model = make_model(
        architecture=linear, latent_dim=2, likelihood="gaussian", beta=0.01, max_epochs=200, batch_size=50
    ).fit(X)
    rebuilt = model.inverse_transform(model.transform(X))
    best = PCA(2).fit(X)
    lost = np.mean((X - best.inverse_transform(best.transform(X))) ** 2)
    assert np.mean((X - rebuilt) ** 2) < 2 * lost + 1e-3
