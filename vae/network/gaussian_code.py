"""The stochastic code between encoder and decoder."""

import numpy as np

import nn
from nn.type_hints import Array, DType, Seed

INACTIVE = 0.1  # nats: a latent with less KL than this carries next to nothing


def kl_to_prior(mean, log_variance):
    """KL( N(m, s^2) || N(0, 1) ) = 1/2 (m^2 + s^2 - 1 - log s^2), number by number, in nats (dissertation, eq. 3.1)."""
    return (mean * mean + nn.array_module(mean).exp(log_variance) - 1 - log_variance) / 2


@nn.several_forms
def sample(mean, log_variance, noise):
    """z, the standard deviation s, and the KL of each number: `GaussianCode`'s forward equations."""
    deviation = nn.array_module(mean).exp(log_variance / 2)
    return mean + deviation * noise, deviation, kl_to_prior(mean, log_variance)


@nn.several_forms
def sample_gradient(dz, dkl, mean, deviation, noise):
    """dm and d(log s^2): `GaussianCode`'s backward equations."""
    dmean = dz + dkl * mean
    dlog_variance = (dz * noise * deviation + dkl * (deviation * deviation - 1)) / 2
    return dmean, dlog_variance


class GaussianCode(nn.Layer):
    """Sample z ~ q(z|x) = N(m, diag s^2), with m and log s^2 linear in the encoder's features h.

    Forward, with noise ~ N(0, I) drawn outside, so that z is a differentiable function of h (the reparametrisation
    trick, dissertation, section 3.2.4):

        m = mean(h)      log s^2 = log_variance(h)      z = m + s * noise,  s = exp(1/2 log s^2)

    and, kept in ``kl``, (batch, latents), what each latent of each example costs, `kl_to_prior`.

    The loss depends on h through z and through the KL, so backward takes two upstream gradients, dz and the weight
    that each KL has in the loss, dkl (beta / batch):

        dm = dz + dkl m          d(log s^2) = 1/2 [ dz noise s + dkl (s^2 - 1) ]

    h : (batch, features);  noise, z : (batch, latents).

    Parameters
    ----------
    features, latents : numbers of inputs and of code elements.
    initial_scale : both layers start from He's initial weights times this number.  With 1, m and log s^2 have a
        variance of about 2 at the start, and every latent a KL of several nats before anything is learnt; with a
        small one, q(z|x) starts close to the prior (docs/disentangling.md).
    rng, dtype : as for `nn.Dense`.
    """

    def __init__(
        self, features: int, latents: int, *, initial_scale: float = 1.0, rng: Seed = None, dtype: DType = np.float32
    ):
        def initialiser(*arguments):
            return initial_scale * nn.he_normal(*arguments)

        rng = np.random.default_rng(rng)
        self.mean = nn.Dense(features, latents, initialiser=initialiser, rng=rng, dtype=dtype)
        self.log_variance = nn.Dense(features, latents, initialiser=initialiser, rng=rng, dtype=dtype)
        self.latents = latents

    def distribution(self, h: Array) -> tuple[Array, Array]:
        """The mean and the log variance of q(z|x), each (batch, latents)."""
        return self.mean.forward(h), self.log_variance.forward(h)

    def forward(self, h: Array, *, noise: Array, training: bool = False) -> Array:
        mean, log_variance = self.distribution(h)
        if noise.shape != mean.shape:
            raise ValueError(f"noise has shape {noise.shape}: expected one number for each latent, {mean.shape}")
        z, deviation, self.kl = sample(mean, log_variance, noise)
        self.save_for_backward(mean, deviation, noise)
        return z

    def backward(self, dz: Array, dkl: float) -> Array:
        dmean, dlog_variance = sample_gradient(dz, dkl, *self.saved())
        return self.mean.backward(dmean) + self.log_variance.backward(dlog_variance)

    def __repr__(self):
        return f"GaussianCode({self.mean.n_in}, {self.latents})"
