"""The disentangled autoencoder (beta-VAE), its training, evaluation and figures."""

import nn  # noqa: F401  (before NumPy is loaded: see nn.threads)

from . import packages  # noqa: F401  (names a foreign nn or datasets)
from . import cuda, inference, layers, metrics, tractable
from .architectures import ARCHITECTURES, Architecture
from .gaussian_code import GaussianCode
from .model import BetaVAE
from .network import Network
from .report import Report, evaluate
from .training import DivergenceError

__all__ = [
    "ARCHITECTURES",
    "Architecture",
    "BetaVAE",
    "DivergenceError",
    "GaussianCode",
    "Network",
    "Report",
    "cuda",
    "evaluate",
    "inference",
    "layers",
    "metrics",
    "tractable",
]
