"""The networks as a user of PyTorch would write them: same sizes and arithmetic, PyTorch's own padding.

The comparisons in tests/oracles use other forms of them, which pad as we do, to the last digit, and run slower.
"""

from torch.nn import (
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Flatten,
    Linear,
    ReLU,
    Sequential,
    Tanh,
    Unflatten,
)
from torch_twins import BATCH_NORM, BetaVAETwin, shapes_dense


def shapes_conv(latent_dim=10, beta=4.0):
    """1x64x64 - 16x32x32 - 32x16x16 - 1024 - code - 1024 - 64x8x8 - 16x16x16 - 4x32x32 - 1x64x64."""
    encoder = Sequential(
        Conv2d(1, 16, 3, 2, 1, bias=False), BatchNorm2d(16, **BATCH_NORM), ReLU(),
        Conv2d(16, 32, 3, 2, 1, bias=False), BatchNorm2d(32, **BATCH_NORM), ReLU(),
        Flatten(), Linear(16 * 16 * 32, 1024, bias=False), BatchNorm1d(1024, **BATCH_NORM), ReLU(),
    )  # fmt: skip
    decoder = Sequential(
        Linear(latent_dim, 1024, bias=False), BatchNorm1d(1024, **BATCH_NORM), Tanh(),
        Linear(1024, 4096, bias=False), BatchNorm1d(4096, **BATCH_NORM), Tanh(), Unflatten(1, (64, 8, 8)),
        ConvTranspose2d(64, 16, 3, 2, 1, output_padding=1, bias=False), BatchNorm2d(16, **BATCH_NORM), Tanh(),
        ConvTranspose2d(16, 4, 3, 2, 1, output_padding=1, bias=False), BatchNorm2d(4, **BATCH_NORM), Tanh(),
        ConvTranspose2d(4, 1, 3, 2, 1, output_padding=1),
    )  # fmt: skip
    return BetaVAETwin(encoder, 1024, latent_dim, decoder, beta)


NETWORKS = {"shapes-dense": shapes_dense, "shapes-conv": shapes_conv}
