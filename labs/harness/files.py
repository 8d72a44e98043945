"""Writes a file in one step."""

import os
import tempfile
import time
from pathlib import Path

TRIES, PAUSE = 10, 0.1  # seconds; on Windows a file that another program reads for a moment cannot be replaced


def write_atomically(path, content):
    """Replace the file at `path` by `content`, a text or bytes, so that nobody ever sees half of it.

    The same text gives the same bytes on every system: UTF-8, and lines that end as they do in the text.
    """
    path = Path(path).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
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
