"""Settings and images that are what they should be."""

import math
from dataclasses import fields

import numpy as np
from sklearn.utils.validation import validate_data

import nn
from datasets import PackedImages

from ..network.images import check_images, check_on_host, shape_of_images
from ..network.likelihoods import LIKELIHOODS
from ..storage.settings import CORRUPTIONS, SCHEDULES

NUMBERS = (np.float64, np.float32, np.uint8, np.bool_)  # dtypes of X that stay; all others become the first


def check_number(name, value, *, at_least, at_most=np.inf, whole=False):
    """Raise ValueError, saying what was expected, unless value is a number within the limits."""
    kinds, noun = (int | np.integer, "whole number") if whole else (int | float | np.number, "number")
    number = isinstance(value, kinds) and not isinstance(value, bool) and np.isfinite(value)
    if not number or not at_least <= value <= at_most:
        limits = f"of at least {at_least}" if at_most == np.inf else f"from {at_least} to {at_most}"
        raise ValueError(f"{name} must be a {noun} {limits}, got {value!r}")


def check_schedule(name, value, *, at_least):
    """Raise ValueError unless value is a number, or a schedule all of whose numbers are, of at least so much."""
    if isinstance(value, SCHEDULES):
        for field in fields(value):
            check_schedule(f"{name}'s {field.name}", getattr(value, field.name), at_least=at_least)
    elif callable(value):
        names = ", ".join(kind.__name__ for kind in SCHEDULES)
        raise ValueError(
            f"{name} must be a number or one of the schedules in nn.schedules ({names}), which can be written into a "
            f"model's file, got {value!r}"
        )
    else:
        check_number(name, value, at_least=at_least)


def check_choice(name, value, choices):
    """Raise ValueError unless value is one of the choices, all of them texts."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")


def check_settings(model):
    """`BetaVAE.check_settings`, apart from the architecture."""
    for name in ("latent_dim", "batch_size", "max_epochs"):
        check_number(name, getattr(model, name), at_least=1, whole=True)
    check_number("patience", model.patience, at_least=0, whole=True)
    check_schedule("beta", model.beta, at_least=0)
    check_number("initial_code", model.initial_code, at_least=0)
    check_number("batch_norm_momentum", model.batch_norm_momentum, at_least=0, at_most=1)
    if model.batch_norm_momentum == 1:
        raise ValueError("batch_norm_momentum must be less than 1: the averages would never learn anything")
    check_schedule("learning_rate", model.learning_rate, at_least=0)
    if nn.schedules.at(model.learning_rate, 0) == 0:
        raise ValueError("learning_rate must be positive at the first step, got 0: nothing would be learnt")
    check_number("corrupted_share", model.corrupted_share, at_least=0, at_most=1)
    check_choice("likelihood", model.likelihood, LIKELIHOODS)
    check_choice("reduction", model.reduction, ("sum", "mean"))
    check_choice("dtype", model.dtype, ("float32", "float64"))
    if model.corruption is not None and not isinstance(model.corruption, CORRUPTIONS):
        raise ValueError(
            f"corruption must be None, datasets.SaltAndPepper(...) or datasets.GaussianNoise(...), "
            f"got {model.corruption!r}"
        )
    if model.random_state is not None:
        check_number("random_state", model.random_state, at_least=0, whole=True)
    nn.choose_device(model.device)


def checked_images(model, X, name="X", *, reset=False):
    """X as images (see `check_images`); with `reset`, those of training, like which all others of `model` must be."""
    check_on_host(X, name)
    if not hasattr(X, "ndim"):
        X = np.asarray(X)
    if not isinstance(X, PackedImages) and X.ndim < 3:
        X = validate_data(model, X, reset=reset, dtype=NUMBERS)
    if reset:
        model.image_shape_ = model._architecture().image_shape or shape_of_images(X)
        model.n_features_in_ = math.prod(model.image_shape_)
        model._unit_interval = model.likelihood == "bernoulli"
    return check_images(X, model.image_shape_, name, unit_interval=model._unit_interval)


def checked_training_images(model, X, *, reset):
    """`checked_images`, and that no batch is too small for a batch normalisation."""
    X = checked_images(model, X, reset=reset)
    if min(len(X), model.batch_size) == 1 and model._architecture().needs_two_images(
        model.image_shape_, model.latent_dim
    ):
        what = "X holds one image (n_samples = 1)" if len(X) == 1 else "batch_size is 1"
        raise ValueError(f"{what}, but batch normalisation needs at least two images in each batch of training")
    return X
