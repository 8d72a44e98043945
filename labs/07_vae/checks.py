"""What lab 7 checks."""

import numpy as np

from labs.harness.checking import check


def code(rng, sizes):
    shape = sizes[:2]
    names = ("mean", "log_variance", "noise", "dz")
    return {name: rng.normal(size=shape) for name in names}


def code_and_prior(rng, sizes):
    found = {name: array for name, array in code(rng, sizes).items() if name in ("mean", "log_variance")}
    return found | {"prior_mean": rng.normal(size=sizes[1]), "prior_log_variance": rng.normal(size=sizes[1])}


def whole(rng, sizes):
    batch, n, k = sizes[:3]
    return {
        "x": rng.normal(size=(batch, n)),
        "code": rng.normal(size=(batch, 2 * k)),
        "noise": rng.normal(size=(batch, k)),
        "places": rng.integers(0, k, size=n),
        "beta": np.array(4.3),
    }


class GivenEncoder:
    """Answers with a given code, and remembers the gradient that comes back."""

    def __init__(self, code):
        self.code, self.dcode = code, np.zeros_like(code)

    def forward(self, x):
        return self.code

    def backward(self, dy):
        self.dcode = self.dcode + dy
        return dy[:, :1]


class GivenDecoder:
    """Output j is the sine of latent places[j]; remembers the gradient that arrives."""

    def __init__(self, places):
        self.places, self.doutput = places, None

    def forward(self, z):
        self.z = z
        return np.sin(z[:, self.places])

    def backward(self, dy):
        self.doutput = dy
        dz = np.zeros_like(self.z)
        for output, latent in enumerate(self.places):
            dz[:, latent] += dy[:, output] * np.cos(self.z[:, latent])
        return dz


def distance(output, x):
    """The reconstruction loss that the check brings along: the fourth power of the difference."""
    return ((output - x) ** 4).sum() / len(x), 4 * (output - x) ** 3 / len(x)


@check("sample", code, points=10)
def sample(lab, mean, log_variance, noise, dz):
    """z from mean, log variance and noise"""
    return {"z": lab.sample(mean, log_variance, noise)}


@check("sample_backward", code, points=20)
def sample_backward(lab, mean, log_variance, noise, dz):
    """the reparametrisation's gradient"""
    given = dz.copy()
    dmean, dlog_variance = lab.sample_backward(given, mean, log_variance, noise)
    return {"dmean": dmean, "dlog_variance": dlog_variance, "dy after backward": given}


@check("kl", code, points=25)
def kl(lab, mean, log_variance, noise, dz):
    """the divergence from N(0, 1) and its gradients"""
    loss, dmean, dlog_variance = lab.kl(mean, log_variance)
    return {"loss": loss, "dmean": dmean, "dlog_variance": dlog_variance}


@check("BetaVAE.forward", whole, points=10, needs=["sample", "kl"])
def forward(lab, x, code, noise, places, beta):
    """reconstruction + beta * KL"""
    vae = lab.BetaVAE(GivenEncoder(code), GivenDecoder(places), distance, beta)
    return dict(zip(["objective", "reconstruction", "kl"], vae.forward(x, noise), strict=True))


@check("BetaVAE.backward", whole, points=25, needs=["sample_backward", "kl", "BetaVAE.forward"])
def backward(lab, x, code, noise, places, beta):
    """both ways to the code: through z, and through the KL"""
    encoder, decoder = GivenEncoder(code), GivenDecoder(places)
    vae = lab.BetaVAE(encoder, decoder, distance, beta)
    vae.forward(x, noise)
    dcode = vae.backward()
    k = noise.shape[1]
    halves = {"dmean": encoder.dcode[:, :k], "dlog_variance": encoder.dcode[:, k:]}
    again = lab.BetaVAE(GivenEncoder(code), GivenDecoder(places), distance, beta)
    again.forward(x, noise)
    same = np.array(np.array_equal(again.backward(), dcode))
    return {"same result twice": same, "doutput": decoder.doutput} | halves | {"dcode": dcode}


@check("kl_to", code_and_prior, points=10)
def kl_to(lab, mean, log_variance, prior_mean, prior_log_variance):
    """the divergence from another normal distribution"""
    loss, dmean, dlog_variance = lab.kl_to(mean, log_variance, prior_mean, prior_log_variance)
    return {"loss": loss, "dmean": dmean, "dlog_variance": dlog_variance}
