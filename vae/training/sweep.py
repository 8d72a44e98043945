"""Many models side by side: the same training for many betas and seeds, one process a core."""

import json
import pickle
from pathlib import Path

import joblib
from sklearn.base import clone
from tqdm import tqdm

from nn.files import atomic_write, writable_folder
from ..storage.settings import to_json
from .results import as_json


def sweep(model, settings, images, measure, *, jobs=-1, store=None):
    """Train a clone of `model` for each of `settings`, and measure it.

    Small models gain nothing from two threads: each process computes with one.

    Parameters
    ----------
    model : an unfitted `BetaVAE`.
    settings : list of dicts, the parameters that differ: ``[{"beta": 1.0, "random_state": 0}, ...]``.
    images : training images, the same for all.
    measure : function of a fitted model, at the top level of a module (or a partial of one); returns a dict by text of
        numbers, texts, and lists, arrays and dicts of them.  They come back as JSON has them: NumPy's numbers as
        Python's, arrays as lists, in a file or not.
    jobs : processes; -1 for one for each core.
    store : path of a JSON file that keeps what is done, so that a killed sweep goes on where it was, or None.

    Returns the list of the measured dicts, in the order of `settings`.
    Raises ValueError for unusable settings and if `store` belongs to a sweep of another model, other images or another
    measure, OSError if it cannot be written, all before any training; TypeError, naming what, if a measure returns
    anything else than `measure` may.
    """
    models = [clone(model).set_params(**setting, progress=False) for setting in settings]
    for each in models:
        each.check_settings()
    done = _Store(store, model, images, measure)
    todo = [(each, setting) for each, setting in zip(models, settings, strict=True) if setting not in done]
    train = joblib.delayed(_train_and_measure)
    results = joblib.Parallel(jobs, return_as="generator_unordered")(
        train(each, setting, images, measure) for each, setting in todo
    )
    with tqdm(total=len(settings), initial=len(settings) - len(todo), unit="model", disable=_hidden(model)) as bar:
        for setting, result in results:
            done.add(setting, result)
            bar.update()
    return [done[setting] for setting in settings]


def _train_and_measure(model, setting, images, measure):
    return setting, as_json(measure(model.fit(images)))


def _hidden(model):
    return None if model.progress else True


class _Store:
    """Results by setting, in memory and, if there is a path, in a file."""

    def __init__(self, path, model, images, measure):
        self.path, self.results = path, {}
        if path is None:
            return
        writable_folder(Path(path).parent)
        try:
            fingerprint = joblib.hash((images, measure))
        except pickle.PicklingError as error:
            raise TypeError(
                f"with a store, measure must stand at the top level of a module, to be known again: got {measure!r}"
            ) from error
        self.head = {"model": to_json(model.get_params(deep=False)), "images and measure": fingerprint}
        if Path(path).exists():
            self._load()

    def _load(self):
        try:
            content = json.loads(Path(self.path).read_text())
            results, head = dict(content.pop("results")), content
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{self.path} is not a sweep's file, or damaged ({error}): delete it") from error
        if head != self.head:
            raise ValueError(
                f"{self.path} holds results of another model or of other images: delete it or choose another file"
            )
        self.results = results

    def add(self, setting, result):
        self.results[_key(setting)] = result
        if self.path is not None:
            with atomic_write(self.path, "w") as file:
                json.dump(self.head | {"results": self.results}, file, indent=1)

    def __contains__(self, setting):
        return _key(setting) in self.results

    def __getitem__(self, setting):
        return self.results[_key(setting)]


def _key(setting):
    return json.dumps(to_json(setting), sort_keys=True)
