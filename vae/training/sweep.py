"""Many models side by side: the same training for many betas and seeds, one process a core."""

import json
from pathlib import Path

import joblib
from sklearn.base import clone
from tqdm import tqdm

from ..storage.files import atomic_write
from ..storage.settings import to_json


def sweep(model, settings, images, measure, *, jobs=-1, store=None):
    """Train a clone of `model` for each of `settings`, and measure it.

    Small models gain nothing from two threads: each process computes with one.

    Parameters
    ----------
    model : an unfitted `BetaVAE`.
    settings : list of dicts, the parameters that differ: ``[{"beta": 1.0, "random_state": 0}, ...]``.
    images : training images, the same for all.
    measure : function of a fitted model, at the top level of a module (or a partial of one); returns a dict of numbers.
    jobs : processes; -1 for one for each core.
    store : path of a JSON file that keeps what is done, so that a killed sweep goes on where it was, or None.

    Returns the list of the measured dicts, in the order of `settings`.
    Raises ValueError if `store` belongs to a sweep of another model, other images or another measure.
    """
    done = _Store(store, to_json(model.get_params(deep=False)), joblib.hash((images, measure)))
    todo = [setting for setting in settings if setting not in done]
    train = joblib.delayed(_train_and_measure)
    results = joblib.Parallel(jobs, return_as="generator_unordered")(
        train(clone(model).set_params(**setting, progress=False), setting, images, measure) for setting in todo
    )
    with tqdm(total=len(settings), initial=len(settings) - len(todo), unit="model", disable=_hidden(model)) as bar:
        for setting, result in results:
            done.add(setting, result)
            bar.update()
    return [done[setting] for setting in settings]


def _train_and_measure(model, setting, images, measure):
    return setting, measure(model.fit(images))


def _hidden(model):
    return None if model.progress else True


class _Store:
    """Results by setting, in memory and, if there is a path, in a file."""

    def __init__(self, path, model, fingerprint):
        self.path, self.results = path, {}
        self.head = {"model": model, "images and measure": fingerprint}
        if path is not None and Path(path).exists():
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
