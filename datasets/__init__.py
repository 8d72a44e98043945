"""Images and the factors that generated them."""

from .packed import PackedImages
from .shapes import ShapesSet

__all__ = ["PackedImages", "ShapesSet"]
