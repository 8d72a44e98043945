"""Networks as a page describes them: a list of dicts, one for each layer, with references into a `Pack`."""

import numpy as np

import nn


def describe(network, shape, pack):
    """The layers of a `nn.Sequential` in evaluation form, for examples of `shape`; their weights go into the pack.

    Each is {"type": ..., ...} as the page's network.js takes it.  Raises ValueError for a layer that the page does not
    know.
    """
    described = []
    for layer in network:
        if type(layer) not in DESCRIPTIONS:
            known = ", ".join(kind.__name__ for kind in DESCRIPTIONS)
            raise ValueError(f"the explorer's page cannot compute {layer!r}: it knows {known}")
        description, shape = DESCRIPTIONS[type(layer)](layer, shape, pack)
        if description is not None:
            described.append(description)
    return described


def _weights(layer, pack):
    bias = None if layer.bias is None else pack.add(nn.to_host(layer.bias.data))
    return {"weight": pack.add(nn.to_host(layer.weight.data)), "bias": bias}


def dense(layer, shape, pack):
    """Also for a layer that stands alone, such as the code's mean."""
    return {"type": "dense", "outputs": layer.n_out} | _weights(layer, pack), (layer.n_out,)


def _convolution(layer, shape, pack):
    windows = layer.windows(shape[:2])
    return {"type": "convolution"} | _sliding(layer, windows, pack), (*windows.output_size, layer.c_out)


def _transposed(layer, shape, pack):
    windows = layer.windows(shape[:2])
    return {"type": "transposed"} | _sliding(layer, windows, pack), (*windows.image_size, layer.c_out)


def _sliding(layer, windows, pack):
    geometry = {
        "image": windows.image_size, "positions": windows.output_size, "kernel": windows.kernel_size,
        "stride": windows.stride, "before": [before for before, _ in windows.padding],
    }  # fmt: skip
    return {"windows": geometry} | _weights(layer, pack)


def _batch_norm(layer, shape, pack):
    """y = scale x + shift: in evaluation the running averages are constants, and go into both."""
    arrays = (layer.scale.data, layer.shift.data, layer.running_mean, layer.running_variance)
    scale, shift, mean, variance = map(nn.to_host, arrays)
    slope = scale / np.sqrt(variance + layer.eps)
    return {"type": "batchNorm", "scale": pack.add(slope), "shift": pack.add(shift - slope * mean)}, shape


def _activation(name):
    def describe_activation(layer, shape, pack):
        slope = {"slope": layer.slope} if hasattr(layer, "slope") else {}
        return {"type": "activation", "name": name} | slope, shape

    return describe_activation


def _rearranged(layer, shape, pack):
    """A page keeps every array flat, in the same order: there is nothing to do."""
    return None, getattr(layer, "shape", (int(np.prod(shape)),))


DESCRIPTIONS = {
    nn.Dense: dense,
    nn.Conv2D: _convolution,
    nn.ConvTranspose2D: _transposed,
    nn.BatchNorm: _batch_norm,
    nn.ReLU: _activation("relu"),
    nn.LeakyReLU: _activation("leakyRelu"),
    nn.Tanh: _activation("tanh"),
    nn.Sigmoid: _activation("sigmoid"),
    nn.Flatten: _rearranged,
    nn.Reshape: _rearranged,
}
