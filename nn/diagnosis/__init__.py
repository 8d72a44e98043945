"""Which mistake makes this gradient wrong?  `diagnose` says it, where the numbers allow it.

This package needs NumPy and nothing else, not even the rest of `nn`: the labs hand it out by itself.
"""

from . import formulas
from .diagnose import diagnose
from .arrays.finding import Finding

__all__ = ["Finding", "diagnose", "formulas"]
