"""A training's whole state in a file, from which it goes on exactly as if it had not been interrupted."""

import hashlib
from pathlib import Path

import numpy as np

import nn
from datasets import PackedImages
from nn.files import writable_folder

from ..storage import archive

FREE = ("max_epochs", "patience", "device", "progress")  # settings that may differ when a training goes on
CHUNK = 10_000  # images hashed together
DATA = ("training images", "validation images")


class Checkpoint:
    """A callback that writes a `Trainer`'s state after every epoch; if the file is there, training goes on from it.

    bound : the training's `binding`.  Raises what `restore` raises, OSError if nothing can be written there.
    """

    def __init__(self, path, trainer, bound):
        self.path, self.trainer, self.bound = Path(path), trainer, bound
        writable_folder(self.path.parent)
        if self.path.exists():
            restore(self.path, trainer, bound)

    def after_epoch(self, state):
        """Write the file."""
        save(self.path, self.trainer, self.bound)


def binding(settings, images, validation):
    """What a checkpoint belongs to, as JSON: only a training with the same settings and images may go on from it.

    settings : the model's, as JSON;  images, validation : as for `Trainer.fit`.
    """
    bound = {name: value for name, value in settings.items() if name not in FREE}
    return {"settings": bound} | dict(zip(DATA, map(fingerprint, (images, validation)), strict=True))


def fingerprint(images):
    """A hash of images' numbers, shape and dtype, without a copy of all of them; None for None."""
    if images is None:
        return None
    packed = isinstance(images, PackedImages)
    digest = hashlib.blake2b(f"{images.shape} {'packed' if packed else images.dtype}".encode(), digest_size=16)
    for start in range(0, len(images), CHUNK):
        part = slice(start, start + CHUNK)
        digest.update(np.ascontiguousarray(images.packed[images.rows[part]] if packed else images[part]))
    return digest.hexdigest()


def save(path, trainer, bound):
    """Write the state of a `Trainer`.  bound : its `binding`."""
    arrays = {name: nn.to_host(array) for name, array in trainer.arrays().items()}
    archive.save(path, trainer.header() | {"checkpoint": bound}, arrays)


def restore(path, trainer, bound):
    """Bring a new `Trainer` to the state in the file.

    Raises ValueError, saying what differs, if the file belongs to a training with another `binding`,
    `vae.storage.ModelFileError` if it is damaged.
    """
    header = archive.load_header(path)
    if header.get("checkpoint") != bound:
        differences = "; ".join(_differences(header.get("checkpoint"), bound))
        raise ValueError(
            f"{path} is the checkpoint of another training: {differences}. "
            "Delete the file, or go on with what it was written for"
        )
    expected = trainer.arrays()
    if header["best_objective"] is not None:
        expected |= {f"best.{name}": array for name, array in trainer.network.arrays().items()}
    trainer.load_state(header, archive.load_arrays(path, expected))


def history_in(path):
    """The training's history up to a checkpoint (see `Trainer`), without reading any weights.

    Raises OSError if there is no such file, `vae.storage.ModelFileError` if it is damaged.
    """
    return archive.load_header(path)["history"]


def _differences(then, now):
    """In words, for two bindings that are not the same."""
    if not isinstance(then, dict) or set(then) != set(now):
        return ["it does not say which data it belongs to"]
    old, new = then["settings"], now["settings"]
    words = [
        f"{name} was {old.get(name)!r} and is {new.get(name)!r}"
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]
    for name in DATA:
        were, are = ("no" if part[name] is None else "some" for part in (then, now))
        if then[name] != now[name]:
            words.append(f"the {name} are others" if were == are else f"there were {were} {name}, now there are {are}")
    return words
