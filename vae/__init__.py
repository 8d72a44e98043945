"""The disentangled autoencoder (beta-VAE), its training, evaluation and figures."""

import nn  # noqa: F401  (before NumPy is loaded: see nn.threads)

from . import packages  # noqa: F401  (names a foreign nn or datasets)
from . import cuda, explore, inference, metrics, specification, study, tractable
from .estimator import BetaVAE
from .evaluation import Report, evaluate
from .network import GaussianCode, Network
from .specification import ARCHITECTURES, Architecture
from .training import DivergenceError, annealed

__version__ = "0.1.0"

__all__ = [
    "ARCHITECTURES",
    "Architecture",
    "BetaVAE",
    "DivergenceError",
    "GaussianCode",
    "Network",
    "Report",
    "annealed",
    "cuda",
    "evaluate",
    "explore",
    "inference",
    "metrics",
    "specification",
    "study",
    "tractable",
]
