"""The beta-VAE as one differentiable function: images in, objective out."""

import nn


class Network(nn.Composite):
    """H = mean over the batch of [ -log p(x|z) + beta KL(q(z|x) || N(0, I)) ], to be minimised.

    Dissertation, eqs. 3.8 and 3.12: x -> encoder -> h -> code -> z -> decoder -> logits -> Bernoulli likelihood of
    the target, summed over pixels; the KL is summed over latents.

    x, target : (batch, height, width, channels), the target in [0, 1];  eps : (batch, latents).

    Parameters
    ----------
    encoder : layer, images -> features (batch, features).
    code : `GaussianCode`, features -> z.
    decoder : layer, z -> logits in the shape of the images.
    beta : weight of the KL, at least 0.

    After a forward, ``reconstruction`` holds the mean of -log p(x|z), and ``kl``, (latents,), the mean KL of each
    latent, both in nats.
    """

    def __init__(self, encoder, code, decoder, beta=1.0):
        self.encoder, self.code, self.decoder = encoder, code, decoder
        self.beta = float(beta)

    def forward(self, x, *, eps, target=None, training=False):
        """The objective H, a 0-d value.  `target` is what the output shall resemble: x itself if None."""
        h = self.encoder.forward(x, training=training)
        z = self.code.forward(h, eps=eps, training=training)
        logits = self.decoder.forward(z, training=training)
        self.reconstruction, dlogits = nn.losses.bernoulli_nll(logits, x if target is None else target)
        self.kl = self.code.kl.mean(axis=0)
        self.keep(dlogits, len(x))
        return self.reconstruction + self.beta * self.kl.sum()

    def backward(self, dy=1.0):
        return self.encoder.backward(self._backward_to_features(dy))

    def backward_parameters(self, dy=1.0):
        self.encoder.backward_parameters(self._backward_to_features(dy))

    def _backward_to_features(self, dy):
        dlogits, batch = self.kept()
        dz = self.decoder.backward(dlogits * dy)
        return self.code.backward(dz, dkl=dy * self.beta / batch)

    @property
    def dtype(self):
        """The dtype of the parameters."""
        return self.code.mean.weight.data.dtype

    def encode(self, x):
        """Mean and log variance of q(z|x), each (batch, latents)."""
        return self.code.distribution(self.encoder.forward(x))

    def decode(self, z):
        """The probability of white, x' = sigmoid(logits), for each pixel."""
        return nn.Sigmoid().forward(self.decoder.forward(z))

    def named_layers(self):
        return {"encoder": self.encoder, "code": self.code, "decoder": self.decoder}

    def __repr__(self):
        return f"Network(encoder={self.encoder!r}, code={self.code!r}, decoder={self.decoder!r}, beta={self.beta})"
