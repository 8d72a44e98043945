"""Lab 7: the variational autoencoder.

The encoder's output, the code, is (batch, 2 k): the means of k latents, then the logarithms of their variances.
"""

import numpy as np


def sample(mean, log_variance, noise):
    """Return z, drawn from N(mean, exp(log_variance)) with the help of noise from N(0, 1).

    All arrays are (batch, k).
    """
    # BEGIN SOLUTION
    return mean + np.exp(log_variance / 2) * noise
    # END SOLUTION


def sample_backward(dz, mean, log_variance, noise):
    """Return (dmean, dlog_variance), given dz: how the loss changes with mean and log_variance through z."""
    # BEGIN SOLUTION
    return dz, dz * noise * np.exp(log_variance / 2) / 2
    # END SOLUTION


def kl(mean, log_variance):
    """Return (loss, dmean, dlog_variance) of the divergence KL( N(mean, exp(log_variance)) || N(0, 1) ).

    = 1/2 (mean^2 + exp(log_variance) - log_variance - 1), the SUM over the latents and the MEAN over the batch.
    """
    # BEGIN SOLUTION
    batch, variance = len(mean), np.exp(log_variance)
    loss = (mean**2 + variance - log_variance - 1).sum() / 2 / batch
    return loss, mean / batch, (variance - 1) / 2 / batch
    # END SOLUTION


class BetaVAE:
    """The objective: reconstruction + beta * KL.

    encoder, decoder : networks with ``forward(x)`` and ``backward(dy)`` (which returns dx); between them lies the code.
    reconstruction : a loss, (the decoder's output, x) -> (value, gradient for the decoder's output).
    """

    def __init__(self, encoder, decoder, reconstruction, beta):
        self.encoder, self.decoder = encoder, decoder
        self.reconstruction, self.beta = reconstruction, beta

    def forward(self, x, noise):
        """Return (objective, reconstruction, kl), and keep in ``self`` what backward needs.

        noise : (batch, k), from N(0, 1); the objective is a number, and so are the other two (kl without beta).
        """
        # BEGIN SOLUTION
        code = self.encoder.forward(x)
        k = code.shape[1] // 2
        self.mean, self.log_variance, self.noise = code[:, :k], code[:, k:], noise
        output = self.decoder.forward(sample(self.mean, self.log_variance, noise))
        reconstruction, self.doutput = self.reconstruction(output, x)
        divergence, self.kl_dmean, self.kl_dlog_variance = kl(self.mean, self.log_variance)
        return reconstruction + self.beta * divergence, reconstruction, divergence
        # END SOLUTION

    def backward(self):
        """Lead the objective's gradient back through decoder, sample and encoder; return the gradient for the code."""
        # BEGIN SOLUTION
        dz = self.decoder.backward(self.doutput)
        dmean, dlog_variance = sample_backward(dz, self.mean, self.log_variance, self.noise)
        dmean = dmean + self.beta * self.kl_dmean
        dlog_variance = dlog_variance + self.beta * self.kl_dlog_variance
        dcode = np.concatenate([dmean, dlog_variance], axis=1)
        self.encoder.backward(dcode)
        return dcode
        # END SOLUTION


# The rest is given: train your VAE on small images of a disk, with your layers, losses and Adam of labs 2, 3 and 6.
#
#     python lab7.py


def disks(n, rng, size=12):
    """Images (n, size * size) of a disk somewhere, of some radius, and these factors (n, 3): row, column, radius."""
    factors = np.column_stack([rng.uniform(3, size - 4, size=(n, 2)), rng.uniform(1.5, 3, size=n)])
    row, column, radius = factors.T[:, :, None, None]
    i, j = np.mgrid[:size, :size]
    inside = (i - row) ** 2 + (j - column) ** 2 < radius**2
    return inside.reshape(n, -1).astype(float), factors


def networks(n_pixels, n_hidden, k, rng):
    """Encoder and decoder, each with one hidden layer, of your own layers."""
    from lab2 import Dense, ReLU, Sequential

    def dense(n_in, n_out, gain=1.0):
        return Dense(rng.normal(size=(n_in, n_out)) * gain * np.sqrt(2 / n_in), np.zeros(n_out))

    encoder = Sequential(dense(n_pixels, n_hidden), ReLU(), dense(n_hidden, 2 * k, gain=0.1))
    decoder = Sequential(dense(k, n_hidden), ReLU(), dense(n_hidden, n_pixels))
    return encoder, decoder


def train(beta=1.0, steps=4000, batch=64, k=4, seed=0):
    """Train a VAE on `disks`; return it and the history, (steps, 3)."""
    from lab3 import bernoulli_nll
    from lab6 import Adam

    rng = np.random.default_rng(seed)
    encoder, decoder = networks(144, 128, k, rng)
    vae = BetaVAE(encoder, decoder, bernoulli_nll, beta)
    dense = [layer for network in (encoder, decoder) for layer in network.layers if hasattr(layer, "W")]
    adam = Adam([parameter for layer in dense for parameter in (layer.W, layer.b)], learning_rate=2e-3)
    history = []
    for step in range(steps):
        x, _ = disks(batch, rng)
        adam.zero_grad()
        history.append(vae.forward(x, rng.normal(size=(batch, k))))
        vae.backward()
        adam.step()
        if step % 500 == 499:
            objective, reconstruction, divergence = np.mean(history[-500:], axis=0)
            print(f"step {step + 1}: objective {objective:.2f} = {reconstruction:.2f} + {beta:g} * {divergence:.2f}")
    return vae, np.array(history)


def draw(vae, path="lab7.png"):
    """Draw what the decoder makes of each latent, moved from -2 to 2 while the others stay at 0."""
    import matplotlib.pyplot as plt

    k = vae.mean.shape[1]
    figure, axes = plt.subplots(k, 9, figsize=(9, k))
    for latent in range(k):
        z = np.zeros((9, k))
        z[:, latent] = np.linspace(-2, 2, 9)
        for axis, logits in zip(axes[latent], vae.decoder.forward(z), strict=True):
            axis.imshow(1 / (1 + np.exp(-logits)).reshape(12, 12), cmap="gray", vmin=0, vmax=1)
            axis.axis("off")
    figure.savefig(path)
    print(f"look at {path}: each row moves one latent")


if __name__ == "__main__":
    draw(train()[0])
