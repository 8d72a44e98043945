"""What the latents have learnt, measured on images whose generating factors are known."""

import numpy as np
from scipy.stats import norm

from ..network.gaussian_code import kl_to_prior
from ..network.images import to_float


def kl_per_latent(mean, log_variance):
    """`kl_to_prior` of each latent, averaged over images, in nats.

    mean, log_variance : (n, latents), from `BetaVAE.encode`.  Returns (latents,).
    """
    return kl_to_prior(mean, log_variance).mean(axis=0)


def means_by_factor(codes, values, sizes, at_least=1):
    """The latent mean value: the average of the codes over all images with the same value of some factors (eq. 4.1).

    codes : (n, latents);  values : (n, k) int, the k factors to tell apart;  sizes : how many values each takes.
    Returns (*sizes, latents); NaN where there are fewer than `at_least` images.
    """
    group = np.ravel_multi_index(tuple(values.T), sizes)
    groups = int(np.prod(sizes))
    counts = np.bincount(group, minlength=groups)
    sums = np.stack([np.bincount(group, latent, groups) for latent in codes.T], axis=-1)
    means = np.divide(sums, counts[:, None], out=np.full_like(sums, np.nan), where=counts[:, None] >= at_least)
    return means.reshape(*sizes, codes.shape[1])


def variance_explained(codes, values, sizes):
    """How much of each latent's variance the value of some factors explains: 0 nothing, 1 everything.

    The variance of the means by factor value (`means_by_factor`), weighted by how frequent the value is, over the
    whole variance: the correlation ratio eta^2.  A latent that never varies gets 0.  Returns (latents,).
    """
    means = means_by_factor(codes, values, sizes).reshape(-1, codes.shape[1])
    counts = np.bincount(np.ravel_multi_index(tuple(values.T), sizes), minlength=len(means))
    between = np.nansum(counts[:, None] * (means - codes.mean(axis=0)) ** 2, axis=0) / len(codes)
    total = codes.var(axis=0)
    return np.divide(between, total, out=np.zeros_like(total, dtype=float), where=total > 0)


def traverse(model, code, values):
    """Decode a code with one latent at a time set to other values (Mishra and Goutham, Figures 3 to 51).

    code : (latents,);  values : (steps,), the same for all latents, or (latents, steps).
    Returns (latents, steps, height, width, channels).
    """
    code = np.asarray(code)
    values = np.broadcast_to(values, (len(code), np.shape(values)[-1]))  # (latents, steps)
    codes = np.tile(code, (*values.shape, 1))  # (latents, steps, latents)
    for j, row in enumerate(values):
        codes[j, :, j] = row
    images = model.decode(codes.reshape(-1, len(code)))
    return images.reshape(*values.shape, *images.shape[1:])


def perturb(model, image, deltas):
    """Decode the mean code of an image with each latent moved a little, one at a time (Figures 4.5 and 4.7).

    image : (height, width, channels);  deltas : numbers added to one element of the code.
    Returns (latents, len(deltas), height, width, channels).
    """
    code = model.transform(image[None])[0]
    return traverse(model, code, code[:, None] + np.asarray(deltas))


def prior_range(steps, share=0.95):
    """Values that cut the middle `share` of the prior N(0, 1) into pieces of equal probability: (steps,)."""
    return norm.ppf(_quantiles(steps, share))


def posterior_range(codes, steps, share=0.95):
    """The same for the codes of a data set, (n, latents), latent by latent: (latents, steps)."""
    return np.quantile(codes, _quantiles(steps, share), axis=0).T


def _quantiles(steps, share):
    return np.linspace((1 - share) / 2, (1 + share) / 2, steps)


def reconstruction_error(model, images):
    """||x - x'||_2 / n for each image, n its pixels, x' its reconstruction (dissertation, Figure 4.10): (images,)."""
    batches = range(0, len(images), model.batch_size)
    return np.concatenate([_distance(model, images[start : start + model.batch_size]) for start in batches])


def _distance(model, images):
    x, rebuilt = (array.reshape(len(images), -1) for array in (to_float(images, np.float32), model.reconstruct(images)))
    return np.linalg.norm(x - rebuilt, axis=1) / x.shape[1]


def plane(model, values):
    """Decode a grid of codes: the first two latents take all pairs of `values`, the others are 0.

    Returns (len(values), len(values), height, width, channels): rows over the first latent.
    """
    codes = np.zeros((len(values), len(values), model.latent_dim))
    codes[:, :, 0], codes[:, :, 1] = np.meshgrid(values, values, indexing="ij")
    images = model.decode(codes.reshape(-1, model.latent_dim))
    return images.reshape(len(values), len(values), *images.shape[1:])
