"""Images and the factors that generated them."""

from .corruption import GaussianNoise, SaltAndPepper
from .packed import PackedImages
from .shapes import ShapesSet

__all__ = ["GaussianNoise", "PackedImages", "SaltAndPepper", "ShapesSet"]
