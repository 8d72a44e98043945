"""Lab 8: what beta does.

The linear beta-VAE, which can be solved with pencil and paper.  The data's covariance has an eigenvalue for each
direction, and each latent looks along one direction: of the coordinate u ~ N(0, eigenvalue) it makes the code
z ~ N(a u, v), and the decoder makes w z of it again.  For one direction the objective is

    E[(u - w z)^2] / (2 noise_variance) + beta KL( N(a u, v) || N(0, 1) ),  the mean over u and z.

All functions work on arrays: one entry for each latent.
"""

import numpy as np


def objective(a, v, w, eigenvalue, noise_variance, beta):
    """Return the objective of each latent, in closed form; log(2 pi noise_variance) / 2, a constant, is left out.

    E[(u - w z)^2] = (1 - w a)^2 eigenvalue + w^2 v;   KL = 1/2 (a^2 eigenvalue + v - log v - 1).
    """
    # BEGIN SOLUTION
    error = (1 - w * a) ** 2 * eigenvalue + w**2 * v
    divergence = (a**2 * eigenvalue + v - np.log(v) - 1) / 2
    return error / (2 * noise_variance) + beta * divergence
    # END SOLUTION


def best_encoder(w, noise_variance, beta):
    """Return (a, v) that make the objective smallest for this w: set its derivatives for a and for v to 0."""
    # BEGIN SOLUTION
    total = w**2 + beta * noise_variance
    return w / total, beta * noise_variance / total
    # END SOLUTION


def best_weight(eigenvalue, noise_variance, beta):
    """Return the w >= 0 that makes the objective smallest, if the encoder is the best for it.

    Where the eigenvalue is not larger than beta * noise_variance, this is 0: the latent has collapsed.
    """
    # BEGIN SOLUTION
    return np.sqrt(np.maximum(eigenvalue - beta * noise_variance, 0))
    # END SOLUTION


def kl_of_latents(eigenvalue, noise_variance, beta):
    """Return the KL of each latent, in nats, at the optimum; 0 for a collapsed one."""
    # BEGIN SOLUTION
    return np.log(np.maximum(eigenvalue / (beta * noise_variance), 1)) / 2
    # END SOLUTION


def beta_of_collapse(eigenvalue, noise_variance):
    """Return, for each latent, the smallest beta at which it has collapsed."""
    # BEGIN SOLUTION
    return eigenvalue / noise_variance
    # END SOLUTION


def mutual_information(a, b):
    """Return the mutual information, in nats, of two lists of whole numbers, by counting.

    I = sum over pairs (i, j) of p(i, j) log[ p(i, j) / (p(i) p(j)) ];  pairs that never occur add nothing.
    a, b : (n,) whole numbers from 0 on.
    """
    # BEGIN SOLUTION
    joint = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(joint, (a, b), 1 / len(a))
    independent = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    occurs = joint > 0
    return float((joint[occurs] * np.log(joint[occurs] / independent[occurs])).sum())
    # END SOLUTION


def mutual_information_gap(codes, factors):
    """Return the gap of each factor: does ONE latent know it, and no other one (Chen et al. 2018)?

    gap_k = (largest - second largest I(latent, factor k) over the latents) / entropy of factor k.
    codes : (n, latents) whole numbers, a histogram's bins;  factors : (n, factors) whole numbers;  gaps : (factors,).
    The entropy of a factor is its mutual information with itself.
    """
    # BEGIN SOLUTION
    gaps = []
    for factor in factors.T:
        known = sorted(mutual_information(code, factor) for code in codes.T)
        gaps.append((known[-1] - known[-2]) / mutual_information(factor, factor))
    return np.array(gaps)
    # END SOLUTION


# The rest is given: the VAE of lab 7, trained with several betas, and what your formulas say about it.
#
#     python lab8.py


def bins(codes, count=20):
    """Whole numbers 0 ... count - 1 for each column of codes, by equal widths."""
    low, high = codes.min(axis=0), codes.max(axis=0)
    return np.clip((count * (codes - low) / (high - low + 1e-12)).astype(int), 0, count - 1)


def main():
    from lab7 import disks, train

    for beta in (0.5, 1, 2, 4, 8):
        vae, history = train(beta=beta, steps=2000)
        x, factors = disks(4000, np.random.default_rng(1))
        mean, log_variance = np.split(vae.encoder.forward(x), 2, axis=1)
        kl = (mean**2 + np.exp(log_variance) - log_variance - 1).mean(axis=0) / 2
        gaps = mutual_information_gap(bins(mean), bins(factors, 10))
        reconstruction = history[-200:, 1].mean()
        print(f"beta {beta:g}: KL of the latents {np.round(np.sort(kl)[::-1], 2)}, reconstruction {reconstruction:.1f}")
        print(f"    gaps of row, column, radius {np.round(gaps, 2)}")


if __name__ == "__main__":
    main()
