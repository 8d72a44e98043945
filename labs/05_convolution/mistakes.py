"""The classic mistakes of lab 5, and the arrays that explain them."""

import numpy as np

from labs.harness.mistakes import Mistake

# ruff: noqa: E501  (one mistake a line, however long)
MISTAKES = [
    Mistake("pad", "((0, 0), *amounts, (0, 0))", "((0, 0), *(a[::-1] for a in amounts), (0, 0))", "other side"),
    Mistake("crop", "y[:, top : height - bottom, left : width - right]", "y[:, bottom : height - top, right : width - left]", "shifted by one pixel"),
    Mistake("crop", "y[:, top : height - bottom, left : width - right]", "y[:, top:-bottom, left:-right]", ""),
    Mistake("unfold", "return x[:,", "return x[:, ::-1, ::-1][:,", ""),
    Mistake("fold", "window += patches", "window[...] = patches", "last patch only"),
    Mistake("Conv2D.forward", "self.patches, self.W.data, 3)", "self.patches, self.W.data[::-1, ::-1], 3)", "kernel flipped"),
    Mistake("Conv2D.forward", " + self.b.data", "", "bias forgotten"),
    Mistake("Conv2D.backward", "dy.sum(axis=(0, 1, 2))", "dy.mean(axis=(0, 1, 2))", "divided by batch * positions"),
    Mistake("Conv2D.backward", "dy.sum(axis=(0, 1, 2))", "dy.sum(axis=0).mean(axis=(0, 1))", "divided by positions"),
    Mistake("Conv2D.backward", "np.tensordot(dy, self.W.data, ((3,), (3,)))", "np.tensordot(dy, self.W.data[::-1, ::-1], ((3,), (3,)))", "kernel flipped"),
    Mistake("Conv2D.backward", "np.tensordot(self.patches, dy, ((0, 1, 2), (0, 1, 2)))", "np.tensordot(self.patches, dy, ((0, 1, 2), (0, 1, 2)))[::-1, ::-1]", "reversed along kernel row and kernel column"),
    Mistake("Conv2D.backward", "np.tensordot(self.patches, dy, ((0, 1, 2), (0, 1, 2)))", "np.tensordot(self.patches, dy, ((0, 1, 2), (0, 1, 2))) / len(dy)", "batch divided twice"),
    Mistake("Conv2D.backward", "np.tensordot(self.patches, dy, ((0, 1, 2), (0, 1, 2)))", "np.tensordot(self.patches[:, -1, -1], dy[:, -1, -1], ((0,), (0,)))", "one position only"),
    Mistake("Conv2D.backward", "return fold(dpatches, *self.shape[1:3], self.stride)",
            "return np.roll(fold(dpatches, *self.shape[1:3], self.stride), 1, axis=1)", "shifted by one pixel"),
    Mistake("ConvTranspose2D.forward", "np.tensordot(x, self.W.data,", "np.tensordot(x, self.W.data[::-1, ::-1],", "kernel flipped"),
    Mistake("ConvTranspose2D.backward", "np.tensordot(patches, self.W.data, 3)", "np.tensordot(patches, self.W.data[::-1, ::-1], 3)", "kernel flipped"),
    Mistake("DilatedConv2D.backward", "self.W.grad[u, v] += np", "self.W.grad[u, v] = np", "gradient overwritten"),
    Mistake("DilatedConv2D.backward", "dx[place] += dy", "dx[place] = dy", "last patch only"),
]  # fmt: skip


def facts(part, inputs, truth):
    """What a wrong array of `part` may be made of; see `labs.harness.naming`."""
    if part == "pad":
        x, (vertical, horizontal) = inputs["x"], inputs["amounts"].tolist()
        return {"y/axes/": IMAGE, "y/mutants/other side": np.pad(x, ((0, 0), vertical[::-1], horizontal[::-1], (0, 0)))}
    if part in ("crop", "unfold", "adjoint_gap"):
        return {}
    if part == "fold":
        return {f"x/mutants/{name}": array for name, array in _folded(**inputs).items()} | {"x/axes/": IMAGE}
    layer = {"Conv2D": _conv, "ConvTranspose2D": _transposed, "DilatedConv2D": _dilated}[part.partition(".")[0]]
    y, dx = layer(**inputs)
    dy, batch = inputs["dy"], len(inputs["dy"])
    sizes = {"batch": batch, "positions": dy[0, :, :, 0].size}
    found = {f"{name}/sizes/{what}": size for name in ("dW", "db", "dx") for what, size in sizes.items()}
    found |= {f"y/mutants/{name}": array for name, array in y.items()}
    found |= {f"dx/mutants/{name}": array for name, array in dx.items()}
    found |= {
        "y/axes/": IMAGE,
        "dx/axes/": IMAGE,
        "dW/axes/": ["kernel row", "kernel column", "channel in", "channel out"],
    }
    if part.startswith("Conv2D"):
        patches = _patches(inputs["x"], inputs["W"].shape[:2], inputs["stride"])
        found |= {
            "dW/summands/batch": np.einsum("bijuvc,bijk->buvck", patches, dy), "dW/quantities/W": inputs["W"],
            "dW/mutants/one position only": np.einsum("buvc,bk->uvck", patches[:, -1, -1], dy[:, -1, -1]),
        }  # fmt: skip
    return found | {"db/summands/batch": dy.sum(axis=(1, 2)), "db/axes/": ["channel out"]}


IMAGE = ["batch", "row", "column", "channel"]


def _patches(x, kernel_size, stride, dilation=1):
    kh, kw = kernel_size
    stride, dilation = int(stride), int(dilation)
    height, width = ((n - dilation * (k - 1) - 1) // stride + 1 for n, k in zip(x.shape[1:3], (kh, kw), strict=True))
    return np.stack([np.stack([
        x[:, u * dilation : u * dilation + stride * height : stride, v * dilation : v * dilation + stride * width : stride]
        for v in range(kw)], axis=3) for u in range(kh)], axis=3)  # fmt: skip


def _correlate(x, W, stride=1, dilation=1):
    return np.einsum("bijuvc,uvck->bijk", _patches(x, W.shape[:2], stride, dilation), W)


def _spread(dpatches, shape, stride=1, dilation=1, add=True):
    x = np.zeros(shape)
    stride, dilation = int(stride), int(dilation)
    height, width, kh, kw = dpatches.shape[1:5]
    for u, v in np.ndindex(kh, kw):
        window = x[:, u * dilation :, v * dilation :][:, : stride * height : stride, : stride * width : stride]
        window[...] = window * add + dpatches[:, :, :, u, v]
    return x


def _dx(W, dy, shape, stride=1, dilation=1, **options):
    return _spread(np.einsum("bijk,uvck->bijuvc", dy, W), shape, stride, dilation, **options)


def _folded(patches, place, stride):
    shape = (len(patches), *place.tolist(), patches.shape[-1])
    return {"last patch only": _spread(patches, shape, stride, add=False)}


def _both_ways(W, forward, backward):
    flipped = W[::-1, ::-1]
    return {"kernel flipped": forward(flipped), "bias forgotten": forward(W)}, {"kernel flipped": backward(flipped)}


def _conv(x, W, b, dy, stride):
    y, dx = _both_ways(W, lambda W: _correlate(x, W, stride), lambda W: _dx(W, dy, x.shape, stride))
    y["kernel flipped"] = y["kernel flipped"] + b
    return y, dx | {"last patch only": _dx(W, dy, x.shape, stride, add=False)}


def _transposed(x, W, b, dy, stride):
    y, dx = _both_ways(W, lambda W: _dx(W, x, dy.shape, stride), lambda W: _correlate(dy, W, stride))
    y["kernel flipped"] = y["kernel flipped"] + b
    return y | {"last patch only": _dx(W, x, dy.shape, stride, add=False) + b}, dx


def _dilated(x, W, b, dy, dilation):
    y, dx = _both_ways(W, lambda W: _correlate(x, W, 1, dilation), lambda W: _dx(W, dy, x.shape, 1, dilation))
    y["kernel flipped"] = y["kernel flipped"] + b
    return y, dx | {"last patch only": _dx(W, dy, x.shape, 1, dilation, add=False)}
