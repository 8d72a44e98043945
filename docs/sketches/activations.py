"""activations.png: every element-wise activation and its derivative, as the layers compute them."""

import numpy as np

import nn

from .page import BLUE, FONTS, GREY, ORANGE, PALE, WIDTH, Page

LAYERS = (
    nn.Identity(), nn.ReLU(), nn.LeakyReLU(0.2), nn.ELU(), nn.Softplus(), nn.SiLU(), nn.GELU(), nn.Sigmoid(), nn.Tanh(),
)  # fmt: skip
COLUMNS, SIDE = 3, (230, 150)  # of panels; width and height of one
LEFT, TOP, RIGHT, DOWN = 30, 78, 255, 190  # of the first panel, and from one to the next
HEIGHT = TOP + DOWN * len(LAYERS) // COLUMNS + 10


def activations():
    """y over x in blue, dy/dx in orange: what backward makes of an upstream gradient of ones."""
    page = Page(HEIGHT)
    page.title(20, 24, "Activations")
    page.text(160, 24, "y", 14, BLUE, "left", bold=True)
    page.text(190, 24, "derivative", 14, ORANGE, "left", bold=True)
    for place, layer in enumerate(LAYERS):
        row, column = divmod(place, COLUMNS)
        panel(page, LEFT + column * RIGHT, TOP + row * DOWN, layer)
    return page


def panel(page, x, y, layer):
    page.text(x + SIDE[0] / 2, y - 12, repr(layer), 13)
    corner = x / WIDTH, 1 - (y + SIDE[1]) / HEIGHT
    axes = page.figure.add_axes((*corner, SIDE[0] / WIDTH, SIDE[1] / HEIGHT))
    inputs = np.linspace(-3, 3, 601).reshape(-1, 1)
    axes.plot(inputs, layer.forward(inputs), color=BLUE, lw=2)
    axes.plot(inputs, layer.backward(np.ones_like(inputs)), color=ORANGE, lw=2)
    axes.set(xlim=(-3, 3), ylim=(-1.4, 3), xticks=(-2, 0, 2), yticks=(-1, 0, 1, 2))
    axes.tick_params(labelsize=8, labelfontfamily=FONTS["family"], colors=GREY, length=2)
    axes.grid(color=PALE)
    axes.spines[:].set_visible(False)
    for line in (axes.axhline, axes.axvline):
        line(0, color=GREY, lw=0.8, zorder=1)
