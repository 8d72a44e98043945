"""Models, checkpoints and settings in files: written whole or not at all (`nn.files`), never unpickled."""

from .archive import ModelFileError

__all__ = ["ModelFileError"]
