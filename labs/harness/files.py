"""Writes a file in one step."""

import os
import tempfile
import time
from pathlib import Path

TRIES, PAUSE = 10, 0.1  # seconds; on Windows a file that another program reads for a moment cannot be replaced


def write_atomically(path, text):
    """Replace the file at `path` by `text`, so that nobody ever sees half of it."""
    path = Path(path).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, 0o644)
        _replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _replace(name, path):
    for left in reversed(range(TRIES)):
        try:
            return os.replace(name, path)
        except PermissionError as error:
            if not left:
                raise PermissionError(
                    error.errno, "cannot be replaced: is it open in another program?", str(path)
                ) from error
            time.sleep(PAUSE)
