"""A beta-VAE on the device: training, evaluation, files, and moving between the devices."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import datasets
import nn
import vae
from nn.cuda.availability import gpu_name
from vae.specification import Conv2D, ConvTranspose2D, Dense, Reshape
from vae.training.packed_on_gpu import PackedOnGPU
from vae.papers import Experiment
from vae.papers.training import numbers, train
from vae.training import Trainer
from vae.training.whole_sets import validate

ROOT = Path(__file__).parents[2]


TINY = vae.Architecture(
    encoder=[Conv2D(4, 5, stride=8, activation="relu", batch_norm=True), Dense(16, "relu")],
    decoder=[
        Dense(8 * 8 * 2, "tanh", batch_norm=True), Reshape((8, 8, 2)), ConvTranspose2D(1, 8, stride=8),
    ],
)  # fmt: skip


def make_model(device, **settings):
    defaults = {
        "latent_dim": 3, "beta": 0.5, "batch_size": 20, "max_epochs": 2, "random_state": 0, "progress": False,
    }  # fmt: skip
    return vae.BetaVAE(TINY, device=device, **defaults | settings)


def assert_same_training(ours, theirs, rtol=1e-4):
    for name in ("objective", "reconstruction", "kl", "validation_objective"):
        np.testing.assert_allclose(ours.history_[name], theirs.history_[name], rtol=rtol)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_fit_agrees_with_the_cpu(images, packed, dtype):
    train, validation = images.subset(slice(0, 130)), images.subset(slice(130, 200))
    if not packed:
        train, validation = train[:], validation[:]
    ours, theirs = (make_model(device, dtype=dtype).fit(train, validation=validation) for device in ("cpu", "gpu"))
    assert_same_training(ours, theirs, 1e-4 if dtype == "float32" else 1e-10)
    np.testing.assert_allclose(ours.transform(validation), theirs.transform(validation), atol=1e-3)
    assert type(theirs.reconstruct(validation)) is np.ndarray
    assert ours.score(validation) == pytest.approx(theirs.score(validation), rel=1e-4)


def test_metrics_and_report_encode_on_the_device(images):
    factors = np.arange(100)[:, None] // np.array([1, 10]) % 10
    data = datasets.FactorDataset(images[:100], factors)
    scores = ("mutual_information_gap", "covariance_gap", "active_latents")
    ours, theirs = (
        vae.evaluate(
            make_model(device, dtype="float64").fit(images.subset(slice(100))), data, only=scores, repeats=3,
            progress=False,
        )
        for device in ("cpu", "gpu")
    )  # fmt: skip
    assert ours.numbers["elbo"] == pytest.approx(theirs.numbers["elbo"], rel=1e-9)
    assert set(theirs.scores) == set(scores)
    for name, score in ours.scores.items():
        assert float(score) == pytest.approx(float(theirs.scores[name]), rel=1e-6)


@pytest.mark.parametrize(
    "settings",
    [
        {"likelihood": "gaussian"},
        {"reduction": "mean"},
        {"corruption": datasets.SaltAndPepper(0.2)},
        {"beta": nn.schedules.Linear(0.5, 2, steps=4)},  # from 0 the gradient of the mean's bias would be round-off
    ],
    ids=str,
)
def test_every_objective_agrees_with_the_cpu(images, settings):
    train, validation = images.subset(slice(0, 60)), images.subset(slice(60, 100))
    ours, theirs = (make_model(device, **settings).fit(train, validation=validation) for device in ("cpu", "gpu"))
    assert_same_training(ours, theirs)
    np.testing.assert_allclose(ours.elbo(validation), theirs.elbo(validation), rtol=1e-4)


def test_bytes_become_floats_on_the_device(images):
    grey = (255 * images[:60] * np.random.default_rng(0).random((60, 64, 64, 1))).astype(np.uint8)
    ours, theirs = (make_model(device).fit(grey, validation=grey) for device in ("cpu", "gpu"))
    assert_same_training(ours, theirs)


def test_a_packed_set_on_the_gpu_is_the_set(images):
    some = images.subset(np.array([5, 3, 399, 0, 7]))
    there = PackedOnGPU(some)
    assert (len(there), there.shape) == (5, some.shape)
    np.testing.assert_array_equal(nn.to_host(there[1:4]), some[1:4])
    np.testing.assert_array_equal(nn.to_host(there[nn.to_device(np.array([4, 0, 0]), "gpu")]), some[[4, 0, 0]])


@pytest.mark.parametrize(("first", "second"), [("cpu", "gpu"), ("gpu", "cpu")])
def test_training_goes_on_after_a_move(images, first, second):
    batch = images[:40]
    moved, stayed = make_model(first).partial_fit(batch), make_model(first).partial_fit(batch)
    moved.to_device(second).partial_fit(batch).partial_fit(batch)
    stayed.partial_fit(batch).partial_fit(batch)
    assert moved.device_ == second
    assert nn.forms.device_of(moved.network_.code.mean.weight.data) == second
    np.testing.assert_allclose(moved.transform(batch), stayed.transform(batch), atol=1e-4)


@pytest.mark.parametrize(("first", "second"), [("cpu", "gpu"), ("gpu", "cpu")])
def test_files_know_no_device(images, first, second, tmp_path):
    model = make_model(first).fit(images)
    model.save(tmp_path / "model.npz")
    loaded = vae.BetaVAE.load(tmp_path / "model.npz", device=second)
    np.testing.assert_allclose(loaded.transform(images), model.transform(images), atol=1e-5)


@pytest.mark.parametrize(("first", "second"), [("cpu", "gpu"), ("gpu", "cpu")])
def test_a_checkpoint_goes_on_on_the_other_device(images, first, second, tmp_path):
    train, validation = images.subset(slice(0, 100)), images.subset(slice(100, 150))
    make_model(first, max_epochs=1).fit(train, validation=validation, checkpoint=tmp_path / "c.npz")
    resumed = make_model(second).fit(train, validation=validation, checkpoint=tmp_path / "c.npz")
    assert_same_training(make_model(first).fit(train, validation=validation), resumed)


def test_early_stopping_keeps_the_best_parameters(images):
    model = make_model("gpu", max_epochs=4, learning_rate=0.03)
    model.fit(images.subset(slice(0, 60)), validation=images.subset(slice(60, 100)))
    best = min(model.history_["validation_objective"])
    there = validate(model.network_, images.subset(slice(60, 100)), 20)
    assert there["objective"] == pytest.approx(best, rel=1e-5)


def test_a_divergence_is_reported_on_the_device(images):
    with pytest.raises(vae.DivergenceError, match="training diverged"):
        make_model("gpu", learning_rate=1e30, max_epochs=5).fit(images)


def test_the_host_waits_for_the_objective_only_now_and_then(images, count):
    model = make_model("gpu", batch_size=4).fit(images)  # 100 steps an epoch
    trainer = Trainer(
        model.network_, learning_rate=1e-3, batch_size=4, rng=np.random.default_rng(0), device="gpu",
        beta=nn.schedules.Linear(0, 4, steps=90),
    )  # fmt: skip
    with count() as done:
        trainer.fit(images, None, epochs=1, patience=0, progress=False)
    assert done["d2h"] == done["syncs"] == 2  # when the 50th and the 100th step are asked for


def train_on_dots(setting, folder):
    dots = np.random.default_rng(0).random((40, 64, 64, 1)) < 0.1
    return numbers(train(setting, folder, dots, architecture=TINY, latent_dim=2), dots)


def test_an_experiment_trains_on_the_device_and_says_so(tmp_path):
    settings = {"default": [{"max_epochs": 1, "random_state": 0}]}
    experiment = Experiment("tiny", "no document", train_on_dots, settings, draw=lambda rows, folder_of: {})
    (there,), (here,) = (experiment.study(tmp_path / device, device=device).execute(1) for device in ("gpu", "cpu"))
    assert there["elbo"] == pytest.approx(here["elbo"], rel=1e-4)
    assert there["machine"] == f"{gpu_name()}; {here['machine']}"


def test_the_demo(tmp_path):
    """demos/shapes_beta4.py --quick with fewer images."""
    script = (
        f"import sys, runpy; sys.path.insert(0, {str(ROOT / 'demos')!r})\n"
        "import shapes_beta4 as demo\n"
        "demo.QUICK_IMAGES = 1000\n"
        "demo.describe = lambda *arguments: {}\n"
        f"demo.main(['--quick', '--device', 'auto', '--output', {str(tmp_path)!r}])\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "device 'auto' is the GPU: " in result.stdout
    objective = json.loads((tmp_path / "results.json").read_text())["history"]["objective"]
    assert len(objective) == 1
    assert objective[0] < 2800  # an untrained network's
    assert vae.BetaVAE.load(tmp_path / "model.npz").device == "cpu"
