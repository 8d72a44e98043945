"""Small data and a small model in place of the pages' large ones: no page takes more than some seconds."""

import functools
import sys
from types import SimpleNamespace
from unittest.mock import MagicMock

import joblib
import numpy as np
import pytest

import datasets
import nn
import vae


@pytest.fixture(scope="session")
def all_shapes():
    return datasets.ShapesSet()


@pytest.fixture
def small_data(all_shapes, monkeypatch, tmp_path):
    """Whatever a page loads, it gets a few images of; metrics are computed from few points."""
    shapes = all_shapes.subset(np.linspace(0, len(all_shapes) - 1, 400).astype(int))
    monkeypatch.setattr(datasets, "ShapesSet", lambda seed=0: shapes)
    monkeypatch.setattr(datasets, "load_mnist", lambda part="train": labelled(50, 28, 28, 1))
    monkeypatch.setattr(datasets, "load_svhn", lambda part="train": labelled(100, 32, 32, 3))
    monkeypatch.setattr(datasets, "load_frey", lambda: labelled(50, 28, 20, 1))
    few = functools.partial(vae.metrics.evaluate, only=["mutual_information_gap", "modularity"], repeats=2)
    monkeypatch.setattr(vae.metrics, "evaluate", few)
    dci = vae.metrics.dci
    monkeypatch.setattr(
        vae.metrics, "dci", lambda codes, factors, **options: dci(codes[:300], factors[:300], quick=True, repeats=0)
    )
    with joblib.parallel_config("sequential"):  # processes take longer to start than to train
        yield


@pytest.fixture
def given(all_shapes, small_data, monkeypatch, tmp_path):
    """What some pages take as given, by the page's name: names, files, a GPU."""

    def prepare(page):
        if page == "docs/gpu.md":
            monkeypatch.setattr(nn, "choose_device", lambda device, say=None: "cpu")  # the GPU of this machine
            monkeypatch.setattr(nn.device, "choose_device", nn.choose_device)
            images = np.zeros((20, 64, 64, 1), np.float32)
            train = SimpleNamespace(images=images)
            return {
                "nn": nn,
                "vae": vae,
                "train": train,
                "more_images": images,
                "array": images[:, 0, :3, 0],
                "layer": nn.Dense(3, 2),
            }
        if page == "docs/disentangling.md":  # nothing is trained there
            monkeypatch.setattr(datasets, "ShapesSet", lambda seed=0: all_shapes)
        if page == "docs/study.md":
            monkeypatch.setitem(sys.modules, "dask_jobqueue", MagicMock())  # a cluster with a queue
            return {"input": print}
        if page == "docs/metrics.md":
            (tmp_path / "outputs").mkdir()
            layers = [vae.specification.Dense(4), vae.specification.Output()]
            tiny = vae.Architecture(encoder=layers[:1], decoder=layers[1:], image_shape=(64, 64, 1))
            vae.BetaVAE(tiny, latent_dim=2, max_epochs=1).fit(datasets.ShapesSet().images).save("outputs/model.npz")
        return {}

    return prepare


def labelled(n, *shape):
    images = np.random.default_rng(0).integers(256, size=(n, *shape), dtype=np.uint8)
    return datasets.LabelledImages(images, np.arange(n) % 10)
