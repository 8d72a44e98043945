import numpy as np
import pytest

from datasets import FactorDataset
from vae.evaluation import Latents, measures, plots, traversal_plots


def test_means_by_factor_are_group_averages():
    codes = np.array([[1.0, 10], [3, 20], [5, 30]])
    values = np.array([[0, 1], [0, 1], [1, 0]])
    means = measures.means_by_factor(codes, values, (2, 2))
    np.testing.assert_array_equal(means[0, 1], [2, 15])
    np.testing.assert_array_equal(means[1, 0], [5, 30])
    assert np.isnan(means[0, 0]).all()
    common = measures.means_by_factor(codes, values, (2, 2), at_least=2)
    np.testing.assert_array_equal(common[0, 1], [2, 15])
    assert np.isnan(common[1]).all()


def test_variance_explained_tells_a_factor_from_noise():
    rng = np.random.default_rng(0)
    values = rng.integers(5, size=(20_000, 2))
    noise = rng.normal(size=20_000)
    codes = np.stack([values[:, 0], noise, values[:, 0] + noise * np.sqrt(2), np.zeros(20_000)], axis=1)
    np.testing.assert_allclose(measures.variance_explained(codes, values[:, :1], (5,)), [1, 0, 0.5, 0], atol=0.02)
    np.testing.assert_allclose(measures.variance_explained(codes, values[:, 1:], (5,)), 0, atol=0.02)
    assert measures.variance_explained(codes, values, (5, 5))[0] == pytest.approx(1)


def test_kl_per_latent():
    mean, log_variance = np.array([[0.0, 2.0], [0.0, 0.0]]), np.zeros((2, 2))
    np.testing.assert_allclose(measures.kl_per_latent(mean, log_variance), [0, 1])


class Identity:
    """An "autoencoder" whose code is its two pixels."""

    def transform(self, images):
        return images.reshape(len(images), -1)

    def decode(self, codes):
        return codes.reshape(-1, 1, 2, 1)


def test_perturbations_move_one_latent_at_a_time():
    images = measures.perturb(Identity(), np.array([0.2, 0.6]).reshape(1, 2, 1), (-0.1, 0, 0.3))
    assert images.shape == (2, 3, 1, 2, 1)
    np.testing.assert_allclose(images[0, :, 0, :, 0], [[0.1, 0.6], [0.2, 0.6], [0.5, 0.6]])
    np.testing.assert_allclose(images[1, :, 0, :, 0], [[0.2, 0.5], [0.2, 0.6], [0.2, 0.9]])


def test_every_figure_can_be_drawn_and_written(tmp_path):
    rng = np.random.default_rng(1)
    latents = Latents(np.array([2.0, 0.01, 1.0]))
    history = {"epoch": [1, 2], "objective": [3, 2], "reconstruction": [2, 1], "kl": [1, 1]}
    images = rng.uniform(size=(4, 8, 6, 1))
    factors = rng.integers((3, 4, 4, 5, 6), size=(500, 5))
    data = FactorDataset(np.zeros((500, 8, 6), np.uint8), factors, ("shape", "x", "y", "scale", "rotation"))
    figures = [
        plots.training_curves(history),
        plots.training_curves(
            history | {f"validation_{name}": [2, 3] for name in ("objective", "reconstruction", "kl")}
        ),
        plots.reconstructions(images, images),
        plots.latent_means(rng.normal(size=(500, 3)), data, latents),
        traversal_plots.perturbations(rng.uniform(size=(3, 5, 8, 6, 1)), (-1, -0.5, 0, 0.5, 1), latents),
        plots.kl_bars(latents),
    ]
    for number, figure in enumerate(figures):
        path = tmp_path / f"{number}.png"
        plots.save(figure, path)
        assert path.read_bytes().startswith(b"\x89PNG")


def test_inactive_latents_are_marked():
    axes = plots.kl_bars(Latents(np.array([2.0, 0.01]))).axes[0]
    assert axes.get_title().startswith("1 of 2 latents in use, 1 inactive")


class Echo:
    """A model whose images are its codes: (latents,) numbers in a row, one pixel each."""

    latent_dim, batch_size = 3, 4

    def decode(self, Z):
        return np.asarray(Z).reshape(len(Z), 1, 3, 1)

    def transform(self, X):
        return X.reshape(len(X), 3)

    def reconstruct(self, X):
        return 0.5 * X


@pytest.mark.parametrize("values", [[-1.0, 7.0], [[-1.0, 7.0], [-2.0, 8.0], [-3.0, 9.0]]])
def test_a_traversal_sets_one_latent_at_a_time(values):
    code = np.array([0.1, 0.2, 0.3])
    images = measures.traverse(Echo(), code, np.array(values)).reshape(3, 2, 3)
    for latent, row in enumerate(np.broadcast_to(values, (3, 2))):
        for step, value in enumerate(row):
            expected = code.copy()
            expected[latent] = value
            np.testing.assert_array_equal(images[latent, step], expected)


def test_a_perturbation_starts_from_the_images_own_code():
    images = measures.perturb(Echo(), np.array([0.1, 0.2, 0.3]).reshape(1, 3, 1), (-1, 0.5)).reshape(3, 2, 3)
    np.testing.assert_allclose(images[1], [[0.1, -0.8, 0.3], [0.1, 0.7, 0.3]])


def test_ranges_hold_the_share_that_they_promise():
    assert measures.prior_range(3, share=0.95) == pytest.approx([-1.96, 0, 1.96], abs=1e-3)
    codes = np.random.default_rng(0).normal((1, -5), (2, 3), size=(100_000, 2))
    np.testing.assert_allclose(measures.posterior_range(codes, 3), [[-2.92, 1, 4.92], [-10.88, -5, 0.88]], atol=0.1)


def test_the_plane_of_the_first_two_latents():
    images = measures.plane(Echo(), [-1.0, 0.0, 2.0]).reshape(3, 3, 3)
    np.testing.assert_array_equal(images[2, 0], [2, -1, 0])


def test_the_reconstruction_error_is_the_distance_over_the_number_of_pixels():
    images = np.random.default_rng(0).random((10, 1, 3, 1))
    expected = [np.sqrt(np.sum((image / 2) ** 2)) / 3 for image in images]
    np.testing.assert_allclose(measures.reconstruction_error(Echo(), images), expected, rtol=1e-6)
    black_and_white = np.full((5, 1, 3, 1), 255, np.uint8)
    with_bytes = type("Bytes", (Echo,), {"reconstruct": lambda self, X: 0.5 * X / 255})
    np.testing.assert_allclose(
        measures.reconstruction_error(with_bytes(), black_and_white), np.sqrt(0.75) / 3, rtol=1e-6
    )
