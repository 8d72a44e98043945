"""What lab 5 checks."""

import numpy as np

from labs.harness.checking import check, layer_arrays


SMALLER = {3: 2, 5: 3, 7: 5, 11: 7, 13: 11}  # the prime before, for images are large enough


def some_images(rng, sizes):
    return {"x": rng.normal(size=(sizes[3], 7, 11, sizes[2])), "amounts": rng.permuted([[0, 1], [2, 3]], axis=1)}


def windows(rng, sizes):
    kh, kw, stride = _geometry(rng)
    return {"x": rng.normal(size=(2, 11, 7, 3)), "kernel_size": np.array([kh, kw]), "stride": np.array(stride)}


def patches(rng, sizes):
    kh, kw, stride = _geometry(rng)
    height, width = 11 + rng.integers(2), 9 + rng.integers(2)
    shape = (2, (height - kh) // stride + 1, (width - kw) // stride + 1, kh, kw, 3)
    return {"patches": rng.normal(size=shape), "place": np.array([height, width]), "stride": np.array(stride)}


def _geometry(rng):
    kh, kw = rng.permutation([2, 3])
    return int(kh), int(kw), int(rng.integers(1, 3))


def convolution(rng, sizes):
    batch, c_in, c_out = (SMALLER[size] for size in sizes[:3])
    kh, kw, stride = _geometry(rng)
    height, width = 11, 7
    dy = rng.normal(size=(batch, (height - kh) // stride + 1, (width - kw) // stride + 1, c_out))
    return _layer(rng, (batch, height, width, c_in), (kh, kw, c_in, c_out), c_out, dy) | {"stride": np.array(stride)}


def transposed(rng, sizes):
    batch, c_in, c_out = (SMALLER[size] for size in sizes[:3])
    kh, kw, stride = _geometry(rng)
    height, width = 7, 5
    dy = rng.normal(size=(batch, stride * (height - 1) + kh, stride * (width - 1) + kw, c_out))
    return _layer(rng, (batch, height, width, c_in), (kh, kw, c_out, c_in), c_out, dy) | {"stride": np.array(stride)}


def dilated(rng, sizes):
    batch, c_in, c_out = (SMALLER[size] for size in sizes[:3])
    kh, kw, _ = _geometry(rng)
    dilation = int(rng.integers(2, 4))
    dy = rng.normal(size=(batch, 11 - dilation * (kh - 1), 9 - dilation * (kw - 1), c_out))
    return _layer(rng, (batch, 11, 9, c_in), (kh, kw, c_in, c_out), c_out, dy) | {"dilation": np.array(dilation)}


def _layer(rng, x_shape, w_shape, n_out, dy):
    return {"x": rng.normal(size=x_shape), "W": rng.normal(size=w_shape), "b": rng.normal(size=n_out), "dy": dy}


def two_maps(rng, sizes):
    n, m = sizes[:2]
    return {
        "x": rng.normal(size=n),
        "y": rng.normal(size=m),
        "A": rng.normal(size=(m, n)),
        "B": rng.normal(size=(n, m)),
    }


@check("pad", some_images, points=3)
def pad(lab, x, amounts):
    """zeros on four sides, each with its own amount"""
    return {"y": lab.pad(x, tuple(map(tuple, amounts.tolist())))}


@check("crop", some_images, points=4)
def crop(lab, x, amounts):
    """the transpose of pad"""
    return {"x": lab.crop(x, ((1, 2), (0, 1))), "x_asked": lab.crop(x, tuple(map(tuple, amounts.tolist())))}


@check("unfold", windows, points=10)
def unfold(lab, x, kernel_size, stride):
    """every window of an image"""
    return {"patches": lab.unfold(x, tuple(kernel_size.tolist()), stride)}


@check("fold", patches, points=13)
def fold(lab, patches, place, stride):
    """every patch is added to its place"""
    return {"x": lab.fold(patches, *place.tolist(), stride)}


@check("Conv2D.forward", convolution, points=10, needs=["unfold"])
def conv_forward(lab, x, W, b, dy, stride):
    """the kernel at every position"""
    return {"y": lab.Conv2D(W, b, stride).forward(x)}


@check("Conv2D.backward", convolution, points=20, needs=["Conv2D.forward", "fold"])
def conv_backward(lab, x, W, b, dy, stride):
    """all positions share the weights"""
    return layer_arrays(lambda: lab.Conv2D(W.copy(), b.copy(), stride), x, dy)


@check("ConvTranspose2D.forward", transposed, points=10, needs=["fold"])
def transpose_forward(lab, x, W, b, dy, stride):
    """the transpose of a convolution"""
    return {"y": lab.ConvTranspose2D(W, b, stride).forward(x)}


@check("ConvTranspose2D.backward", transposed, points=15, needs=["ConvTranspose2D.forward", "unfold"])
def transpose_backward(lab, x, W, b, dy, stride):
    """its gradient is a convolution"""
    return layer_arrays(lambda: lab.ConvTranspose2D(W.copy(), b.copy(), stride), x, dy)


@check("adjoint_gap", two_maps, points=5)
def adjoint_gap(lab, x, y, A, B):
    """0 if one map is the other's transpose"""
    gaps = [lab.adjoint_gap(A.__matmul__, matrix.__matmul__, x, y) for matrix in (A.T, B)]
    return {"gap": np.array(gaps[1]), "transposed": np.array(abs(gaps[0]) < 1e-9)}


@check("DilatedConv2D.forward", dilated, points=4)
def dilated_forward(lab, x, W, b, dy, dilation):
    """a kernel with gaps"""
    return {"y": lab.DilatedConv2D(W, b, dilation).forward(x)}


@check("DilatedConv2D.backward", dilated, points=6, needs=["DilatedConv2D.forward"])
def dilated_backward(lab, x, W, b, dy, dilation):
    """dW, db and dx of it"""
    return layer_arrays(lambda: lab.DilatedConv2D(W.copy(), b.copy(), dilation), x, dy)
