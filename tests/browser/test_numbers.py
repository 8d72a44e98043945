"""The page computes what Python computes: images, codes and gradients, for all networks of the papers."""

import numpy as np
import pytest

import nn
import vae
from vae.explore import rounding, write
from vae.network.likelihoods import LIKELIHOODS

FLOAT32 = 2e-5  # by which two orders of summing in float32 differ, in a pixel from 0 to 1
NETWORKS = [
    ("shapes-dense", 10, (64, 64, 1), {}),
    ("shapes-conv", 10, (64, 64, 1), {}),
    ("mnist-dense", 16, (28, 28, 1), {}),
    ("mnist-conv", 12, (28, 28, 1), {"weights": "float16"}),
    ("frey-conv", 2, (28, 20, 1), {}),
    ("digits-conv", 12, (28, 28, 1), {}),
    ("digits-conv", 12, (32, 32, 3), {"likelihood": "gaussian"}),
    ("mixing-dense", 5, (40, 40, 1), {}),
]


@pytest.fixture(scope="module", params=NETWORKS, ids=lambda case: f"{case[0]}-{case[2][2]}")
def made(request, tmp_path_factory):
    """(model, images, path of its page, kind of weights), after a few steps, so that no weight is as it was drawn."""
    architecture, latents, shape, options = request.param
    rng = np.random.default_rng(0)
    images = rng.random((60, shape[0] // 4, shape[1] // 4, shape[2])).repeat(4, axis=1).repeat(4, axis=2)
    images = (images > 0.6).astype(np.float32)
    model = vae.BetaVAE(
        architecture, latents, 1.0, likelihood=options.get("likelihood", "bernoulli"), batch_size=20, max_epochs=4,
        random_state=0, progress=False,
    ).fit(images)  # fmt: skip
    weights = options.get("weights", "int8")
    path = tmp_path_factory.mktemp("page") / "explorer.html"
    write(path, model, images, encoder=True, weights=weights)
    return model, images, path, weights


@pytest.fixture(scope="module")
def page(made, browser):
    opened = browser.new_page()
    opened.goto(made[2].as_uri(), timeout=90_000)  # also on a machine that is busy with other things
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def codes(made):
    """50 at random."""
    return np.random.default_rng(1).standard_normal((50, made[0].latent_dim)).astype(np.float32)


def test_images_are_pythons(made, page, codes):
    """Those that stand on the canvas, in steps of 1/255, and the numbers behind them."""
    model, _, _, weights = made
    shown = page.evaluate(
        """async (codes) => {
            const canvas = document.querySelector("#decoded canvas"), images = [], pixels = [];
            for (const code of codes) {
                explorer.show([code]);
                explorer.draw();
                images.push(Array.from(explorer.decoded[0]));
                pixels.push(Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data));
            }
            return {images, pixels, error: explorer.model.error};
        }""",
        codes.tolist(),
    )
    images, exact = np.array(shown["images"]).reshape(50, *model.image_shape_), model.decode(codes)
    rounded = rounding.rounded_decoder(model.network_, weights)
    assert np.abs(images - LIKELIHOODS[model.likelihood].mean(rounded.forward(codes))).max() < FLOAT32
    assert np.abs(images - exact).max() <= shown["error"]["image"] + FLOAT32
    assert np.abs(images - exact).mean() <= 1.5 * shown["error"]["image_mean"] + FLOAT32
    pixels = np.array(shown["pixels"]).reshape(50, *model.image_shape_[:2], 4)
    assert (pixels[..., 3] == 255).all()
    assert np.abs(pixels[..., :3] / 255 - np.clip(exact, 0, 1)).max() <= shown["error"]["image"] + FLOAT32 + 0.5 / 255


def test_gradients_are_pythons(made, page, codes):
    """The page's own way back through the decoder, against that of `nn`."""
    model, images, _, weights = made
    shown = page.evaluate(
        """([codes, images]) => ({error: explorer.model.error, gradients: codes.map((code, n) => {
            explorer.model.decode(Float32Array.from(code));
            return Array.from(explorer.model.gradient(images[n], Float32Array.from(code)));
        })})""",
        [codes.tolist(), images[:50].reshape(50, -1).tolist()],
    )
    found = np.array(shown["gradients"])

    def furthest(decoder):
        right = rounding.code_gradient(decoder, model.likelihood, images[:50], codes)
        return (np.linalg.norm(found - right, axis=1) / np.linalg.norm(right, axis=1)).max()

    assert furthest(rounding.rounded_decoder(model.network_, weights)) < 1e-4
    assert furthest(model.network_.decoder) <= shown["error"]["gradient"] + 1e-4


def test_codes_are_pythons(made, page):
    """The encoder's, with weights rounded in the same way."""
    model, images, _, weights = made
    found = page.evaluate(
        """(images) => images.map((image) => {
            const q = explorer.model.encode(Float32Array.from(image));
            return [Array.from(q.mean), Array.from(q.logVariance)];
        })""",
        images[:10].reshape(10, -1).tolist(),
    )
    before = {parameter: parameter.data for parameter in model.network_.parameters()}
    for parameter in before:
        parameter.data = rounding.rounded(parameter.data, weights)
    right = model.encode(images[:10])
    for parameter, data in before.items():
        parameter.data = data
    for mine, theirs in zip(np.swapaxes(found, 0, 1), right, strict=True):
        assert np.abs(mine - theirs).max() < 1e-4 * max(1, np.abs(theirs).max())


def test_all_layers_that_an_architecture_can_ask_for_are_known():
    from vae.explore.layers import DESCRIPTIONS

    assert {nn.Dense, nn.Conv2D, nn.ConvTranspose2D, nn.BatchNorm, nn.ReLU, nn.LeakyReLU, nn.Tanh, nn.Sigmoid} <= set(
        DESCRIPTIONS
    )
