import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import datasets
import vae
from nn.cuda.availability import gpu_problem
from vae.specification import Dense
from vae.training import Trainer


def same_parameters(one, other):
    states = one.network_.state(), other.network_.state()
    return all((states[0][name] == states[1][name]).all() for name in states[0])


def test_training_lowers_the_objective(make_model, bars):
    history = make_model(max_epochs=20).fit(bars).history_
    assert history["epoch"] == list(range(1, 21))
    assert history["objective"][-1] < 0.6 * history["objective"][0]
    assert history["objective"][-1] == pytest.approx(history["reconstruction"][-1] + 0.5 * history["kl"][-1], rel=1e-4)


def test_a_trained_model_tells_the_bars_apart(make_model, bars):
    model = make_model(beta=0.1, max_epochs=60).fit(bars)
    ignorant = np.abs(bars.mean(axis=0) - bars).mean()
    assert np.abs(model.reconstruct(bars) - bars).mean() < 0.5 * ignorant


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_shapes_and_dtypes_of_everything_it_returns(make_model, bars, dtype):
    model = make_model(dtype=dtype, max_epochs=1).fit(bars)
    mean, log_variance = model.encode(bars[:5])
    assert mean.shape == log_variance.shape == model.transform(bars[:5]).shape == (5, 3)
    assert model.decode(mean).shape == model.reconstruct(bars[:5]).shape == (5, 8, 6, 1)
    assert model.inverse_transform(mean).shape == (5, 48)
    assert model.sample(4).shape == (4, 8, 6, 1)
    assert {a.dtype for a in (mean, log_variance, model.decode(mean), model.sample(4))} == {np.dtype(dtype)}
    assert ((model.sample(4) >= 0) & (model.sample(4) <= 1)).all()
    assert isinstance(model.score(bars[:5]), float)
    assert model.n_features_in_ == 48


@pytest.mark.parametrize("form", ["images", "without channel", "flat", "booleans", "bytes", "packed"])
def test_images_may_come_in_several_forms(make_model, bars, form):
    forms = {
        "images": bars,
        "without channel": bars[..., 0],
        "flat": bars.reshape(len(bars), -1),
        "booleans": bars.astype(bool),
        "bytes": (bars * 255).astype(np.uint8),
        "packed": datasets.PackedImages(np.packbits(bars.reshape(len(bars), -1).astype(bool), axis=1), (8, 6)),
    }
    reference, model = make_model().fit(bars), make_model().fit(forms[form])
    assert same_parameters(reference, model)
    np.testing.assert_array_equal(model.transform(forms[form]), reference.transform(bars))


def test_the_seed_reproduces_everything(make_model, bars):
    one, again, other = (make_model(random_state=seed).fit(bars, validation=bars[:50]) for seed in (1, 1, 2))
    assert same_parameters(one, again)
    assert one.history_["objective"] == again.history_["objective"]
    assert not same_parameters(one, other)
    np.testing.assert_array_equal(one.sample(3, random_state=5), again.sample(3, random_state=5))


def test_fit_starts_afresh(make_model, bars):
    model = make_model().fit(bars)
    first = model.history_["objective"]
    assert model.fit(bars).history_["objective"] == first


def test_encoding_does_not_depend_on_the_batch_or_the_order(make_model, bars):
    model = make_model().fit(bars)
    whole = model.transform(bars[:40])
    np.testing.assert_allclose(model.set_params(batch_size=7).transform(bars[:40][::-1]), whole[::-1], atol=1e-5)


def test_fewer_images_than_a_batch_make_one_batch(make_model, bars):
    assert same_parameters(make_model(batch_size=1000).fit(bars), make_model(batch_size=len(bars)).fit(bars))


def test_using_a_model_does_not_change_it(make_model, bars):
    model = make_model().fit(bars)
    before = {name: array.copy() for name, array in model.network_.state().items()}
    for use in (model.transform, model.reconstruct, model.score):
        use(bars)
    model.sample(3)
    assert all((array == before[name]).all() for name, array in model.network_.state().items())


def test_partial_fit_takes_a_step_for_each_batch(make_model, bars):
    model, twin = make_model(), make_model()
    model.partial_fit(bars[:32])
    twin.partial_fit(bars[:16]).partial_fit(bars[16:32])
    assert same_parameters(model, twin)
    before = model.score(bars)
    for _ in range(20):
        model.partial_fit(bars)
    assert model.score(bars) > before


def test_the_score_is_the_mean_elbo(make_model, bars):
    model = make_model(beta=4.0).fit(bars)
    elbo = model.elbo(bars)
    assert elbo.shape == (len(bars),)
    assert model.score(bars) == pytest.approx(elbo.mean(), rel=1e-6)
    np.testing.assert_allclose(model.set_params(batch_size=7).elbo(bars), elbo, rtol=1e-4)


def test_the_elbo_agrees_with_the_objective_of_training(make_model, bars):
    """With beta = 1 and no early batch norm, minus the objective of an evaluation."""
    model = make_model(beta=1.0, dtype="float64").fit(bars, validation=bars)
    assert model.score(bars) == pytest.approx(-model.history_["validation_objective"][-1], rel=1e-12)


def test_scikit_learn_can_clone_it_and_set_its_parameters(make_model):
    model = make_model(beta=2.5)
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(beta=7).beta == 7
    assert "beta=7" in repr(model)


def test_the_representation_says_what_beta_weighs(make_model, bars):
    assert "beta weighs the KL against the mean of log p(x|z) over pixels" in repr(make_model(reduction="mean"))
    fitted = repr(make_model(beta=0.5, reduction="mean", latent_dim=4).fit(bars))
    assert "averaged over 48 pixels, which counts as 24 for their sum; beta_norm = 2)" in fitted
    assert "summed over 48 pixels; beta_norm = 0.04167)" in repr(make_model(beta=0.5, latent_dim=4).fit(bars))


def test_it_travels_to_another_process(make_model, bars):
    model = make_model().fit(bars)
    codes = joblib.Parallel(n_jobs=2)(joblib.delayed(model.transform)(bars[:10]) for _ in range(1))[0]
    np.testing.assert_array_equal(codes, model.transform(bars[:10]))


@pytest.mark.parametrize("method", ["transform", "reconstruct", "score", "encode", "decode", "sample"])
def test_an_unfitted_model_says_so(make_model, bars, method):
    with pytest.raises(NotFittedError):
        getattr(make_model(), method)(*([] if method == "sample" else [bars]))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"architecture": "shapes-huge"}, "architecture must be one of 'shapes-dense', .* got 'shapes-huge'"),
        ({"beta": -1}, "beta must be a number of at least 0, got -1"),
        ({"beta": float("nan")}, "beta must be"),
        ({"beta": "4"}, "beta must be"),
        ({"latent_dim": 0}, "latent_dim must be a whole number of at least 1"),
        ({"batch_norm_momentum": 1}, "batch_norm_momentum must be less than 1"),
        ({"batch_norm_momentum": -0.1}, "batch_norm_momentum must be a number from 0 to 1"),
        ({"latent_dim": 2.5}, "latent_dim"),
        ({"batch_size": True}, "batch_size"),
        ({"max_epochs": 0}, "max_epochs"),
        ({"patience": -1}, "patience"),
        ({"learning_rate": 0}, "learning.rate must be"),
        ({"random_state": -3}, "random_state"),
        ({"dtype": "float16"}, "dtype must be one of 'float32', 'float64', got 'float16'"),
        ({"likelihood": "poisson"}, "likelihood must be one of 'bernoulli', 'gaussian'"),
        ({"reduction": None}, "reduction must be one of 'sum', 'mean'"),
        ({"corruption": 0.2}, "corruption must be None, datasets.SaltAndPepper"),
        ({"corruption": Dense(3)}, "corruption must be None, datasets.SaltAndPepper"),
        ({"corrupted_share": 1.5}, "corrupted_share must be a number from 0 to 1, got 1.5"),
        ({"device": "tpu"}, "device must be one of 'cpu', 'gpu'"),
    ],
)
def test_unusable_settings_are_refused_before_any_work(make_model, bars, settings, words):
    with pytest.raises(ValueError, match=words):
        make_model().set_params(**settings).fit(bars)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x: x[:0], "X is empty"),
        (lambda x: x[:, :7], r"X has shape \(192, 7, 6, 1\): this architecture takes \(n, 8, 6, 1\) or"),
        (lambda x: np.repeat(x, 3, axis=3), "this architecture takes"),
        (lambda x: x[0], "this architecture takes"),
        (lambda x: x * 255, "values from 0 to 255"),
        (lambda x: x - 0.5, "values from -0.5 to 0.5"),
        (lambda x: np.where(np.arange(len(x))[:, None, None, None] == 100, np.nan, x), "X contains NaN"),
        (lambda x: datasets.PackedImages(np.zeros((20, 512), np.uint8), (64, 64)), "this architecture takes"),
    ],
)
def test_unusable_images_are_refused_before_any_work(make_model, bars, change, words):
    with pytest.raises(ValueError, match=words):
        make_model().fit(change(bars))


def test_images_that_are_not_numbers(make_model):
    with pytest.raises(ValueError, match="could not convert string to float"):
        make_model().fit(np.array([["a"] * 48] * 20))
    with pytest.raises(TypeError, match="X has dtype complex128: expected real numbers"):
        make_model().fit(np.ones((20, 8, 6, 1), complex))


def test_validation_images_are_checked_too(make_model, bars):
    with pytest.raises(ValueError, match="validation contains"):
        make_model().fit(bars, validation=bars * 2)


@pytest.mark.parametrize(
    "codes", [np.zeros(3), np.zeros((2, 4)), np.zeros((0, 3)), np.full((1, 3), np.nan), [["a"] * 3]]
)
def test_unusable_codes_are_refused(make_model, bars, codes):
    model = make_model(max_epochs=1).fit(bars)
    with pytest.raises(ValueError, match="Z "):
        model.decode(codes)


def test_the_gpu_is_refused_in_words_where_there_is_none(make_model, bars):
    if gpu_problem() is None:
        pytest.skip("there is a GPU")
    with pytest.raises(RuntimeError, match="device 'gpu'"):
        make_model(device="gpu").fit(bars)


def test_dark_bytes_are_images_as_others_but_a_dark_training_set_is_warned_of(make_model, bars):
    dark, images = bars.astype(np.uint8), (255 * bars).astype(np.uint8)
    with pytest.warns(UserWarning, match=r"nothing above 1, .* if 1 is white, give X.astype\(bool\)"):
        make_model(max_epochs=1).fit(dark)
    model = make_model(max_epochs=1).fit(np.concatenate([images, dark[:3]]), validation=dark[:20])
    np.testing.assert_array_equal(model.transform(dark[:5]), model.transform(dark[:5].astype(np.float32) / 255))
    assert np.isfinite(model.score(dark[:1]))


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_batch_normalisation_is_not_trained_on_one_image(make_model, bars, method):
    with pytest.raises(ValueError, match=r"X holds one image \(n_samples = 1\), but batch normalisation needs"):
        getattr(make_model(), method)(bars[:1])
    with pytest.raises(ValueError, match="batch_size is 1, but batch normalisation needs at least two images"):
        getattr(make_model(batch_size=1), method)(bars)


def test_partial_fit_joins_a_remainder_to_the_last_batch(make_model, bars, monkeypatch):
    sizes = []
    original = Trainer.step
    monkeypatch.setattr(Trainer, "step", lambda self, x: (sizes.append(len(x)), original(self, x))[1])
    make_model().partial_fit(bars[:33])
    assert sizes == [16, 17]


def test_partial_fit_takes_new_batch_sizes_and_learning_rates_and_refuses_all_else(make_model, bars):
    model = make_model().partial_fit(bars[:32]).set_params(batch_size=8, learning_rate=0.5, max_epochs=9)
    model.partial_fit(bars[:32])
    assert model._trainer.optimiser.learning_rate == 0.5
    assert model._trainer.optimiser.steps == 2 + 4
    with pytest.raises(ValueError, match="beta changed since this model's training began: partial_fit goes on with"):
        model.set_params(beta=2.0).partial_fit(bars[:32])


@pytest.mark.parametrize(
    ("settings", "arguments", "error"),
    [
        ({}, {"X": np.zeros((5, 7, 7, 1))}, ValueError),
        ({}, {"X": np.zeros((5, 3))}, ValueError),
        ({}, {"validation": np.full((5, 8, 6, 1), 2.0)}, ValueError),
        ({}, {"checkpoint": __file__}, ValueError),
        ({}, {"checkpoint": f"{__file__}/below/c.npz"}, OSError),
        ({"beta": -1, "latent_dim": 7}, {}, ValueError),
        (
            {"architecture": vae.Architecture([vae.specification.Dense(4)], [vae.specification.Dense(5)])},
            {},
            ValueError,
        ),
    ],
)
@pytest.mark.parametrize("flat", [False, True])
def test_a_failed_refit_leaves_a_fitted_model_as_it_was(make_model, bars, settings, arguments, error, flat):
    images = bars.reshape(len(bars), -1) if flat else bars
    model = make_model().fit(images)
    before, codes, old = dict(vars(model)), model.transform(images), model.get_params()
    with pytest.raises(error):
        model.set_params(**settings).fit(**{"X": images} | arguments)
    model.set_params(**old)
    assert vars(model) == before
    np.testing.assert_array_equal(model.transform(images), codes)


def test_a_failed_first_fit_leaves_no_fitted_model(make_model, bars):
    model = make_model()
    with pytest.raises(ValueError, match="validation contains"):
        model.fit(bars, validation=bars * 2)
    assert not [name for name in vars(model) if name.endswith("_")]


def test_settings_changed_after_the_training_neither_break_nor_belie_the_model(make_model, bars, tmp_path):
    model = make_model().fit(bars)
    codes = model.transform(bars)
    model.set_params(latent_dim=7, beta=9.0, likelihood="gaussian")
    with pytest.raises(ValueError, match="values from 0 to 2"):
        model.transform(2 * bars)
    assert model.decode(codes).shape == bars.shape
    assert model.sample(2).shape == (2, 8, 6, 1)
    model.save(tmp_path / "model.npz")
    loaded = vae.BetaVAE.load(tmp_path / "model.npz")
    assert (loaded.beta, loaded.latent_dim, loaded.likelihood) == (0.5, 3, "bernoulli")
    np.testing.assert_array_equal(loaded.transform(bars), codes)
