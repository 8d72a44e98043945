"""Pictures made of pictures: every image in its place."""

import numpy as np
import pytest
from PIL import Image

from vae.evaluation import Latents, plots, traversal_plots


def test_a_sheet_keeps_rows_columns_and_colours_with_lines_between():
    images = np.random.default_rng(0).random((2, 3, 4, 5, 3))
    sheet = plots.sheet(images)
    assert sheet.shape == (2 * 5 - 1, 3 * 6 - 1, 3)
    for row, column in np.ndindex(2, 3):
        np.testing.assert_array_equal(sheet[5 * row : 5 * row + 4, 6 * column : 6 * column + 5], images[row, column])
    assert (sheet[4] == 0.5).all()


LATENTS = Latents(np.array([0.05, 3.0, 1.0]), {("x",): np.array([0.9, 0.2, 0.7])})


def test_traversals_put_the_busiest_latent_first_and_lay_the_first_image_over_the_last():
    images = np.zeros((3, 2, 4, 4, 1))
    images[1, 0, 0], images[1, 1, 3] = 1, 1  # latent 1 moves a bar from the top to the bottom
    axes = traversal_plots.traversals(images, LATENTS, "title").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "z1: 3.0 nats",
        "z2 = x: 1.0 nats",
        "z0: inactive",
    ]
    picture = axes.images[0].get_array()
    np.testing.assert_allclose(picture[0, -1], [0, 0.5, 1])  # blue where the first image was
    np.testing.assert_allclose(picture[3, -1], [1, 0.5, 0])  # orange where the last one is
    np.testing.assert_allclose(picture[0, 0], [1, 1, 1])


def test_perturbations_mark_where_the_unmoved_shape_is():
    images = np.zeros((3, 3, 5, 7, 1))
    images[:, 1, 2, 5] = 1
    axes = traversal_plots.perturbations(images, (-1, 0, 1), LATENTS).axes[0]
    assert axes.get_title() == "z1\n3.0 nats"
    assert [line.get_ydata()[0] for line in axes.lines[:1]] == [2]
    assert axes.lines[1].get_xdata()[0] == 5


def test_the_centre_of_mass_of_nothing_is_no_number_that_spoils_a_figure():
    assert np.isfinite(traversal_plots.centre_of_mass(np.zeros((4, 4, 1)))).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_an_animation_goes_forth_and_back_through_the_active_latents(tmp_path, channels):
    steps = np.linspace(0, 1, 5)
    images = np.broadcast_to(steps[None, :, None, None, None], (3, 5, 6, 7, channels))
    traversal_plots.animate(images, LATENTS, tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as gif:
        assert (gif.n_frames, gif.size) == (8, (2 * (7 * 22 + 4), 6 * 22 + 16))
        greys = []
        for frame in range(8):
            gif.seek(frame)
            greys.append(np.asarray(gif.convert("L"))[0, 5])
    assert np.argmax(greys) == 4
    assert greys[1:4] == greys[:4:-1]


def test_kl_over_training_has_a_curve_for_each_latent_and_greys_inactive_ones():
    history = {"step": [1.0, 2, 3], "loss": [3.0, 2, 1]}
    history |= {f"kl.{k}": [0.0, 0.5 * k, 1.0 * k] for k in (0, 1, 2, 10)}
    axes = plots.kl_over_training(history).axes[0]
    assert [line.get_ydata()[-1] for line in axes.lines] == [0, 1, 2, 10]
    assert axes.lines[0].get_color() == "0.75"
    assert [text.get_text() for text in axes.texts] == ["z0", "z1", "z2", "z10"]
