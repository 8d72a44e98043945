"""The tractable beta-VAE: linear layers on Gaussian data, solved in closed form."""

from .linear_beta_vae import ConvergenceError, LinearBetaVAE, Solution

__all__ = ["ConvergenceError", "LinearBetaVAE", "Solution"]
