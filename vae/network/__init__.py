"""The beta-VAE as one differentiable function: the stochastic code, the likelihoods, the objective and its beta."""

from .gaussian_code import GaussianCode
from .network import Network

__all__ = ["GaussianCode", "Network"]
