"""What each latent follows over a training, and the figures of what was recorded."""

import numpy as np
import pytest

import datasets
import nn
from vae.evaluation import MeansByFactor, measures, plots, training_plots
from vae.evaluation.recording import load_means


@pytest.fixture
def data(bars):
    """The bars with their factors, the positions of the two bars."""
    factors = np.tile(np.stack(np.unravel_index(np.arange(48), (8, 6)), axis=1), (4, 1))
    return datasets.FactorDataset(bars, factors, ("row", "column"))


def test_it_keeps_the_means_that_the_model_has_then(make_model, bars, data, tmp_path):
    means, path = MeansByFactor(data, every=12), tmp_path / "means.npz"
    model = make_model(max_epochs=3).fit(bars, callbacks=[means, MeansByFactor(data, 12, ["row"], path)])
    assert means.steps.tolist() == [12, 24, 36]
    assert {name: array.shape for name, array in means.means.items()} == {"row": (3, 8, 3), "column": (3, 6, 3)}
    codes = model.transform(bars)
    for k, (name, size) in enumerate(zip(data.factor_names, data.factor_sizes, strict=True)):
        last = measures.means_by_factor(codes, data.factors[:, [k]], (size,))
        np.testing.assert_allclose(means.means[name][-1], last, atol=1e-6)
    steps, stored = load_means(path)
    np.testing.assert_array_equal(steps, means.steps)
    assert list(stored) == ["row"]
    np.testing.assert_array_equal(stored["row"], means.means["row"])


def test_looking_changes_nothing(make_model, bars, data):
    norms, without = nn.Recorder(every=5), nn.Recorder(every=5)
    looked_at = make_model().fit(bars, callbacks=[MeansByFactor(data, every=5), nn.GradientNorms(5), norms])
    left_alone = make_model().fit(bars, callbacks=[nn.GradientNorms(5), without])
    for name, array in left_alone.network_.arrays().items():
        np.testing.assert_array_equal(array, looked_at.network_.arrays()[name])
    assert norms.history == without.history


def test_a_killed_run_goes_on_with_its_looks(make_model, bars, data, tmp_path):
    """Killed in epoch 3, after the file of epoch 2 was written, but before the checkpoint of that epoch."""
    whole = MeansByFactor(data, every=4)
    make_model(max_epochs=4).fit(bars, callbacks=[whole])
    make_model(max_epochs=1).fit(bars, checkpoint=tmp_path / "c.npz")
    make_model(max_epochs=2).fit(bars, callbacks=[MeansByFactor(data, 4, path=tmp_path / "means.npz")])
    resumed = MeansByFactor(data, 4, path=tmp_path / "means.npz", resume=True)
    make_model(max_epochs=4).fit(bars, checkpoint=tmp_path / "c.npz", callbacks=[resumed])
    np.testing.assert_array_equal(resumed.steps, whole.steps)
    for name, array in whole.means.items():
        np.testing.assert_array_equal(resumed.means[name], array)


def test_mistakes_are_named(data, tmp_path):
    with pytest.raises(ValueError, match="the data have the factors row, column, not colour"):
        MeansByFactor(data, factors=["row", "colour"])
    with pytest.raises(ValueError, match=r"MeansByFactor takes every=..., a positive whole number of steps, got 0"):
        MeansByFactor(data, every=0)
    (tmp_path / "means.npz").write_bytes(b"no archive")
    with pytest.raises(ValueError, match=r"means.npz is damaged, or no file of a MeansByFactor"):
        MeansByFactor(data, path=tmp_path / "means.npz", resume=True)
    np.savez(tmp_path / "means.npz", steps=np.arange(2), **{"means.row": np.zeros((2, 8, 3))})
    with pytest.raises(ValueError, match=r"means.npz has the means by row, not by row, column"):
        MeansByFactor(data, path=tmp_path / "means.npz", resume=True)


def test_there_is_a_figure_of_everything_that_is_recorded(make_model, bars, data, tmp_path):
    means, recorder = MeansByFactor(data, every=6), nn.Recorder(every=3)
    model = make_model(beta=nn.schedules.Linear(0, 1, 20))
    model.fit(bars, callbacks=[means, nn.GradientNorms(every=3), recorder])
    history = recorder.history
    figures = {
        "terms": training_plots.terms_over_training(history),
        "norms": training_plots.gradient_norms_over_training(history),
        "means": training_plots.means_over_training(means.steps, means.means),
        "kl": plots.kl_over_training(history),
    }
    for name, figure in figures.items():
        plots.save(figure, tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000
    terms = {axes.get_title(): axes.lines[0].get_ydata() for axes in figures["terms"].axes}
    assert list(terms) == ["objective", "reconstruction", "KL", "beta"]
    np.testing.assert_allclose(terms["objective"], terms["reconstruction"] + terms["beta"] * terms["KL"], rtol=1e-5)
    norms = {line.get_label(): line.get_ydata() for line in figures["norms"].axes[0].lines}
    assert list(norms) == list(model.network_.named_parameters())
    np.testing.assert_array_equal(norms["code.mean.bias"], history["gradient_norm.code.mean.bias"])
    strips = figures["means"].axes[: 2 * 3]
    np.testing.assert_array_equal(strips[4].images[0].get_array(), means.means["column"][:, :, 1].T)


def test_figures_of_nothing_say_what_to_record():
    with pytest.raises(ValueError, match=r"callbacks=\[nn.GradientNorms\(every=10\), nn.Recorder\(every=10\)\]"):
        training_plots.gradient_norms_over_training(nn.History(step=[1], objective=[2.0]))
    with pytest.raises(ValueError, match=r"record them with callbacks=\[nn.Recorder\(every=10\)\]"):
        training_plots.terms_over_training(nn.History(step=[1]))
    with pytest.raises(ValueError, match="there was no look at the means"):
        training_plots.means_over_training(np.zeros(0), {})
