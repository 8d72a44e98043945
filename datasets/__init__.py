"""Images, and the factors or labels that go with them."""

from .canvas import DigitPositions, MixedDigits
from .corruption import GaussianNoise, SaltAndPepper
from .dsprites import load_dsprites
from .factors import FactorDataset
from .frey import load_frey
from .labelled import LabelledImages
from .mnist import load_mnist
from .packed import PackedImages
from .reading import DataFileError
from .shapes import ShapesSet
from .standardisation import Standardisation
from .svhn import load_svhn

__all__ = [
    "DataFileError",
    "DigitPositions",
    "FactorDataset",
    "GaussianNoise",
    "LabelledImages",
    "MixedDigits",
    "PackedImages",
    "SaltAndPepper",
    "ShapesSet",
    "Standardisation",
    "load_dsprites",
    "load_frey",
    "load_mnist",
    "load_svhn",
]
