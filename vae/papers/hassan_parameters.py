"""Hassan, Tables 4.1 and 4.2: output shapes and numbers of parameters of the network for Frey Faces."""

import numpy as np

import nn

from ..specification import ARCHITECTURES
from .experiment import Experiment

LATENTS = 2
# What the tables print: layer, output shape, parameters.
TABLES = {
    "encoder": (
        ("conv2d", "28x20x32", 320),
        ("conv2d_1", "14x10x64", 18496),
        ("conv2d_2", "14x10x64", 36928),
        ("conv2d_3", "28x20x1", 36928),  # the shape is a slip: with it, neither the count nor the next row would do
        ("flatten", "8960", 0),
        ("dense", "32", 286752),
        ("z_mean", "2", 66),
        ("z_log_var", "2", 66),
    ),
    "decoder": (
        ("dense_1", "8960", 26880),
        ("reshape", "14x10x64", 0),
        ("conv2d_transpose", "28x20x32", 18464),
        ("conv2d_4", "28x20x1", 289),
    ),
}


def run(setting, folder):
    """One row of a table, of our network and as printed."""
    part, position = setting["part"], setting["row"]
    layer, printed_shape, printed_parameters = TABLES[part][position]
    shape, parameters = layers_of_our_network()[part][position]
    shape = "x".join(map(str, shape))
    return {
        "layer": layer,
        "shape": shape, "printed_shape": printed_shape,
        "parameters": parameters, "printed_parameters": printed_parameters,
        "agrees": bool(shape == printed_shape and parameters == printed_parameters),
    }  # fmt: skip


def layers_of_our_network():
    """{"encoder", "decoder": [(output shape, parameters), ...]} of frey-conv, an activation counted to its layer."""
    architecture = ARCHITECTURES["frey-conv"]
    network = architecture.build(LATENTS, np.random.default_rng(0), np.float32)
    images = np.zeros((1, *architecture.image_shape), np.float32)
    encoder, features = _walk(network.encoder, images)
    for head in (network.code.mean, network.code.log_variance):
        layers, code = _walk(nn.Sequential(head), features)
        encoder += layers
    return {"encoder": encoder, "decoder": _walk(network.decoder, code)[0]}


def _walk(network, x):
    layers = []
    for layer in network.layers:
        y = layer.forward(x)
        parameters = sum(parameter.data.size for parameter in layer.parameters())
        if parameters or y.shape != x.shape:
            layers.append((y.shape[1:], parameters))
        x = y
    return layers, x


def draw(rows, folder_of):
    return {}


ROWS = [{"part": part, "row": row} for part, table in TABLES.items() for row in range(len(table))]
EXPERIMENT = Experiment(
    "hassan_parameters",
    "Hassan, Tables 4.1 and 4.2",
    run,
    settings={"quick": ROWS, "default": ROWS, "full": ROWS},
    draw=draw,
    trains=False,
)
