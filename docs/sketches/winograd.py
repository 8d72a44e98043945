"""winograd.png: one tile of Winograd's minimal filtering."""

import math

import numpy as np

from nn.convolution import correlate
from nn.fast.winograd import POINTS, tiles_on, transforms
from nn.patches import windows_on

from .page import BLUE, GREEN, ORANGE, Page, tint

PLACES = windows_on((4, 4), (3, 3), (1, 1), "valid")  # 2 x 2 outputs: one tile
CELL = 36


def winograd():
    """4x4 pixels and a 3x3 kernel go to 16 points, are multiplied there, and come back as 2x2 outputs."""
    page = Page(500)
    pixels = np.random.default_rng(5).integers(0, 5, (4, 4)) * 2.0  # even, so that halves are whole numbers
    kernel = np.array([[1.0, 0, 2], [1, 1, 0], [0, 2, 1]])
    (a, _), (g, _), (b, _) = transforms(PLACES, np.dtype(float))
    pixels_at_points, kernel_at_points = b @ pixels @ b.T, g @ kernel @ g.T
    products = pixels_at_points * kernel_at_points
    outputs = a.T @ products @ a
    direct = correlate(pixels[None, :, :, None], kernel[:, :, None, None], PLACES)[0, :, :, 0]
    np.testing.assert_allclose(outputs, direct, atol=1e-12)

    page.text(20, 40, "tile d: 4 x 4 pixels", align="left", bold=True)
    page.grid(20, 60, pixels, CELL, fill=tint(BLUE))
    page.text(20, 270, "kernel k: 3 x 3", align="left", bold=True)
    page.grid(20, 290, kernel, CELL, fill=tint(GREEN))
    page.arrow((172, 132), (246, 132))
    page.text(208, 114, "$B\\,d\\,B^T$")
    page.text(208, 164, "additions\nand halves", 13)
    page.arrow((172, 344), (246, 344))
    page.text(208, 326, "$G\\,k\\,G^T$")
    page.text(208, 366, "once for\nall tiles", 13)

    page.text(256, 40, "at 16 points", align="left", bold=True)
    page.grid(256, 60, pixels_at_points, CELL, fill=tint(BLUE))
    page.grid(256, 290, kernel_at_points, CELL, fill=tint(GREEN))
    names = ", ".join([f"{point:g}".replace("-", "\N{MINUS SIGN}") for point in POINTS[4]] + ["∞"])
    page.text(256, 454, f"points {names} each way", 13, align="left")

    page.arrow((408, 160), (452, 214), ORANGE)
    page.arrow((408, 344), (452, 282), ORANGE)
    page.text(462, 128, f"{products.size} multiplications,", 14, ORANGE, "left", bold=True)
    page.text(462, 150, "number by number", 14, ORANGE, "left", bold=True)
    page.grid(462, 176, products, CELL, fill=tint(ORANGE))
    page.arrow((614, 248), (688, 248))
    page.text(650, 228, "$A^T m\\,A$")
    page.text(650, 270, "additions", 13)
    page.text(698, 176, "outputs:\n2 x 2", align="left", bold=True)
    page.grid(698, 212, outputs, CELL)
    one_by_one = math.prod(tiles_on(PLACES).stride) * kernel.size
    page.text(462, 366, f"{one_by_one} multiplications, one by one:", align="left", size=14)
    page.text(462, 390, f"4 outputs of {kernel.size} elements each.", align="left", size=14)
    page.text(462, 414, "Both ways give the same outputs.", align="left", size=14)
    return page
