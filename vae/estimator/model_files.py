"""A fitted `BetaVAE` in a file, and back."""

import math
from pathlib import Path

import numpy as np

import nn

from ..storage import archive, settings


def save(model, path):
    """`BetaVAE.save`."""
    arrays = {name: nn.to_host(array) for name, array in model.network_.arrays().items()}
    header = {"settings": model._started_with, "image_shape": model.image_shape_, "history": model.history_}
    if hasattr(model, "feature_names_in_"):
        header["feature_names"] = list(model.feature_names_in_)
    archive.save(path, header, arrays)


def load(kind, path, device):
    """`BetaVAE.load`; `kind` is the class."""
    header = archive.load_header(path)
    try:
        model = kind(**settings.from_json(header["settings"]) | {"device": device})
        model.check_settings()
        model.image_shape_ = tuple(header["image_shape"])
        model.n_features_in_ = math.prod(model.image_shape_)
        model._unit_interval = model.likelihood == "bernoulli"
        if "feature_names" in header:
            model.feature_names_in_ = np.array(header["feature_names"], dtype=object)
        weights = model._architecture().weights(model.image_shape_, model.latent_dim)
        if weights * np.dtype(model.dtype).itemsize > Path(path).stat().st_size:
            raise ValueError(f"they need {weights} weights, more than the file can hold")
        model._start()
        model.history_ = nn.History({name: list(values) for name, values in header["history"].items()})
        if model.history_.get("beta"):  # a schedule's, where the training ended
            model.network_.beta = float(model.history_["beta"][-1])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise archive.ModelFileError(f"{path} has unusable settings ({error})") from error
    model.network_.load_state(archive.load_arrays(path, model.network_.arrays()))
    return model
