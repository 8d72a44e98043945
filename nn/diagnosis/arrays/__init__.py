"""What is wrong with an array, told from arrays alone: the part that the labs hand out to students."""

from .evidence import Evidence
from .naming import name_gradient

__all__ = ["Evidence", "name_gradient"]
