"""The networks of `vae.ARCHITECTURES` once more in PyTorch, written from the documents' tables, not from our code.

Each is a function (layers, image_shape, latent_dim) -> (encoder, decoder), two lists; `layers` is `torch_padding.Ours`
or `Native`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

from torch.nn import BatchNorm1d, BatchNorm2d, Flatten, LeakyReLU, Linear, ReLU, Sequential, Tanh, Unflatten
from torch_padding import Ours
from torch_twins import BetaVAETwin

BATCH_NORM = {"eps": 1e-4, "momentum": 1e-3}
SLOPE = 0.2


def shapes_dense(layers, image_shape, latent_dim):
    """4096 - 1200 - 1200 - code - 1200 - 1200 - 1200 - 4096 (dissertation, Table B.1)."""
    encoder = [Flatten(), *_dense(4096, 1200, ReLU), *_dense(1200, 1200, ReLU)]
    decoder = [*_dense(latent_dim, 1200, Tanh), *_dense(1200, 1200, Tanh), *_dense(1200, 1200, Tanh)]
    return encoder, [*decoder, Linear(1200, 4096), Unflatten(1, (1, 64, 64))]


def shapes_conv(layers, image_shape, latent_dim):
    """1x64x64 - 16x32x32 - 32x16x16 - 1024 - code - 1024 - 64x8x8 - 16x16x16 - 4x32x32 - 1x64x64 (Table B.1)."""
    encoder = [
        *layers.conv(1, 16, 3, 2, bias=False), BatchNorm2d(16, **BATCH_NORM), ReLU(),
        *layers.conv(16, 32, 3, 2, bias=False), BatchNorm2d(32, **BATCH_NORM), ReLU(),
        *layers.to_rows(), *_dense(16 * 16 * 32, 1024, ReLU),
    ]  # fmt: skip
    decoder = [
        *_dense(latent_dim, 1024, Tanh),
        *_dense(1024, 8 * 8 * 64, Tanh), *layers.to_images(8, 8, 64),
        *layers.conv_transpose(64, 16, 3, 2, bias=False), BatchNorm2d(16, **BATCH_NORM), Tanh(),
        *layers.conv_transpose(16, 4, 3, 2, bias=False), BatchNorm2d(4, **BATCH_NORM), Tanh(),
        *layers.conv_transpose(4, 1, 3, 2),
    ]  # fmt: skip
    return encoder, decoder


def mnist_dense(layers, image_shape, latent_dim):
    """784 - 512 - 512 - code - 512 - 512 - 512 - 784 (Table B.1)."""
    encoder = [Flatten(), *_dense(784, 512, ReLU), *_dense(512, 512, ReLU)]
    decoder = [*_dense(latent_dim, 512, Tanh), *_dense(512, 512, Tanh), *_dense(512, 512, Tanh)]
    return encoder, [*decoder, Linear(512, 784), Unflatten(1, (1, 28, 28))]


def mnist_conv(layers, image_shape, latent_dim):
    """1x28x28 - 8x14x14 - 16x7x7 - 512 - code - 512 - 16x7x7 - 8x14x14 - 4x28x28 - 1x28x28 (Table B.1)."""
    encoder = [
        *layers.conv(1, 8, 3, 2, bias=False), BatchNorm2d(8, **BATCH_NORM), ReLU(),
        *layers.conv(8, 16, 3, 2, bias=False), BatchNorm2d(16, **BATCH_NORM), ReLU(),
        *layers.to_rows(), *_dense(7 * 7 * 16, 512, ReLU),
    ]  # fmt: skip
    decoder = [
        *_dense(latent_dim, 512, Tanh),
        *_dense(512, 7 * 7 * 16, Tanh), *layers.to_images(7, 7, 16),
        *layers.conv_transpose(16, 8, 3, 2, bias=False), BatchNorm2d(8, **BATCH_NORM), Tanh(),
        *layers.conv_transpose(8, 4, 3, 2, bias=False), BatchNorm2d(4, **BATCH_NORM), Tanh(),
        *layers.conv_transpose(4, 1, 3, 1),
    ]  # fmt: skip
    return encoder, decoder


def frey_conv(layers, image_shape, latent_dim):
    """1x28x20 - 32x28x20 - 3 times 64x14x10 - 32 - code - 64x14x10 - 32x28x20 - 1x28x20 (Hassan, Tables 4.1, 4.2)."""
    encoder = [
        *layers.conv(1, 32, 3), ReLU(),
        *layers.conv(32, 64, 3, 2), ReLU(),
        *layers.conv(64, 64, 3), ReLU(),
        *layers.conv(64, 64, 3), ReLU(),
        *layers.to_rows(), Linear(8960, 32), ReLU(),
    ]  # fmt: skip
    decoder = [
        Linear(latent_dim, 8960), ReLU(), *layers.to_images(14, 10, 64),
        *layers.conv_transpose(64, 32, 3, 2), ReLU(),
        *layers.conv(32, 1, 3),
    ]  # fmt: skip
    return encoder, decoder


def digits_conv(layers, image_shape, latent_dim):
    """Strides 2, 2, 1 - 12 - code - 24 - 7x7 - strides 2, 1, 1 - dense; 4x4 kernels (Mishra and Goutham, section 5)."""
    height, width, channels = image_shape
    encoder = [
        *layers.conv(channels, 64, 4, 2), LeakyReLU(SLOPE),
        *layers.conv(64, 64, 4, 2), LeakyReLU(SLOPE),
        *layers.conv(64, 64, 4, 1), LeakyReLU(SLOPE),
        *layers.to_rows(), Linear(height // 4 * (width // 4) * 64, 12),
    ]  # fmt: skip
    decoder = [
        Linear(latent_dim, 24), LeakyReLU(SLOPE),
        Linear(24, 49), LeakyReLU(SLOPE), *layers.to_images(7, 7, 1),
        *layers.conv_transpose(1, 64, 4, 2), ReLU(),
        *layers.conv_transpose(64, 64, 4, 1), ReLU(),
        *layers.conv_transpose(64, 64, 4, 1), ReLU(),
        *layers.to_rows(), Linear(14 * 14 * 64, prod(image_shape)), *layers.to_images(*image_shape),
    ]  # fmt: skip
    return encoder, decoder


def mixing_dense(layers, image_shape, latent_dim):
    """1600 - 256 - 200 - 200 - code - 200 - 200 - 256 - 1600 (thesis on inference, "Model Architecture")."""
    encoder = [Flatten(), Linear(1600, 256), Tanh(), Linear(256, 200), Tanh(), Linear(200, 200), Tanh()]
    decoder = [Linear(latent_dim, 200), Tanh(), Linear(200, 200), Tanh(), Linear(200, 256), Tanh()]
    return encoder, [*decoder, Linear(256, 1600), Unflatten(1, (1, 40, 40))]


def _dense(n_in, n_out, activation):
    return Linear(n_in, n_out, bias=False), BatchNorm1d(n_out, **BATCH_NORM), activation()


@dataclass(frozen=True)
class Experiment:
    """An architecture with what it is trained on, as the documents use it.

    parts : (layers, image_shape, latent_dim) -> (encoder, decoder), its PyTorch form.
    features : numbers that its encoder returns.
    image_shape : (height, width, channels).
    latent_dim, batch : sizes of the code and of one training step.
    likelihood, reduction : as for `vae.Network`.
    """

    architecture: str
    parts: Callable
    features: int
    image_shape: tuple
    latent_dim: int
    batch: int = 100
    likelihood: str = "bernoulli"
    reduction: str = "sum"

    def twin(self, latent_dim, beta, layers=Ours):
        """The network and its objective in PyTorch."""
        encoder, decoder = self.parts(layers, self.image_shape, latent_dim)
        return BetaVAETwin(
            Sequential(*encoder), self.features, latent_dim, Sequential(*decoder), beta, self.likelihood, self.reduction
        )


EXPERIMENTS = {
    "shapes-dense": Experiment("shapes-dense", shapes_dense, 1200, (64, 64, 1), 10),
    "shapes-conv": Experiment("shapes-conv", shapes_conv, 1024, (64, 64, 1), 10),
    "mnist-dense": Experiment("mnist-dense", mnist_dense, 512, (28, 28, 1), 16),
    "mnist-conv": Experiment("mnist-conv", mnist_conv, 512, (28, 28, 1), 16),
    "frey-conv": Experiment("frey-conv", frey_conv, 32, (28, 20, 1), 2, batch=128, reduction="mean"),
    "digits-conv": Experiment("digits-conv", digits_conv, 12, (28, 28, 1), 12),
    "digits-conv-rgb": Experiment("digits-conv", digits_conv, 12, (32, 32, 3), 12),
    "mixing-dense": Experiment("mixing-dense", mixing_dense, 200, (40, 40, 1), 2, likelihood="gaussian"),
}
