"""Parameter counts worked out by hand from the documents' tables, layer by layer; own architectures."""

import numpy as np
import pytest

import nn
import vae
from vae.specification import Conv2D, ConvTranspose2D, Dense, Output, Reshape

LATENTS = 10


def heads(features, latents=LATENTS):
    return 2 * (features * latents + latents)


# (image shape, latents, [encoder ..., heads, decoder ...]); without batch norm weights + biases, with it weights and
# then the scale and shift of the norm.
COUNTS = {
    "shapes-dense": ((64, 64, 1), 10, [
        4096 * 1200, 2 * 1200, 1200 * 1200, 2 * 1200,  # encoder
        heads(1200),
        10 * 1200, 2 * 1200, 1200 * 1200, 2 * 1200, 1200 * 1200, 2 * 1200,  # decoder
        1200 * 4096 + 4096,  # output, with biases
    ]),
    "shapes-conv": ((64, 64, 1), 10, [
        3 * 3 * 1 * 16, 2 * 16, 3 * 3 * 16 * 32, 2 * 32, 16 * 16 * 32 * 1024, 2 * 1024,
        heads(1024),
        10 * 1024, 2 * 1024, 1024 * 4096, 2 * 4096,
        3 * 3 * 64 * 16, 2 * 16, 3 * 3 * 16 * 4, 2 * 4,
        3 * 3 * 4 * 1 + 1,
    ]),
    "mnist-dense": ((28, 28, 1), 16, [
        784 * 512, 2 * 512, 512 * 512, 2 * 512,
        heads(512, 16),
        16 * 512, 2 * 512, 512 * 512, 2 * 512, 512 * 512, 2 * 512,
        512 * 784 + 784,
    ]),
    "mnist-conv": ((28, 28, 1), 16, [
        3 * 3 * 1 * 8, 2 * 8, 3 * 3 * 8 * 16, 2 * 16, 7 * 7 * 16 * 512, 2 * 512,
        heads(512, 16),
        16 * 512, 2 * 512, 512 * 784, 2 * 784,
        3 * 3 * 16 * 8, 2 * 8, 3 * 3 * 8 * 4, 2 * 4,
        3 * 3 * 4 * 1 + 1,
    ]),
    "frey-conv": ((28, 20, 1), 2, [
        320, 18_496, 36_928, 36_928, 286_752,  # Hassan, Table 4.1
        66 + 66,
        26_880, 18_464, 289,  # Table 4.2
    ]),
    "digits-conv": ((32, 32, 3), 12, [
        4 * 4 * 3 * 64 + 64, 4 * 4 * 64 * 64 + 64, 4 * 4 * 64 * 64 + 64, 8 * 8 * 64 * 12 + 12,
        heads(12, 12),
        12 * 24 + 24, 24 * 49 + 49,
        4 * 4 * 1 * 64 + 64, 4 * 4 * 64 * 64 + 64, 4 * 4 * 64 * 64 + 64,
        14 * 14 * 64 * 3072 + 3072,
    ]),
    "mixing-dense": ((40, 40, 1), 2, [
        1600 * 256 + 256, 256 * 200 + 200, 200 * 200 + 200,
        heads(200, 2),
        2 * 200 + 200, 200 * 200 + 200, 200 * 256 + 256, 256 * 1600 + 1600,
    ]),
}  # fmt: skip
TOTALS = {
    "shapes-dense": 14_202_516,
    "shapes-conv": 12_640_657,
    "mnist-dense": 1_619_760,
    "mnist-conv": 833_813,
    "frey-conv": 425_189,
    "digits-conv": 38_855_877,
    "mixing-dense": 1_005_716,
}


@pytest.fixture(scope="module", params=COUNTS)
def named_network(request):
    image_shape, latents, _ = COUNTS[request.param]
    architecture = vae.ARCHITECTURES[request.param]
    return request.param, architecture, architecture.build(latents, np.random.default_rng(0), np.float32, image_shape)


def test_all_are_here():
    assert set(COUNTS) == set(vae.ARCHITECTURES) - {"tiny"}


def test_parameter_counts(named_network):
    name, _, network = named_network
    counts = COUNTS[name][2]
    assert nn.count(network.parameters()) == sum(counts) == TOTALS[name]


def test_the_number_of_weights_is_known_before_they_are_drawn(named_network):
    name, architecture, network = named_network
    image_shape, latents, _ = COUNTS[name]
    matrices = [parameter for parameter in network.parameters() if parameter.data.ndim > 1]
    assert architecture.weights(image_shape, latents) == nn.count(matrices)


def test_shapes_from_image_to_code_and_back(named_network):
    name, _, network = named_network
    image_shape, latents, _ = COUNTS[name]
    x = np.zeros((2, *image_shape), np.float32)
    mean, log_variance = network.encode(x)
    assert mean.shape == log_variance.shape == (2, latents)
    assert network.decode(mean).shape == x.shape


@pytest.mark.parametrize("latents", [2, 3, 5])
def test_the_tables_of_the_frey_network_layer_by_layer(latents):
    network = vae.ARCHITECTURES["frey-conv"].build(latents, np.random.default_rng(0), np.float32)

    def counts(layers):
        return [nn.count(layer.parameters()) for layer in layers if layer.parameters()]

    assert counts(network.encoder.layers) == [320, 18_496, 36_928, 36_928, 286_752]
    assert counts([network.code.mean, network.code.log_variance]) == [32 * latents + latents] * 2
    assert counts(network.decoder.layers) == [8960 * latents + 8960, 18_464, 289]
    assert "(14, 10, 64)" in nn.summary(network.encoder, (28, 20, 1))


def test_digits_conv_also_takes_the_images_of_mnist():
    network = vae.ARCHITECTURES["digits-conv"].build(8, np.random.default_rng(0), np.float32, (28, 28, 1))
    assert network.decode(network.encode(np.zeros((2, 28, 28, 1), np.float32))[0]).shape == (2, 28, 28, 1)


def test_convolutions_pass_through_the_sizes_of_the_table():
    network = vae.ARCHITECTURES["shapes-conv"].build(LATENTS, np.random.default_rng(0), np.float32)
    table = nn.summary(network.encoder, (64, 64, 1)) + nn.summary(network.decoder, (LATENTS,))
    for size in ("(32, 32, 16)", "(16, 16, 32)", "(1024,)", "(8, 8, 64)", "(16, 16, 16)", "(32, 32, 4)", "(64, 64, 1)"):
        assert size in table


def test_the_convolutions_of_mnist_conv_pass_through_the_sizes_of_the_table():
    network = vae.ARCHITECTURES["mnist-conv"].build(16, np.random.default_rng(0), np.float32)
    table = nn.summary(network.encoder, (28, 28, 1)) + nn.summary(network.decoder, (16,))
    for size in ("(14, 14, 8)", "(7, 7, 16)", "(512,)", "(28, 28, 4)", "(28, 28, 1)"):
        assert size in table


def test_biases_stand_only_where_there_is_no_batch_norm(named_network):
    _, _, network = named_network
    for part in (network.encoder, network.decoder):
        for layer, following in zip(part.layers, [*part.layers[1:], None], strict=True):
            if hasattr(layer, "bias"):
                assert (layer.bias is None) == isinstance(following, nn.BatchNorm)
    assert network.code.mean.bias is not None
    assert network.code.log_variance.bias is not None


@pytest.mark.parametrize("name", ["shapes-dense", "shapes-conv", "mnist-dense", "mnist-conv"])
def test_encoder_starts_from_he_and_decoder_from_xavier(name):
    network = vae.ARCHITECTURES[name].build(LATENTS, np.random.default_rng(0), np.float32)
    he = [layer for layer in network.encoder.layers if isinstance(layer, nn.Dense)]
    xavier = [layer for layer in network.decoder.layers if isinstance(layer, nn.Dense)]
    for layer in he:
        assert layer.weight.data.var() == pytest.approx(2 / layer.n_in, rel=0.02)
    for layer in xavier:
        assert layer.weight.data.var() == pytest.approx(2 / (layer.n_in + layer.n_out), rel=0.05)


def test_an_own_architecture_trains():
    architecture = vae.Architecture(
        encoder=[Conv2D(3, 3, stride=2, activation="leaky_relu"), Dense(8, "relu", batch_norm=True)],
        decoder=[Dense(4 * 3 * 2, "sigmoid"), Reshape((4, 3, 2)), ConvTranspose2D(3, 3, stride=2)],
        image_shape=(8, 6, 3),
    )
    images = np.random.default_rng(0).random((50, 8, 6, 3))
    model = vae.BetaVAE(architecture, latent_dim=2, max_epochs=2, random_state=0, progress=False).fit(images)
    assert model.reconstruct(images).shape == images.shape
    assert "Architecture(encoder=(Conv2D(channels=3" in repr(model)


@pytest.mark.parametrize(
    ("encoder", "decoder", "words"),
    [
        ([], [Dense(20), Reshape((5, 5))], r"layer 2 of the decoder, Reshape.*, got \(20,\), but takes 25 numbers"),
        (
            [Dense(9), Conv2D(2, 3)],
            [Output()],
            r"layer 2 of the encoder, Conv2D.*, got \(9,\), but takes images \(height, width, channels\)",
        ),
        ([Dense(9)], [Dense(9)], r"the decoder makes \(9,\), but the images are \(8, 6, 1\)"),
        ([Dense(9)], [], r"the decoder makes \(1,\)"),
    ],
)
def test_layers_that_do_not_fit_are_named_with_both_shapes(encoder, decoder, words):
    with pytest.raises(ValueError, match=words):
        vae.Architecture(encoder, decoder, image_shape=(8, 6, 1))
    model = vae.BetaVAE(vae.Architecture(encoder, decoder), latent_dim=1, progress=False)
    with pytest.raises(ValueError, match=words):
        model.fit(np.zeros((200, 8, 6, 1)))


@pytest.mark.parametrize(
    ("layer", "arguments", "words"),
    [
        (Dense, (0,), "Dense takes positive whole numbers, got units = 0"),
        (Dense, (3, "swish"), "Dense got activation 'swish': choose from linear, relu"),
        (Dense, (3, "relu", 1), "batch_norm True or False, got 1"),
        (Conv2D, (3, 2.5), "got kernel_size = 2.5"),
        (ConvTranspose2D, (3, 3, 0), "got stride = 0"),
        (Reshape, ((4, -1),), "got shape = -1"),
    ],
)
def test_impossible_layers_are_refused(layer, arguments, words):
    with pytest.raises(ValueError, match=words):
        layer(*arguments)


def test_layers_of_nn_are_refused_in_words():
    with pytest.raises(TypeError, match=r"encoder takes layers of vae.specification, such as .*, got Dense"):
        vae.Architecture([nn.Dense(4, 3)], [Output()])
