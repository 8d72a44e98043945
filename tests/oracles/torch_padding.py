"""The layers about which PyTorch and we differ, once in our way and once in PyTorch's.

`Ours` pads with zeros as TensorFlow's "SAME" does, by (before, after), and orders an image's numbers as we do:

    kernel 3, stride 1: (1, 1)    kernel 3, stride 2: (0, 1)    kernel 4, stride 1: (1, 2)    kernel 4, stride 2: (1, 1)

on images with even sides.  `Native` is what a user of PyTorch would write, with the same sizes and the same arithmetic:
it spares the copies for padding by (1, 1) instead of (0, 1).  Comparisons take `Ours`, benchmarks `Native`.
"""

import torch
from torch.nn import Conv2d, ConvTranspose2d, Flatten, Unflatten, ZeroPad2d


class Ours:
    @staticmethod
    def conv(c_in, c_out, kernel, stride=1, bias=True):
        before, after = _padding(kernel, stride)
        if before == after:
            return [Conv2d(c_in, c_out, kernel, stride, before, bias=bias)]
        return [ZeroPad2d((before, after) * 2), Conv2d(c_in, c_out, kernel, stride, bias=bias)]

    @staticmethod
    def conv_transpose(c_in, c_out, kernel, stride=1, bias=True):
        before, after = _padding(kernel, stride)  # here they are cut off
        crop = [CropLast()] if after > before else []
        return [ConvTranspose2d(c_in, c_out, kernel, stride, before, bias=bias), *crop]

    @staticmethod
    def to_rows():
        return [ToRows()]

    @staticmethod
    def to_images(height, width, channels):
        return [ToImages(height, width, channels)]


class Native(Ours):
    @staticmethod
    def conv(c_in, c_out, kernel, stride=1, bias=True):
        if (kernel, stride) == (3, 2):
            return [Conv2d(c_in, c_out, 3, 2, padding=1, bias=bias)]
        return Ours.conv(c_in, c_out, kernel, stride, bias)

    @staticmethod
    def conv_transpose(c_in, c_out, kernel, stride=1, bias=True):
        if (kernel, stride) == (3, 2):
            return [ConvTranspose2d(c_in, c_out, 3, 2, padding=1, output_padding=1, bias=bias)]
        return Ours.conv_transpose(c_in, c_out, kernel, stride, bias)

    @staticmethod
    def to_rows():
        return [Flatten()]

    @staticmethod
    def to_images(height, width, channels):
        return [Unflatten(1, (channels, height, width))]


def _padding(kernel, stride):
    """(before, after) on an even side: kernel - stride zeros in all, the odd one after."""
    total = kernel - stride
    return total // 2, total - total // 2


class ToRows(torch.nn.Module):
    """(batch, c, height, width) -> (batch, height*width*c), in the order of our `nn.Flatten`."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class ToImages(torch.nn.Module):
    """(batch, height*width*c) -> (batch, c, height, width), from the order of our `nn.Reshape`."""

    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.unflatten(1, self.shape).permute(0, 3, 1, 2)


class CropLast(torch.nn.Module):
    """Cut off the last row and column: that is where padding="same" has one zero more than before the first."""

    def forward(self, x):
        return x[:, :, :-1, :-1]
