"""What the page's rounded weights cost, measured on the model itself."""

import copy

import numpy as np

from ..network.likelihoods import LIKELIHOODS
from .weights import rounded

MARGIN = 1.25  # what is stated, over the largest error that was measured: other codes may have a larger one


def rounded_decoder(network, kind):
    """A copy of the network's decoder, on the CPU, with the numbers that a page computes with."""
    decoder = copy.deepcopy(network.decoder)
    decoder.to_device("cpu")
    for parameter in decoder.parameters():
        parameter.data = rounded(parameter.data, kind).astype(parameter.data.dtype)
    return decoder


def code_gradient(decoder, likelihood, x, z):
    """The gradient of the ELBO, log p(x|z) - KL, for the mean of q(z|x), with z put at the mean: (batch, latents).

    The likelihood's part goes through the decoder's backward; the KL's, 1/2 (m^2 + s^2 - 1 - log s^2), is -m.
    """
    output = decoder.forward(z)
    _, doutput = LIKELIHOODS[likelihood].nll(output, x)
    return -len(x) * decoder.backward(doutput) - z


def measure(model, kind, x, z):
    """How far the page's images and gradients are from the model's own, over codes z for images x.

    x : (n, *image_shape) float;  z : (n, latents).  Returns a dict: ``image``, the largest difference of any pixel of
    the decoded images, ``image_mean``, the mean one, and ``gradient``, the largest relative error of `code_gradient`,
    ||g' - g|| / ||g||, of any code; both largest times `MARGIN`.
    """
    exact, page = copy.deepcopy(model.network_.decoder), rounded_decoder(model.network_, kind)
    exact.to_device("cpu")
    mean = LIKELIHOODS[model.likelihood].mean
    x, z = x.astype(model.dtype), z.astype(model.dtype)
    differences = np.abs(mean(page.forward(z)) - mean(exact.forward(z)))
    g, g_page = (code_gradient(decoder, model.likelihood, x, z) for decoder in (exact, page))
    errors = np.linalg.norm(g_page - g, axis=1) / np.linalg.norm(g, axis=1)
    return {
        "image": float(MARGIN * differences.max()),
        "image_mean": float(differences.mean()),
        "gradient": float(MARGIN * errors.max()),
    }
