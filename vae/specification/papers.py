"""The networks of the papers."""

from functools import partial

from .architecture import Architecture
from .layers import Conv2D, ConvTranspose2D, Dense, Output, Reshape

_dense = partial(Dense, batch_norm=True)
_conv = partial(Conv2D, kernel_size=3, stride=2, batch_norm=True)
_conv_transpose = partial(ConvTranspose2D, kernel_size=3, stride=2, batch_norm=True)

ARCHITECTURES = {
    # Dissertation, Table B.1; batch normalisation before every hidden activation.
    "shapes-dense": Architecture(
        encoder=[_dense(1200, "relu"), _dense(1200, "relu")],
        decoder=[_dense(1200, "tanh"), _dense(1200, "tanh"), _dense(1200, "tanh"), Output()],
        image_shape=(64, 64, 1),
    ),
    "shapes-conv": Architecture(
        encoder=[_conv(16, activation="relu"), _conv(32, activation="relu"), _dense(1024, "relu")],
        decoder=[
            _dense(1024, "tanh"),
            _dense(8 * 8 * 64, "tanh"),
            Reshape((8, 8, 64)),
            _conv_transpose(16, activation="tanh"),
            _conv_transpose(4, activation="tanh"),
            ConvTranspose2D(1, 3, stride=2),
        ],
        image_shape=(64, 64, 1),
    ),
    "mnist-dense": Architecture(
        encoder=[_dense(512, "relu"), _dense(512, "relu")],
        decoder=[_dense(512, "tanh"), _dense(512, "tanh"), _dense(512, "tanh"), Output()],
        image_shape=(28, 28, 1),
    ),
    "mnist-conv": Architecture(
        encoder=[_conv(8, activation="relu"), _conv(16, activation="relu"), _dense(512, "relu")],
        decoder=[
            _dense(512, "tanh"),
            _dense(7 * 7 * 16, "tanh"),
            Reshape((7, 7, 16)),
            _conv_transpose(8, activation="tanh"),
            _conv_transpose(4, activation="tanh"),
            ConvTranspose2D(1, 3, stride=1),
        ],
        image_shape=(28, 28, 1),
    ),
    # Hassan, Tables 4.1 and 4.2.
    "frey-conv": Architecture(
        encoder=[
            Conv2D(32, 3, activation="relu"),
            Conv2D(64, 3, stride=2, activation="relu"),
            Conv2D(64, 3, activation="relu"),
            Conv2D(64, 3, activation="relu"),
            Dense(32, "relu"),
        ],
        decoder=[
            Dense(14 * 10 * 64, "relu"),
            Reshape((14, 10, 64)),
            ConvTranspose2D(32, 3, stride=2, activation="relu"),
            Conv2D(1, 3),
        ],
        image_shape=(28, 20, 1),
    ),
    # Mishra and Goutham, section 5: for 28x28x1 and 32x32x3.  The widths 12 and 24 are those for 12 latents.
    "digits-conv": Architecture(
        encoder=[
            Conv2D(64, 4, stride=2, activation="leaky_relu"),
            Conv2D(64, 4, stride=2, activation="leaky_relu"),
            Conv2D(64, 4, activation="leaky_relu"),
            Dense(12),
        ],
        decoder=[
            Dense(24, "leaky_relu"),
            Dense(49, "leaky_relu"),
            Reshape((7, 7, 1)),
            ConvTranspose2D(64, 4, stride=2, activation="relu"),
            ConvTranspose2D(64, 4, activation="relu"),
            ConvTranspose2D(64, 4, activation="relu"),
            Output(),
        ],
    ),
    # Thesis on inference in beta-VAE, "Model Architecture": for canvases of 40x40, and for any vectors.
    "mixing-dense": Architecture(
        encoder=[Dense(256, "tanh"), Dense(200, "tanh"), Dense(200, "tanh")],
        decoder=[Dense(200, "tanh"), Dense(200, "tanh"), Dense(256, "tanh"), Output()],
    ),
}
