"""What a network is to be, before it is built: layers without their input sizes, architectures, those of the papers."""

from .architecture import Architecture
from .layers import Conv2D, ConvTranspose2D, Dense, Output, Reshape
from .papers import ARCHITECTURES

__all__ = ["ARCHITECTURES", "Architecture", "Conv2D", "ConvTranspose2D", "Dense", "Output", "Reshape"]
