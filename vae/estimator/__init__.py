"""The beta-VAE as a scikit-learn transformer: what users call, and the checks of what they give."""

from .beta_vae import BetaVAE

__all__ = ["BetaVAE"]
