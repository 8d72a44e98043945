"""The classic mistakes of lab 7, and the arrays that explain them."""

import numpy as np

from labs.harness.mistakes import Mistake

# ruff: noqa: E501  (one mistake a line, however long)
MISTAKES = [
    Mistake("sample", "np.exp(log_variance / 2)", "np.exp(log_variance)", "variance for deviation"),
    Mistake("sample", "np.exp(log_variance / 2) * noise", "noise", "deviation forgotten"),
    Mistake("sample", "mean + np.exp(log_variance / 2) * noise", "mean - np.exp(log_variance / 2) * noise", "sign of deviation * noise flipped"),
    Mistake("sample_backward", "np.exp(log_variance / 2) / 2", "np.exp(log_variance) / 2", "variance for deviation"),
    Mistake("sample_backward", "np.exp(log_variance / 2) / 2", "np.exp(log_variance / 2)", "factor 2 too much"),
    Mistake("sample_backward", "dz * noise * np", "noise * np", "dy forgotten"),
    Mistake("sample_backward", "dz * noise * np.exp(log_variance / 2) / 2", "dz * noise", "derivative for the deviation"),
    Mistake("sample_backward", "dz * noise", "dz * np.random.default_rng(5).normal(size=dz.shape)", ""),
    Mistake("kl", "variance - log_variance - 1)", "variance - log_variance)", "1 missing"),
    Mistake("kl", "(variance - 1) / 2 / batch", "variance / 2 / batch", "1 missing"),
    Mistake("kl", "(variance - 1) / 2 / batch", "(variance - 1) / batch", "factor 2 too much"),
    Mistake("kl", "(variance - 1) / 2 / batch", "(1 - variance) / 2 / batch", "sign flipped"),
    Mistake("kl", "mean / batch, (variance - 1) / 2 / batch", "mean, (variance - 1) / 2", "batch not divided"),
    Mistake("kl", "(variance - 1) / 2 / batch", "(np.exp(log_variance / 2) - np.exp(-log_variance / 2)) / batch", "derivative for the deviation"),
    Mistake("kl", "+ variance - log_variance", "- variance + log_variance", ""),
    Mistake("BetaVAE.forward", "reconstruction + self.beta * divergence, reconstruction", "reconstruction + divergence, reconstruction", "beta forgotten"),
    Mistake("BetaVAE.backward", "dmean + self.beta * self.kl_dmean", "dmean + self.kl_dmean", "beta forgotten"),
    Mistake("BetaVAE.backward", "dmean + self.beta * self.kl_dmean", "dmean", "KL missing"),
    Mistake("BetaVAE.backward", "dlog_variance + self.beta * self.kl_dlog_variance", "dlog_variance - self.beta * self.kl_dlog_variance", "sign of KL flipped"),
    Mistake("BetaVAE.backward", "self.noise)", "np.random.default_rng().normal(size=dz.shape))", "random numbers drawn again"),
    Mistake("kl_to", "difference * precision / batch", "difference / batch", "factor forgotten"),
    Mistake("kl_to", "(ratio - 1) / 2 / batch", "(np.exp(log_variance) - 1) / 2 / batch", "equals - 1/2 + 1/2 exp(log_variance)"),
]  # fmt: skip


def facts(part, inputs, truth):
    """What a wrong array of `part` may be made of; see `labs.harness.naming`."""
    return FACTS[part](**inputs)


AXES = {f"{name}/axes/": ["batch", "latent"] for name in ("z", "dmean", "dlog_variance")}


def _sizes(batch, latents):
    names = ("loss", "dmean", "dlog_variance", "objective", "kl")
    return {f"{name}/sizes/{what}": size for name in names for what, size in (("batch", batch), ("latents", latents))}


def _sample(mean, log_variance, noise, dz):
    deviation = np.exp(log_variance / 2)
    return AXES | {
        "z/terms/mean": mean, "z/terms/deviation * noise": deviation * noise,
        "z/mutants/variance for deviation": mean + deviation**2 * noise, "z/quantities/deviation": deviation,
        "z/mutants/deviation forgotten": mean + noise, "z/mutants/log variance for deviation": mean + log_variance * noise,
    }  # fmt: skip


def _sample_backward(mean, log_variance, noise, dz):
    deviation = np.exp(log_variance / 2)
    return AXES | _sizes(*mean.shape) | {
        "dmean/quantities/deviation": deviation, "dlog_variance/quantities/deviation": deviation,
        "dlog_variance/mutants/variance for deviation": dz * noise * deviation**2 / 2,
        "dlog_variance/mutants/dy forgotten": noise * deviation / 2,
        "dlog_variance/mutants/derivative for the deviation": dz * noise,
        "dlog_variance/mutants/noise forgotten": dz * deviation / 2,
    }  # fmt: skip


def _kl(mean, log_variance, noise=None, dz=None):
    batch, k = mean.shape
    variance = np.exp(log_variance)
    return AXES | _sizes(batch, k) | {
        "loss/terms/mean^2": (mean**2).sum() / 2 / batch, "loss/terms/variance": variance.sum() / 2 / batch,
        "loss/terms/log variance": -log_variance.sum() / 2 / batch, "loss/terms/1": -k / 2,
        "dlog_variance/terms/variance": variance / 2 / batch, "dlog_variance/terms/1": np.full(mean.shape, -0.5 / batch),
        "dlog_variance/mutants/derivative for the deviation": (variance - 1) / np.sqrt(variance) / batch,
        "dlog_variance/mutants/derivative for the variance": (1 - 1 / variance) / 2 / batch,
        "dlog_variance/quantities/deviation": np.sqrt(variance),
    }  # fmt: skip


def _kl_to(mean, log_variance, prior_mean, prior_log_variance):
    batch = len(mean)
    precision = np.exp(-prior_log_variance)
    return AXES | _sizes(*mean.shape) | {
        "dmean/quantities/prior's deviation": np.broadcast_to(precision**-0.5, mean.shape),
        "dmean/mutants/factor forgotten": (mean - prior_mean) / batch,
        "dmean/terms/mean": mean * precision / batch, "dmean/terms/prior's mean": -prior_mean * precision / batch + 0 * mean,
        "dlog_variance/terms/variance": np.exp(log_variance) * precision / 2 / batch,
        "dlog_variance/terms/1": np.full(mean.shape, -0.5 / batch),
    }  # fmt: skip


def _pieces(x, code, noise, places, beta):
    batch, k = noise.shape
    mean, log_variance = code[:, :k], code[:, k:]
    deviation = np.exp(log_variance / 2)
    z = mean + deviation * noise
    difference = np.sin(z[:, places]) - x
    dz = np.zeros_like(z)
    np.add.at(dz, (slice(None), places), 4 * difference**3 / batch * np.cos(z[:, places]))
    divergence = (mean**2 + deviation**2 - log_variance - 1).sum() / 2 / batch
    return (difference**4).sum() / batch, divergence, mean, log_variance, deviation, dz


def _forward(x, code, noise, places, beta):
    reconstruction, divergence, *_ = _pieces(x, code, noise, places, beta)
    return _sizes(*noise.shape) | {
        "objective/terms/reconstruction": reconstruction, "objective/terms/beta * KL": beta * divergence,
        "objective/mutants/beta forgotten": reconstruction + divergence, "objective/constants/beta": beta,
        "kl/constants/beta": beta,
    }  # fmt: skip


def _backward(x, code, noise, places, beta):
    _, _, mean, _log_variance, deviation, dz = _pieces(x, code, noise, places, beta)
    batch = len(x)
    through, of_kl = dz * noise * deviation / 2, (deviation**2 - 1) / 2 / batch
    return AXES | _sizes(*noise.shape) | {
        "dmean/terms/through z": dz, "dmean/terms/KL": beta * mean / batch, "dmean/constants/beta": beta,
        "dmean/mutants/beta forgotten": dz + mean / batch,
        "dlog_variance/terms/through z": through, "dlog_variance/terms/KL": beta * of_kl, "dlog_variance/constants/beta": beta,
        "dlog_variance/mutants/beta forgotten": through + of_kl,
        "dlog_variance/mutants/variance for deviation": dz * noise * deviation**2 / 2 + beta * of_kl,
    }  # fmt: skip


FACTS = {
    "sample": _sample,
    "sample_backward": _sample_backward,
    "kl": _kl,
    "BetaVAE.forward": _forward,
    "BetaVAE.backward": _backward,
    "kl_to": _kl_to,
}
