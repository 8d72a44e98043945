"""One training step of our networks in JAX: the same layers, its own gradients, one jit around everything."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import nn

NHWC = ("NHWC", "HWIO", "NHWC")
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
ACTIVATIONS = {
    nn.ReLU: lambda layer, x: jax.nn.relu(x),
    nn.LeakyReLU: lambda layer, x: jax.nn.leaky_relu(x, layer.slope),
    nn.Tanh: lambda layer, x: jnp.tanh(x),
    nn.Flatten: lambda layer, x: x.reshape(len(x), -1),
    nn.Reshape: lambda layer, x: x.reshape(len(x), *layer.shape),
}


def jax_step(network, images, eps, learning_rate=1e-3):
    """A function that takes one step from where `network` is, with Adam, and returns the objective before it.

    network : `vae.Network` in float32, which stays as it is;  images, eps : what it takes.
    """
    images, eps = jnp.array(images), jnp.array(eps)
    layers = _layers(network)
    weights = [[jnp.array(parameter.data) for parameter in layer.parameters()] for layer in layers]
    statistics = [
        [jnp.array(layer.running_mean), jnp.array(layer.running_variance)]
        for layer in layers
        if isinstance(layer, nn.BatchNorm)
    ]
    zeros = jax.tree.map(jnp.zeros_like, weights)
    state = weights, zeros, jax.tree.map(jnp.copy, zeros), statistics, jnp.array(0.0)

    def step(state, images, eps):
        weights, m, v, statistics, t = state
        gradient = jax.value_and_grad(lambda weights: _objective(network, weights, images, eps), has_aux=True)
        (objective, batch_statistics), grad = gradient(weights)
        t = t + 1
        m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, grad)
        v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, grad)

        def adjust(weight, m, v):
            return weight - learning_rate * m / (1 - BETA1**t) / (jnp.sqrt(v / (1 - BETA2**t)) + EPS)

        statistics = jax.tree.map(lambda old, new: 0.999 * old + 0.001 * new, statistics, batch_statistics)
        return (jax.tree.map(adjust, weights, m, v), m, v, statistics, t), objective

    compiled = jax.jit(step, donate_argnums=0)

    def take_step():
        nonlocal state
        state, objective = compiled(state, images, eps)
        jax.block_until_ready(state)
        return np.asarray(objective)

    return take_step


def _layers(network):
    """All layers in the order in which data pass them: encoder, the two of the code, decoder."""
    return [*network.encoder.layers, network.code.mean, network.code.log_variance, *network.decoder.layers]


def _objective(network, weights, images, eps):
    """(H of `vae.Network`, batch means and variances of all batch norms)."""
    features = len(network.encoder.layers)
    statistics = []
    h = _apply_all(network.encoder.layers, weights[:features], images, statistics)
    mean = _apply(network.code.mean, weights[features], h, statistics)
    log_variance = _apply(network.code.log_variance, weights[features + 1], h, statistics)
    z = mean + jnp.exp(log_variance / 2) * eps
    output = _apply_all(network.decoder.layers, weights[features + 2 :], z, statistics)
    kl = jnp.sum(mean**2 + jnp.exp(log_variance) - 1 - log_variance) / 2
    nll = _bernoulli_nll if network.likelihood == "bernoulli" else _gaussian_nll
    objective = network.weight(images.shape[1:]) * nll(output, images) + network.beta * kl
    return objective / len(images), statistics


def _bernoulli_nll(logits, target):
    return jnp.sum(jax.nn.softplus(logits) - logits * target)


def _gaussian_nll(mean, target):
    return -jnp.sum(jax.scipy.stats.norm.logpdf(target, mean))


def _apply_all(layers, weights, x, statistics):
    for layer, own in zip(layers, weights, strict=True):
        x = _apply(layer, own, x, statistics)
    return x


def _apply(layer, weights, x, statistics):
    """The layer's forward in training; a batch norm adds its batch's [mean, variance] to `statistics`."""
    if type(layer) in ACTIVATIONS:
        return ACTIVATIONS[type(layer)](layer, x)
    if isinstance(layer, nn.BatchNorm):
        axes = tuple(range(x.ndim - 1))
        mean, variance = x.mean(axes), x.var(axes)
        statistics.append([mean, variance])
        scale, shift = weights
        return (x - mean) * (scale * lax.rsqrt(variance + layer.eps)) + shift
    weight, *bias = weights
    if isinstance(layer, nn.Dense):
        y = x @ weight
    elif isinstance(layer, nn.Conv2D):
        y = lax.conv_general_dilated(x, weight, layer.stride, "SAME", dimension_numbers=NHWC)
    else:
        y = lax.conv_transpose(x, weight, layer.stride, "SAME", dimension_numbers=NHWC, transpose_kernel=True)
    return y + bias[0] if bias else y
