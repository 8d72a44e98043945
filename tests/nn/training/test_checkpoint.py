"""A training that was interrupted goes on exactly as if it had not been."""

import numpy as np
import pytest

import nn
from nn.losses import squared_error


class Setting:
    """Everything a training needs, from one rng."""

    def __init__(self, units=4, optimiser=nn.Adam):
        self.rng = np.random.default_rng(0)
        data = np.random.default_rng(1)
        self.network = nn.Sequential(
            nn.Dense(3, units, rng=self.rng), nn.BatchNorm(units), nn.Tanh(), nn.Dense(units, 1, rng=self.rng)
        )
        self.optimiser = optimiser(self.network.parameters(), nn.schedules.Cosine(0.1, 30))
        x = data.normal(size=(60, 3)).astype("f")
        self.batches = nn.Batches(x, x[:, :1] * x[:, 1:2], size=10, rng=self.rng)

    def fit(self, epochs, path=None, history=None):
        callbacks = [] if path is None else [nn.Checkpoint(path, self.rng)]
        return nn.fit(
            self.network, squared_error, self.optimiser, self.batches,
            epochs=epochs, callbacks=callbacks, history=history, progress=False,
        )  # fmt: skip

    def load(self, path, rng="own"):
        return nn.load_checkpoint(path, self.network, self.optimiser, self.rng if rng == "own" else rng)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "run.npz"
    Setting().fit(2, path)
    return path


@pytest.mark.parametrize("optimiser", [nn.Adam, nn.SGD, nn.RMSProp])
def test_it_goes_on_as_if_there_had_been_no_pause(tmp_path, optimiser):
    whole = Setting(optimiser=optimiser)
    expected = whole.fit(5)
    path = tmp_path / "run.npz"
    Setting(optimiser=optimiser).fit(2, path)
    second = Setting(optimiser=optimiser)
    history = second.fit(5, path, second.load(path))
    assert history["loss"] == expected["loss"]
    assert history["epoch"] == [1, 2, 3, 4, 5]
    assert all(np.array_equal(array, whole.network.state()[name]) for name, array in second.network.state().items())
    assert list(tmp_path.iterdir()) == [path]


def test_every_so_many_epochs(tmp_path):
    setting, path = Setting(), tmp_path / "run.npz"
    nn.fit(
        setting.network, squared_error, setting.optimiser, setting.batches,
        epochs=5, callbacks=[nn.Checkpoint(path, setting.rng, every=2)], progress=False,
    )  # fmt: skip
    assert Setting().load(path)["epoch"] == [1, 2, 3, 4]


def refused(setting, load, words):
    """ValueError in these words, with nothing changed."""
    before = setting.network.state(), setting.optimiser.state(), setting.rng.bit_generator.state
    with pytest.raises(ValueError, match=words):
        load()
    for now, then in zip((setting.network.state(), setting.optimiser.state()), before[:2], strict=True):
        assert all(np.array_equal(array, then[name]) for name, array in now.items())
    assert setting.rng.bit_generator.state == before[2]


def test_another_network_or_optimiser_is_refused_and_nothing_changes(path):
    wider, other = Setting(units=5), Setting(optimiser=nn.RMSProp)
    refused(wider, lambda: wider.load(path), "expected")
    refused(other, lambda: other.load(path), "RMSProp got a state")


def test_a_forgotten_rng_is_refused(path):
    setting = Setting()
    refused(
        setting, lambda: setting.load(path, rng=None),
        "was written with an rng, and no rng is given",
    )  # fmt: skip


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "other", "pickle"])
def test_a_damaged_file_is_refused_in_words(path, damage):
    whole = path.read_bytes()
    if damage == "other":
        np.savez(path, a=np.ones(3))
    elif damage == "pickle":
        np.savez(path, header=np.array([{"a": 1}], dtype=object))
    else:
        path.write_bytes({"cut": whole[: len(whole) // 2], "text": b"hello", "empty": b""}[damage])
    setting = Setting()
    refused(setting, lambda: setting.load(path), "damaged, or no checkpoint")


def test_a_missing_file_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError):
        Setting().load(tmp_path / "nothing.npz")
