"""A convolution written out as the dense layer with shared weights that it is."""

import math

import numpy as np

from .convolution import Conv2D, ConvTranspose2D
from .device import to_host
from .patches import unfold
from .type_hints import Array, Shape


def unroll(conv: Conv2D | ConvTranspose2D, input_shape: Shape) -> tuple[Array, Array]:
    """Write a `Conv2D` or `ConvTranspose2D` as a dense layer: y.ravel() = x.ravel() @ matrix + bias.

    In the dissertation's eq. 2.7, w_{i->j} points to a shared weight omega_p or is undefined: here ``index[i, j]`` is
    that p (the position in ``conv.weight.data.ravel()``), or -1, and ``matrix[i, j]`` the weight itself, or 0.

    By eq. 2.16 the shared weight's gradient is the sum of the dense layer's over all places where it stands:
    ``dW.ravel()[p] = dmatrix[index == p].sum()``.

    Parameters
    ----------
    conv : the layer.
    input_shape : (height, width, c_in) of one example.

    Returns
    -------
    matrix, index : (inputs, outputs) arrays, float of the weight's dtype and int64, on the host.
    Raises ValueError if input_shape is not of that form.
    """
    if len(input_shape) != 3 or input_shape[-1] != conv.c_in:
        raise ValueError(f"unroll({conv!r}) needs input_shape (height, width, {conv.c_in}), got {input_shape}")
    windows = conv.windows(input_shape[:2])
    image_channels, position_channels = conv.weight.data.shape[2:]
    pixels, positions = math.prod(windows.image_size) * image_channels, math.prod(windows.output_size)

    # Number the image's values from 1 and lay out patches of numbers: 0 is where the kernel looks over the edge.
    numbers = np.arange(1.0, pixels + 1).reshape(1, *windows.image_size, image_channels)
    patches = unfold(numbers, windows).astype(np.int64)  # (positions, kernel * image_channels)
    place, element = np.nonzero(patches)
    i = patches[place, element] - 1
    index = np.full((pixels, positions, position_channels), -1)
    channels = np.arange(position_channels)
    index[i[:, None], place[:, None], channels] = element[:, None] * position_channels + channels
    index = index.reshape(pixels, positions * position_channels)
    if isinstance(conv, ConvTranspose2D):
        index = index.T
    matrix = np.where(index >= 0, to_host(conv.weight.data).ravel()[index], 0)
    return matrix, index
