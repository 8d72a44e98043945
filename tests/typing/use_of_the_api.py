"""The public names in use, for a type checker (``make types``); `test_annotations.py` runs it too.

``assert_type`` says what the checker must know.  Each line of `mistakes` is one that it must notice: an ignore comment
that nothing needs is an error.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import nn  # before NumPy
import numpy as np
from numpy.typing import NDArray

import datasets
import vae
from vae import metrics

if TYPE_CHECKING:
    from typing import assert_type
else:

    def assert_type(value, kind):
        return value


def a_network_of_layers():
    rng = np.random.default_rng(0)
    network = nn.Sequential(
        nn.Conv2D(1, 4, 3, stride=2, initialiser=nn.he_normal, rng=rng),
        nn.BatchNorm(4),
        nn.Residual(nn.Conv2D(4, 4, (3, 3), padding="same", rng=0)),
        nn.ReLU(),
        nn.MaxPool2D(2),
        nn.Flatten(),
        nn.Dense(16, 10, rng=rng, dtype="float32"),
    )
    x, labels = rng.random((6, 8, 8, 1), np.float32), rng.integers(10, size=6)
    y = network(x, training=True)
    assert_type(y, NDArray[Any])
    loss, dlogits = nn.losses.softmax_cross_entropy(y, labels)
    assert_type(network.backward(dlogits), NDArray[Any])
    assert_type(network.parameters(), list[nn.Parameter])
    assert_type(network.state(), dict[str, NDArray[Any]])
    assert_type(nn.summary(network, (8, 8, 1)), str)
    assert_type(nn.check_gradients(nn.Dense(3, 2), np.ones((4, 3))).ok, bool)
    assert_type(nn.check_loss(nn.losses.squared_error, np.ones((2, 3)), np.zeros((2, 3))).worst, float)
    nn.clip_by_norm(network.parameters(), 1.0)
    dense = nn.Dense(3, 2)
    dense.weight.data += 0.1 * dense.weight.grad
    if dense.bias is not None:
        dense.bias.zero_grad()
    return float(loss)


class Scale(nn.Layer):
    """A layer of the reader's own."""

    def __init__(self):
        self.factor = nn.Parameter(1.0, "factor")

    def forward(self, x: NDArray[Any], *, training: bool = False) -> NDArray[Any]:
        self.save_for_backward(x)
        return self.factor.data * x

    def backward(self, dy: NDArray[Any]) -> NDArray[Any]:
        (x,) = self.saved()
        self.factor.grad += (dy * x).sum()
        return self.factor.data * dy


def training_by_hand_and_by_fit():
    rng = np.random.default_rng(0)
    network = nn.Sequential(nn.Dense(3, 2, rng=rng), Scale())
    x, target = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    optimiser = nn.SGD(network.parameters(), learning_rate=nn.schedules.Cosine(0.1, steps=10), momentum=0.9)
    optimiser.zero_grad()
    _, dy = nn.losses.squared_error(network.forward(x, training=True), target)
    network.backward_parameters(dy)
    optimiser.step()
    assert_type(optimiser.rate, float)
    history = nn.fit(
        network, nn.losses.squared_error, nn.Adam(network.parameters()), nn.Batches(x, target, size=10, rng=0),
        epochs=2, validation=[(x, target)], callbacks=[nn.EarlyStopping(patience=1), nn.Recorder()], progress=False,
    )  # fmt: skip
    assert_type(history, nn.History)
    assert_type(history["loss"], list[float])
    with nn.use("plain"), nn.trace(network) as trace:
        network.forward(x)
    print(trace.not_finite)
    finding = nn.diagnose(nn.Tanh(), (5, 3))
    assert_type(finding.ok, bool)


def data_sets():
    images = np.zeros((12, 8, 8), np.uint8)
    images[np.arange(12), np.arange(12) % 8] = 255
    data = datasets.FactorDataset(images, [[i // 3, i % 3] for i in range(12)], ["row", "column"])
    assert_type(data.factor_names, tuple[str, ...])
    assert_type(data.subset(slice(5)), datasets.FactorDataset)
    labelled = datasets.LabelledImages(images[..., None], np.arange(12) % 2)
    assert_type(labelled.of_class(1), datasets.LabelledImages)
    pixels, _ = labelled
    assert_type(datasets.SaltAndPepper(0.1)(pixels / 255.0, np.random.default_rng(0)), np.ndarray)


def a_model():
    rng = np.random.default_rng(0)
    images = (rng.random((40, 16)) < 0.5).astype(np.float32)
    model = vae.BetaVAE("mixing-dense", latent_dim=2, beta=0.5, max_epochs=1, random_state=0, progress=False)
    assert_type(model.fit(images, validation=images[:10]), vae.BetaVAE)
    codes = model.transform(images)
    assert_type(codes, np.ndarray)
    mean, log_variance = model.encode(images)
    assert_type(mean, np.ndarray)
    assert_type(model.score(images), float)
    with TemporaryDirectory() as folder:
        model.save(Path(folder) / "model.npz")
        assert_type(vae.BetaVAE.load(Path(folder) / "model.npz"), vae.BetaVAE)
    own = vae.Architecture([vae.specification.Dense(8, "relu")], [vae.specification.Output()], (4, 4, 1))
    vae.BetaVAE(own, latent_dim=2, corruption=datasets.SaltAndPepper(0.1)).check_settings()
    factors = rng.integers(3, size=(40, 2))
    gap = metrics.mutual_information_gap(codes, factors, rng=0, repeats=2)
    assert_type(gap, metrics.Score)
    assert_type(gap + 1, float)
    assert_type(gap.error, float)
    metrics.active_latents(mean, log_variance, repeats=2)
    assert_type(vae.tractable.LinearBetaVAE([[1.0], [0.5]], 0.1, beta=2.0).solve().elbo, float)


def mistakes():
    x = np.zeros((4, 3))
    nn.Dense("3", 2)  # pyright: ignore[reportArgumentType]
    nn.Dense(3, 2, initializer=nn.he_normal)  # pyright: ignore[reportCallIssue]
    nn.Conv2D(1, 2, 3, padding="equal")  # pyright: ignore[reportArgumentType]
    nn.Conv2D(1, 2, (3, 3, 3))  # pyright: ignore[reportArgumentType]
    nn.Sequential([nn.ReLU()])  # pyright: ignore[reportArgumentType]
    nn.ReLU().forward(x, True)  # pyright: ignore[reportCallIssue]
    nn.Adam(nn.Dense(3, 2))  # pyright: ignore[reportArgumentType]
    nn.losses.squared_error(x, None)  # pyright: ignore[reportArgumentType]
    nn.to_device(x, "tpu")  # pyright: ignore[reportArgumentType]
    nn.fit(nn.ReLU(), nn.losses.hinge, nn.SGD([]), [], epoch=3)  # pyright: ignore[reportCallIssue]
    vae.BetaVAE(latent_dim="10")  # pyright: ignore[reportArgumentType]
    vae.BetaVAE(betta=4)  # pyright: ignore[reportCallIssue]
    vae.BetaVAE().transform(x).encode(x)  # pyright: ignore[reportAttributeAccessIssue]
    datasets.load_mnist(part=3)  # pyright: ignore[reportArgumentType]
    metrics.sap_score(x, x, repeat=3)  # pyright: ignore[reportCallIssue]
