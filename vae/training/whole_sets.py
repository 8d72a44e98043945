"""What a network says about a whole set of images, a batch at a time on its device, with the results on the host."""

import numpy as np

import nn
from datasets import PackedImages
from nn.training.meter import as_floats

from ..network.images import to_float
from .packed_on_gpu import PackedOnGPU

NOISE_SEED = 0  # of the noise used to evaluate: always the same, so that two evaluations differ only by the network


def encode(network, images, batch_size):
    """Mean and log variance of q(z|x): two arrays (n, latents)."""
    means, log_variances = zip(*(network.encode(x) for x in batches(network, images, batch_size)), strict=True)
    return _joined(means), _joined(log_variances)


def decode(network, codes, batch_size):
    """The expected images of codes, (n, height, width, channels)."""
    return _joined([network.decode(z) for z in batches(network, codes, batch_size)])


def elbo(network, images, batch_size):
    """`Network.elbo` of every image, (n,), with one z each, always the same."""
    rng = np.random.default_rng(NOISE_SEED)

    def of_batch(x):
        return network.elbo(x, noise=nn.to_device(draw_noise(rng, len(x), network), network.device))

    return _joined([of_batch(x) for x in batches(network, images, batch_size)])


def validate(network, images, batch_size, beta=None):
    """Means over `images` of objective, reconstruction and KL, with running statistics, which stay as they are.

    beta : the one in the objective; None for the network's.
    """
    rng = np.random.default_rng(NOISE_SEED)
    terms, sizes = [], []
    for x in batches(network, images, batch_size):
        network.forward(x, noise=nn.to_device(draw_noise(rng, len(x), network), network.device))
        terms += [network.reconstruction, network.kl.sum()]
        sizes.append(len(x))
    reconstruction, kl = np.average(np.reshape(as_floats(terms), (-1, 2)), axis=0, weights=sizes).tolist()
    objective = network.objective(reconstruction, kl, images.shape[1:], beta)
    return {"objective": objective, "reconstruction": reconstruction, "kl": kl}


def batches(network, X, batch_size):
    """X, images or codes, in parts as the network takes them, on its device."""
    X = on_device(X, network.device)
    for start in range(0, len(X), batch_size):
        yield to_float(nn.to_device(X[start : start + batch_size], network.device), network.dtype)


def on_device(images, device):
    """Packed images in the GPU's memory if the network is there; all others stay, and go there a batch at a time."""
    return PackedOnGPU(images) if device == "gpu" and isinstance(images, PackedImages) else images


def draw_noise(rng, n, network):
    """noise ~ N(0, I) for n examples, drawn on the host so that both devices see the same numbers."""
    return rng.standard_normal((n, network.code.latents), dtype=network.dtype)


def _joined(batches):
    return np.concatenate([nn.to_host(batch) for batch in batches])
