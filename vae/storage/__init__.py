"""Models, checkpoints and figures in files: written whole or not at all, never unpickled."""

from .archive import ModelFileError
from nn.files import atomic_write, writable_folder

__all__ = ["ModelFileError", "atomic_write", "writable_folder"]
