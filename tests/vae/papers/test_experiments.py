"""One experiment of each kind, at its quick budget."""

from pathlib import Path

import numpy as np
import pytest

from vae.papers import EXPERIMENTS

DATA = Path(__file__).parents[4] / "shared" / "data"
MNIST = ("mnist_pictures", "mnist_classification", "mnist_traversals", "svhn_traversals", "initial_code")
FIGURES = {
    "mnist_pictures": {"mnist-conv_reconstructions", "mnist-conv_samples", "mnist-conv_perturbations"},
    "mnist_classification": {"mnist_accuracy", "mnist_accuracy_mean_codes", "mnist_reconstruction_error"},
    "mnist_traversals": {"mnist_properties", "mnist_traversals_3_8", "mnist_traversals_all_8"},
    "svhn_traversals": {"svhn_properties", "svhn_traversals_1_12"},
    "shapes_latents": {"shapes-dense_beta4_means", "shapes-dense_beta4_moved"},
    "shapes_difference": {"shapes_difference"},
    "shapes_learning_rate": {"shapes_learning_rate"},
    "initial_code": {"initial_code"},
}


@pytest.fixture(autouse=True)
def data_home(monkeypatch, tmp_path):
    """The public data sets where they are, everything that is written elsewhere."""
    home = tmp_path / "data"
    home.mkdir()
    for entry in DATA.iterdir() if DATA.exists() else ():
        (home / entry.name).symlink_to(entry)
    monkeypatch.setenv("DATASETS_HOME", str(home))


@pytest.mark.parametrize("name", FIGURES)
def test_the_quick_budget_measures_and_draws(name, tmp_path):
    if name in MNIST and not DATA.exists():
        pytest.skip("the public data sets are not here")
    experiment = EXPERIMENTS[name]
    study = experiment.study(tmp_path / "runs", "quick")
    rows = study.execute(jobs=1)
    assert [row["status"] for row in rows] == ["done"] * len(experiment.settings["quick"]), rows[0]["error"]
    assert all(np.isfinite(row["elbo"]) for row in rows)
    figures = experiment.draw(rows, study.folder_of)
    assert set(figures) == FIGURES[name]
    for figure_name, figure in figures.items():
        figure.savefig(tmp_path / f"{figure_name}.png")
        assert (tmp_path / f"{figure_name}.png").stat().st_size > 3_000


@pytest.mark.parametrize("name", FIGURES)
def test_the_budgets_grow(name):
    """A larger budget has at least as many runs, and settings of the same names."""
    budgets = [EXPERIMENTS[name].settings[budget] for budget in ("quick", "default", "full")]
    assert sorted(budgets, key=len) == budgets
    quick, default, full = ({frozenset(setting) for setting in budget} for budget in budgets)
    assert quick <= default == full


def test_the_full_budgets_are_those_of_the_documents():
    full = {name: experiment.settings["full"] for name, experiment in EXPERIMENTS.items()}
    assert len(full["mnist_classification"]) == 2 * 3 * 41 * 5
    assert {setting["beta"] for setting in full["mnist_classification"]} == {step / 10 for step in range(41)}
    assert len(full["shapes_difference"]) == 4 * 26 * 5
    assert {setting["beta"] for setting in full["shapes_difference"]} == {step / 5 for step in range(26)}
