"""The disentangled autoencoder (beta-VAE), its training, evaluation and figures."""

import nn  # isort: skip  (before NumPy is loaded: see nn.threads)
import datasets

for _package, _name in ((nn, "check_gradients"), (datasets, "ShapesSet")):
    if not hasattr(_package, _name):
        raise ImportError(
            f"'import {_package.__name__}' found another package of that name, at {_package.__path__[0]}: "
            "bare-vae brings its own nn and datasets; install it into an environment of its own (see README)"
        )

from .architectures import ARCHITECTURES
from .gaussian_code import GaussianCode
from .model import BetaVAE
from .network import Network
from .training import DivergenceError

__all__ = ["ARCHITECTURES", "BetaVAE", "DivergenceError", "GaussianCode", "Network"]
