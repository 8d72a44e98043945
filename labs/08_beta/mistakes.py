"""The classic mistakes of lab 8, and the arrays that explain them."""

import numpy as np

from labs.harness.mistakes import Mistake

# ruff: noqa: E501  (one mistake a line, however long)
MISTAKES = [
    Mistake("objective", "beta * divergence", "divergence", "beta forgotten"),
    Mistake("objective", " - np.log(v) - 1)", " - np.log(v))", "1 missing"),
    Mistake("objective", "error / (2 * noise_variance)", "error / noise_variance", "reconstruction doubled"),
    Mistake("objective", "w**2 * v\n", "0\n", "variance of z forgotten"),
    Mistake("best_encoder", "beta * noise_variance / total", "noise_variance / total", "beta forgotten"),
    Mistake("best_encoder", "w**2 + beta * noise_variance", "w**2 + noise_variance", "beta forgotten"),
    Mistake("best_weight", "np.sqrt(np.maximum(eigenvalue - beta * noise_variance, 0))", "np.sqrt(eigenvalue - beta * noise_variance)", "collapse forgotten"),
    Mistake("best_weight", "eigenvalue - beta * noise_variance", "eigenvalue - noise_variance", "beta forgotten"),
    Mistake("best_weight", "np.sqrt(np.maximum(eigenvalue - beta * noise_variance, 0))", "np.maximum(eigenvalue - beta * noise_variance, 0)", "squared"),
    Mistake("kl_of_latents", "np.log(np.maximum(eigenvalue / (beta * noise_variance), 1)) / 2", "np.log(np.maximum(eigenvalue / (beta * noise_variance), 1))", "factor 2 too much"),
    Mistake("kl_of_latents", "np.log(np.maximum(eigenvalue / (beta * noise_variance), 1)) / 2", "np.log(eigenvalue / (beta * noise_variance)) / 2", "collapse forgotten"),
    Mistake("kl_of_latents", "np.log(np", "np.log2(np", "bits for nats"),
    Mistake("beta_of_collapse", "eigenvalue / noise_variance", "noise_variance / eigenvalue", "upside down"),
    Mistake("mutual_information", "np.log(", "np.log2(", "bits for nats"),
    Mistake("mutual_information_gap", "known[-1] - known[-2]", "known[-1]", "second latent forgotten"),
    Mistake("mutual_information_gap", " / mutual_information(factor, factor)", "", "entropy forgotten"),
    Mistake("gaussian_total_correlation", ") / 2)", "))", "factor 2 too much"),
    Mistake("gaussian_total_correlation", "- log_determinant", "+ log_determinant", "sign of log determinant flipped"),
]  # fmt: skip

BITS = 1 / np.log(2)


def facts(part, inputs, truth):
    """What a wrong array of `part` may be made of; see `labs.harness.naming`."""
    with np.errstate(all="ignore"):
        return FACTS[part](truth, **inputs)


def _mutants(name, **mutants):
    return {f"{name}/mutants/{mistake.replace('_', ' ')}": array for mistake, array in mutants.items()}


def _objective(truth, a, v, w, eigenvalue, noise_variance, beta):
    error, spread = (1 - w * a) ** 2 * eigenvalue / 2 / noise_variance, w**2 * v / 2 / noise_variance
    divergence = (a**2 * eigenvalue + v - np.log(v) - 1) / 2
    return _mutants(
        "objective", beta_forgotten=error + spread + divergence, reconstruction_doubled=2 * (error + spread) + beta * divergence,
        variance_of_z_forgotten=error + beta * divergence,
    ) | {
        "objective/terms/reconstruction": error + spread, "objective/terms/KL without its -1": beta * (divergence + 0.5),
        "objective/terms/1": np.full(a.shape, -beta / 2), "objective/constants/beta": beta,
    }  # fmt: skip


def _best_encoder(truth, w, noise_variance, beta):
    plain = w**2 + noise_variance
    total = w**2 + beta * noise_variance
    return _mutants("a", beta_forgotten=w / plain) | _mutants("v", beta_forgotten=noise_variance / total)


def _best_weight(truth, eigenvalue, noise_variance, beta):
    np.maximum(eigenvalue - beta * noise_variance, 0)
    return _mutants(
        "w", collapse_forgotten=np.sqrt(eigenvalue - beta * noise_variance),
        beta_forgotten=np.sqrt(np.maximum(eigenvalue - noise_variance, 0)), noise_forgotten=np.sqrt(np.maximum(eigenvalue - beta, 0)),
    )  # fmt: skip


def _kl(truth, eigenvalue, noise_variance, beta):
    plain = np.log(eigenvalue / (beta * noise_variance)) / 2
    return _mutants(
        "kl", collapse_forgotten=plain, bits_for_nats=truth["kl"] * BITS,
        beta_forgotten=np.log(np.maximum(eigenvalue / noise_variance, 1)) / 2,
    )  # fmt: skip


def _beta_of_collapse(truth, eigenvalue, noise_variance, beta):
    return _mutants("betas", upside_down=noise_variance / eigenvalue, root_taken=np.sqrt(eigenvalue / noise_variance))


def _information(truth, a, b):
    return {f"{name}/mutants/bits for nats": truth[name] * BITS for name in ("information", "entropy")}


def _information_of(a, b):
    joint = np.histogram2d(a, b, bins=[np.arange(a.max() + 2), np.arange(b.max() + 2)])[0] / len(a)
    outer = joint.sum(axis=1)[:, None] * joint.sum(axis=0)
    return np.where(joint > 0, joint * np.log(np.where(joint > 0, joint, 1) / np.where(joint > 0, outer, 1)), 0).sum()


def _gap(truth, codes, factors):
    entropy = np.array([_information_of(factor, factor) for factor in factors.T])
    largest = np.array([max(_information_of(code, factor) for code in codes.T) for factor in factors.T])
    return _mutants("gaps", second_latent_forgotten=largest / entropy, entropy_forgotten=truth["gaps"] * entropy)


def _total_correlation(truth, codes):
    covariance = np.cov(codes, rowvar=False)
    return {
        "total_correlation/terms/log variances": np.log(np.diag(covariance)).sum() / 2,
        "total_correlation/terms/log determinant": -np.linalg.slogdet(covariance)[1] / 2,
    }  # fmt: skip


FACTS = {
    "objective": _objective,
    "best_encoder": _best_encoder,
    "best_weight": _best_weight,
    "kl_of_latents": _kl,
    "beta_of_collapse": _beta_of_collapse,
    "mutual_information": _information,
    "mutual_information_gap": _gap,
    "gaussian_total_correlation": _total_correlation,
}
