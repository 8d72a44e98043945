"""Writing files so that a reader never sees half of one."""

import os
import re
import socket
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

DAY = 24 * 60 * 60  # seconds; nobody writes one of our files that long


@contextmanager
def atomic_write(path, mode="wb"):
    """Open a temporary file beside `path`; it takes the path's place only once it is complete and on disk.

    Its name says who writes, so that what a killed process left behind is removed by whoever writes `path` next.
    """
    path = Path(path)
    _remove_leftovers(path.parent, re.escape(path.name))
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.{_writer()}.", suffix=".part")
    try:
        with os.fdopen(handle, mode) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def writable_folder(path):
    """Make the folder if need be and return it as a Path; OSError, saying so, if nothing can be written there.

    Whatever killed processes were writing there with `atomic_write` is removed.
    """
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise OSError(f"cannot write into the folder {path} ({error.strerror}): choose another one") from error
    _remove_leftovers(path, ".+")
    return path


def _writer():
    """This process, as the names of its temporary files give it: number@machine."""
    return f"{os.getpid()}@{socket.gethostname()}"


def _remove_leftovers(folder, name):
    """Remove the temporary files for targets like the regular expression `name` that nobody writes any more.

    That is so if the process is gone, which can be told on its own machine only, or if the file is a day old.
    """
    temporary = re.compile(rf"\.{name}\.(\d+)@(.+)\.\w+\.part")
    for entry in os.scandir(folder):
        match = temporary.fullmatch(entry.name)
        if match is None:
            continue
        number, machine = match.groups()
        with suppress(OSError):  # somebody else has just removed it, or it is not ours to remove
            gone = machine == socket.gethostname() and not _runs(int(number))
            if gone or time.time() - entry.stat().st_mtime > DAY:
                os.unlink(entry.path)


def _runs(number):
    """Whether there is a process of this number on this machine; where one cannot ask (Windows), yes."""
    if os.name != "posix":
        return True
    try:
        os.kill(number, 0)  # signal 0 does nothing
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
