"""What lab 8 checks."""

import numpy as np

from labs.harness.checking import check


def any_latents(rng, sizes):
    k = sizes[0] + 4
    names = ("a", "v", "w", "eigenvalue")
    return {name: rng.uniform(0.3, 2, size=k) for name in names} | {
        "noise_variance": np.array(0.37),
        "beta": np.array(4.3),
    }


def a_decoder(rng, sizes):
    return {"w": rng.uniform(0, 2, size=sizes[0] + 4), "noise_variance": np.array(0.37), "beta": np.array(4.3)}


def a_spectrum(rng, sizes):
    """Some latents collapse, some do not."""
    eigenvalue = rng.uniform(1.8, 6, size=sizes[0] + 4)
    eigenvalue[:2] = rng.uniform(0.2, 1.5, size=2)
    return {"eigenvalue": eigenvalue, "noise_variance": np.array(0.37), "beta": np.array(4.3)}


def two_lists(rng, sizes):
    a = rng.integers(0, sizes[0], 500)
    noise = rng.integers(0, sizes[1], 500)
    return {"a": a, "b": np.where(rng.uniform(size=500) < 0.6, a % sizes[1], noise)}


def codes_and_factors(rng, sizes):
    factors = rng.integers(0, 6, size=(400, 3))
    codes = np.column_stack([factors, rng.integers(0, 6, size=(400, 2))])
    other = rng.permuted(codes, axis=1)
    return {"codes": np.where(rng.uniform(size=codes.shape) < 0.75, codes, other), "factors": factors}


def correlated(rng, sizes):
    k = sizes[0]
    return {"codes": rng.normal(size=(60, k)) @ (np.eye(k) + rng.normal(scale=0.3, size=(k, k)))}


@check("objective", any_latents, points=15)
def objective(lab, a, v, w, eigenvalue, noise_variance, beta):
    """reconstruction and KL in closed form"""
    return {"objective": lab.objective(a, v, w, eigenvalue, noise_variance, beta)}


@check("best_encoder", a_decoder, points=15)
def best_encoder(lab, w, noise_variance, beta):
    """both derivatives are 0"""
    a, v = lab.best_encoder(w, noise_variance, beta)
    return {"a": a, "v": v}


@check("best_weight", a_spectrum, points=15)
def best_weight(lab, eigenvalue, noise_variance, beta):
    """0 where the latent has collapsed"""
    with np.errstate(invalid="ignore"):
        return {"w": lab.best_weight(eigenvalue, noise_variance, beta)}


@check("kl_of_latents", a_spectrum, points=10)
def kl_of_latents(lab, eigenvalue, noise_variance, beta):
    """the nats that each latent carries"""
    return {"kl": lab.kl_of_latents(eigenvalue, noise_variance, beta)}


@check("beta_of_collapse", a_spectrum, points=10)
def beta_of_collapse(lab, eigenvalue, noise_variance, beta):
    """predict it before you train"""
    return {"betas": lab.beta_of_collapse(eigenvalue, noise_variance)}


@check("mutual_information", two_lists, points=10)
def mutual_information(lab, a, b):
    """by counting, in nats"""
    with np.errstate(all="ignore"):
        return {"information": lab.mutual_information(a, b), "entropy": lab.mutual_information(a, a)}


@check("mutual_information_gap", codes_and_factors, points=15, needs=["mutual_information"])
def mutual_information_gap(lab, codes, factors):
    """one latent for one factor"""
    return {"gaps": lab.mutual_information_gap(codes, factors)}


@check("gaussian_total_correlation", correlated, points=10)
def gaussian_total_correlation(lab, codes):
    """how dependent the latents are"""
    return {"total_correlation": lab.gaussian_total_correlation(codes)}
