"""A trained model as one page for the browser, to be explored by hand: `python -m vae.explore MODEL.npz`."""

from .page import write

__all__ = ["write"]
