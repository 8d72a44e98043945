"""Where the public files are: found in a folder, or else downloaded into it.

The folder is the one that the environment variable DATASETS_HOME names, or the user's cache folder for bare-vae.
"""

import hashlib
import io
import os
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .reading import CHUNK, DAMAGE, DataFileError, opened

TIMEOUT = 30  # seconds without any answer


def chunks(path):
    """The content of a file, piece by piece; that of a gzipped one uncompressed."""
    with opened(path) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


@dataclass(frozen=True)
class PublicFile:
    """A file that others publish.

    name : its place below the data folder, such as "mnist/train-images-idx3-ubyte.gz".
    urls : where it is published, the first choice first.
    checksum : "md5:..." or "sha256:..." of what `content` gives.
    largest : bytes; a server that sends more is not the right one.
    content : gives pieces of the content for the checksum.  It is uncompressed, since mirrors compress anew.
    """

    name: str
    urls: tuple
    checksum: str
    largest: int
    content: Callable = chunks


def data_folder():
    """The folder for data files: DATASETS_HOME, or else the user's cache folder for bare-vae."""
    if home := os.environ.get("DATASETS_HOME"):
        return Path(home).expanduser()
    import pooch  # takes a while, so only where needed

    return Path(pooch.os_cache("bare-vae"))


def find(name):
    """The path of a file below the data folder, or None: NAME may lie there without its own folder or its .gz too."""
    folder = data_folder()
    for place in (folder / name, folder / Path(name).name):
        for path in (place, place.with_suffix("") if place.suffix == ".gz" else place):
            if path.is_file():
                return path
    return None


def find_or_download(file):
    """The path of a `PublicFile`, downloaded if it is not here yet.

    Only what has the published checksum takes its place in the data folder.  After an interruption run it again: what
    is there already stays.
    Raises FileNotFoundError, saying what to put where, if no server gives it.
    """
    return find(file.name) or download(file)


def download(file):
    """Download a `PublicFile` into the data folder, from the first of its addresses that has it."""
    from requests import RequestException

    path, failures = data_folder() / file.name, []
    with replacing(path, data_folder()) as temporary:
        for url in file.urls:
            try:
                _transfer(url, temporary, file)
                _check(temporary, file)
                return path
            except RequestException as error:
                failures.append(f"{url} ({_reason(error)})")
            except (ValueError, *DAMAGE):  # also what a server says about itself can be malformed
                failures.append(f"{url} (what came is not the published file)")
        raise FileNotFoundError(
            f"{path.name} is not in {path.parent} and could not be downloaded from {' or '.join(failures)}: "
            "download it by other means and put it there, or set DATASETS_HOME to a folder that has it"
        )


@contextmanager
def replacing(path, folder):
    """A temporary path in `folder`, on the same disk; what was written there takes the place of `path` at the end.

    An error on the way leaves everything as it was.
    """
    path = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = tempfile.TemporaryDirectory(dir=folder, prefix=f".{path.name}.")
    except OSError as error:
        raise OSError(f"cannot write into the folder {folder} ({error.strerror}): choose another one") from error
    with scratch:
        temporary = Path(scratch.name) / path.name
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        path.parent.mkdir(exist_ok=True)
        os.replace(temporary, path)


def _transfer(url, path, file):
    from pooch import HTTPDownloader
    from tqdm import tqdm

    name = Path(file.name).name
    with (
        _Limited(path, file.largest) as output,
        tqdm(total=file.largest, unit="B", unit_scale=True, desc=name, disable=None) as bar,
    ):
        HTTPDownloader(progressbar=bar, chunk_size=2**16, timeout=TIMEOUT)(url, output, None)


class _Limited(io.BufferedWriter):
    """A new file that refuses to grow beyond `limit` bytes."""

    def __init__(self, path, limit):
        super().__init__(io.FileIO(path, "w"))
        self.limit = limit

    def write(self, content):
        if self.tell() + len(content) > self.limit:
            raise DataFileError(f"more than the {self.limit:,} bytes of the published file")
        return super().write(content)


def _check(path, file):
    algorithm, expected = file.checksum.split(":")
    digest = hashlib.new(algorithm)
    for chunk in file.content(path):
        digest.update(chunk)
    if digest.hexdigest() != expected:
        raise DataFileError(f"its {algorithm} is {digest.hexdigest()}, not {expected}")


def _reason(error):
    import requests

    if error.response is not None:
        return f"it answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout):
        return f"no answer for {TIMEOUT} seconds"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    return "no connection"
