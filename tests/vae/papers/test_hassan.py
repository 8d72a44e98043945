"""The experiments of Hassan's thesis: what they measure, against cases with known answers; tiny runs of each."""

from types import SimpleNamespace

import numpy as np
import pytest

import datasets
from vae.papers import hassan_frey, hassan_maps, hassan_metrics, hassan_parameters


@pytest.fixture
def frey(monkeypatch):
    """Frey Faces by noise, so that no file is needed."""
    images = np.random.default_rng(0).integers(256, size=(1965, 28, 20, 1)).astype(np.uint8)
    monkeypatch.setattr(datasets, "load_frey", lambda: datasets.LabelledImages(images))


def test_a_ring_and_a_quadrant_come_out_of_normal_draws(tmp_path):
    ring, quadrant = (
        hassan_maps.run({"map": name, "points": 20_000, "random_state": 0}, tmp_path) for name in ("b", "c")
    )
    assert ring["radius"] == pytest.approx(1 + np.sqrt(np.pi / 2) / 10, abs=0.005)  # E|z| = sqrt(pi / 2)
    assert quadrant["positive_share"] == 1


def test_only_the_row_with_the_slip_disagrees_with_the_tables(tmp_path):
    rows = [hassan_parameters.run(setting, tmp_path) for setting in hassan_parameters.ROWS]
    assert len(rows) == 12
    assert [(row["layer"], row["shape"]) for row in rows if not row["agrees"]] == [("conv2d_3", "14x10x64")]
    assert all(row["parameters"] == row["printed_parameters"] for row in rows)


def test_the_gaps_of_a_collapsed_code_are_the_root_of_its_latents_and_zero():
    rng = np.random.default_rng(0)
    gaps = hassan_frey.spreads(np.zeros((20_000, 3)), np.ones((20_000, 3)), rng)
    assert gaps["gap"] == pytest.approx(np.sqrt(3), rel=1e-6)
    assert gaps["gap_of_samples"] == pytest.approx(0, abs=0.05)


def test_the_aggregate_posterior_is_the_prior_or_a_sheared_normal_distribution():
    rng = np.random.default_rng(0)
    z = rng.standard_normal((50_000, 2))
    near = hassan_frey.aggregate(z)
    assert near["kl_of_aggregate"] == pytest.approx(0, abs=1e-3)
    covariance = np.array([[2.0, 1.2], [1.2, 1.0]])
    far = hassan_frey.aggregate(z @ np.linalg.cholesky(covariance).T + [1, 0])
    assert far["kl_of_aggregate"] == pytest.approx((3 + 1 - 2 - np.log(2 - 1.2**2)) / 2, rel=0.03)
    assert far["correlation"] == pytest.approx(1.2 / np.sqrt(2), abs=0.01)


def test_draws_of_codes_have_the_spread_of_means_and_of_each_posterior():
    rng = np.random.default_rng(0)
    mean, log_variance = 3 * rng.standard_normal((1000, 2)), np.full((1000, 2), np.log(4.0))
    codes = hassan_frey.draw_codes(mean, log_variance, 50_000, rng)
    np.testing.assert_allclose(codes.var(axis=0), mean.var(axis=0) + 4, rtol=0.03)


def test_what_the_last_half_of_the_epochs_gained():
    history = {"epoch": [1, 2, 3, 4], "objective": [9.0, 5.0, 4.0, 3.5], "validation_objective": [6.0, 4.0, 4.0, 4.0]}
    found = hassan_frey.losses(history)
    assert (found["loss_first"], found["loss_last"], found["loss_late_decline"]) == (9, 3.5, 1.5)
    assert found["held_out_loss_late_decline"] == 0


def test_all_draws_count_where_the_decoder_ignores_the_code_and_few_where_it_does_not():
    images = np.full((3, 4, 4, 1), 255, np.uint8)

    def model(decode):
        return SimpleNamespace(encode=lambda x: (np.zeros((len(x), 2)), np.zeros((len(x), 2))), decode=decode)

    def decode_brightness(z):
        return np.broadcast_to(1 / (1 + np.exp(-5 * z[:, 0]))[:, None, None, None], (len(z), 4, 4, 1))

    rng = np.random.default_rng(0)
    blind = hassan_frey.effective_draws(model(lambda z: np.full((len(z), 4, 4, 1), 0.5)), images, rng)
    assert blind == {"draws_from_prior": pytest.approx(200), "draws_from_encoder": pytest.approx(200)}
    seeing = hassan_frey.effective_draws(model(decode_brightness), images, rng)
    assert seeing["draws_from_prior"] < 150


def test_weights_of_draws_from_a_wider_encoder():
    """For q = N(0, 1.44 I) and nothing seen, (E w)^2 / E w^2 = 1.88 / 1.44^2 in two dimensions."""
    model = SimpleNamespace(
        encode=lambda x: (np.zeros((len(x), 2)), np.full((len(x), 2), np.log(1.44))),
        decode=lambda z: np.full((len(z), 4, 4, 1), 0.5),
    )
    images = np.full((30, 4, 4, 1), 255, np.uint8)
    found = hassan_frey.effective_draws(model, images, np.random.default_rng(0))
    assert found["draws_from_encoder"] == pytest.approx(200 * 1.88 / 1.44**2, abs=4)


def test_the_plane_goes_through_the_codes_and_holds_the_others_at_their_median():
    mean = np.random.default_rng(0).normal([1, -2, 5], [1, 2, 3], size=(10_000, 3))
    codes = []
    decode = SimpleNamespace(decode=lambda z: codes.append(z) or np.zeros((len(z), 4, 3, 1)))
    assert hassan_frey.plane(decode, mean).shape == (6, 6, 4, 3, 1)
    grid = codes[0].reshape(6, 6, 3)
    np.testing.assert_allclose(grid[[0, -1], 0, 0], [1 - 1.645, 1 + 1.645], atol=0.1)
    np.testing.assert_allclose(grid[0, [0, -1], 1], [-2 - 3.29, -2 + 3.29], atol=0.2)
    np.testing.assert_allclose(grid[:, :, 2], 5, atol=0.15)
    assert np.ptp(grid[:, 0, 1]) == 0


def test_small_faces_stand_where_their_factors_say(frey):
    data = hassan_metrics.small_faces(3)
    assert data.factor_sizes == (3, 8, 6)
    image = data.render(np.array([1, 7, 0]))[..., 0]
    assert image[:14].max() == 0
    assert image[:, 10:].max() == 0
    assert image[14:, :10].min() > 0


def test_runs_return_numbers_and_draw_figures(frey, tmp_path):
    for module, change in ((hassan_frey, {"images": 120}), (hassan_metrics, {"frames": 2})):
        rows, folders = [], {}
        for beta in (1e-6, 1.0):
            setting = module.EXPERIMENT.settings["quick"][0] | {"beta": beta, "max_epochs": 1} | change
            folder = folders[beta] = tmp_path / f"{module.__name__}-{beta}"
            folder.mkdir()
            numbers = module.run(setting, folder)
            assert all(np.isfinite(float(value)) for value in numbers.values())
            rows.append(setting | numbers | {"status": "done"})
        figures = module.EXPERIMENT.draw(rows, lambda row, folders=folders: folders[row["beta"]])
        for name, figure in figures.items():
            figure.savefig(tmp_path / f"{name}.png", dpi=40)
            assert name.startswith("hassan_")
