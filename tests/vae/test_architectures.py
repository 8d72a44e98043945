"""Parameter counts worked out by hand from Table B.1, layer by layer."""

import numpy as np
import pytest

import nn
import vae

LATENTS = 10


def heads(features):
    return 2 * (features * LATENTS + LATENTS)


COUNTS = {
    # weights without biases, then scale and shift of the batch norm
    "shapes-dense": [
        4096 * 1200, 2 * 1200, 1200 * 1200, 2 * 1200,  # encoder
        heads(1200),
        LATENTS * 1200, 2 * 1200, 1200 * 1200, 2 * 1200, 1200 * 1200, 2 * 1200,  # decoder
        1200 * 4096 + 4096,  # output, with biases
    ],
    "shapes-conv": [
        3 * 3 * 1 * 16, 2 * 16, 3 * 3 * 16 * 32, 2 * 32, 16 * 16 * 32 * 1024, 2 * 1024,
        heads(1024),
        LATENTS * 1024, 2 * 1024, 1024 * 4096, 2 * 4096,
        3 * 3 * 64 * 16, 2 * 16, 3 * 3 * 16 * 4, 2 * 4,
        3 * 3 * 4 * 1 + 1,
    ],
}  # fmt: skip


@pytest.fixture(scope="module", params=COUNTS)
def named_network(request):
    architecture = vae.ARCHITECTURES[request.param]
    return request.param, architecture, architecture.build(LATENTS, np.random.default_rng(0), np.float32)


def test_parameter_counts(named_network):
    name, _, network = named_network
    assert nn.count(network.parameters()) == sum(COUNTS[name])
    assert sum(COUNTS[name]) == {"shapes-dense": 14_202_516, "shapes-conv": 12_640_657}[name]


def test_shapes_from_image_to_code_and_back(named_network):
    _, architecture, network = named_network
    x = np.zeros((2, *architecture.image_shape), np.float32)
    mean, log_variance = network.encode(x)
    assert mean.shape == log_variance.shape == (2, LATENTS)
    assert network.decode(mean).shape == x.shape


def test_convolutions_pass_through_the_sizes_of_the_table():
    network = vae.ARCHITECTURES["shapes-conv"].build(LATENTS, np.random.default_rng(0), np.float32)
    table = nn.summary(network.encoder, (64, 64, 1)) + nn.summary(network.decoder, (LATENTS,))
    for size in ("(32, 32, 16)", "(16, 16, 32)", "(1024,)", "(8, 8, 64)", "(16, 16, 16)", "(32, 32, 4)", "(64, 64, 1)"):
        assert size in table


def test_biases_stand_only_where_there_is_no_batch_norm(named_network):
    _, _, network = named_network
    for part in (network.encoder, network.decoder):
        for layer, following in zip(part.layers, [*part.layers[1:], None], strict=True):
            if hasattr(layer, "bias"):
                assert (layer.bias is None) == isinstance(following, nn.BatchNorm)
    assert network.code.mean.bias is not None
    assert network.code.log_variance.bias is not None


def test_encoder_starts_from_he_and_decoder_from_xavier(named_network):
    _, _, network = named_network
    he = [layer for layer in network.encoder.layers if isinstance(layer, nn.Dense)]
    xavier = [layer for layer in network.decoder.layers if isinstance(layer, nn.Dense)]
    for layer in he:
        assert layer.weight.data.var() == pytest.approx(2 / layer.n_in, rel=0.02)
    for layer in xavier:
        assert layer.weight.data.var() == pytest.approx(2 / (layer.n_in + layer.n_out), rel=0.02)
