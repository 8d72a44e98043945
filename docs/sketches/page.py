"""A white page to draw on, in one style: grids of numbers, words, arrows, boxes.

Lengths are pixels of a page that is shown 800 pixels wide; y grows downwards.
"""

from io import BytesIO

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle
from PIL import Image

WIDTH = 800
INK, GREY, PALE = "#222222", "#8a8a8a", "#eeeeee"
# Four colours that colour-blind readers tell apart (three of Okabe and Ito 2008, and a purple).
BLUE, ORANGE, GREEN, PURPLE = COLOURS = "#0072B2", "#D55E00", "#009E73", "#AA4499"
FONTS = {"family": "DejaVu Sans", "math_fontfamily": "dejavusans"}


def tint(colour, strength=0.25):
    """The colour mixed with white, for the ground behind words."""
    return tuple(1 - strength * (1 - part) for part in to_rgb(colour))


class Page:
    """A page of the given height."""

    def __init__(self, height):
        self.figure = Figure(figsize=(WIDTH / 100, height / 100), facecolor="white")
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        self.axes.axis("off")

    def save(self, file):
        """Write it as PNG with 128 colours: a quarter of the bytes."""
        image = BytesIO()
        self.figure.savefig(image, format="png", dpi=135)
        Image.open(image).convert("RGB").quantize(128, Image.Quantize.FASTOCTREE).save(
            file, format="PNG", optimize=True
        )

    def text(self, x, y, words, size=14, colour=INK, align="center", bold=False):
        """Words, or a number, whose middle (or left or right end) is at x, y."""
        self.axes.text(
            x, y - 1, words, fontsize=0.72 * size, color=colour, ha=align, va="center_baseline", linespacing=1.35,
            weight="bold" if bold else "normal", **FONTS,
        )  # fmt: skip

    def title(self, x, y, words):
        self.text(x, y, words, size=16, align="left", bold=True)

    def grid(self, x, y, values, cell=36, **options):
        """A table of numbers, its upper left corner at x, y: see `Grid`."""
        return Grid(self, x, y, np.asarray(values), cell, **options)

    def rectangle(self, x, y, width, height, fill="none", edge=INK, line=1.0):
        self.axes.add_patch(Rectangle((x, y), width, height, facecolor=fill, edgecolor=edge, lw=line))

    def circle(self, x, y, radius, fill="none", edge=INK, line=1.2):
        self.axes.add_patch(Circle((x, y), radius, facecolor=fill, edgecolor=edge, lw=line))

    def box(self, x, y, words, width=110, height=46, fill="white", edge=INK, size=14, line=1.2):
        """A box with rounded corners around its middle x, y, with words in it."""
        corner = x - width / 2, y - height / 2
        shape = "round,pad=0,rounding_size=8"
        self.axes.add_patch(FancyBboxPatch(corner, width, height, shape, facecolor=fill, edgecolor=edge, lw=line))
        self.text(x, y, words, size)

    def arrow(self, start, end, colour=INK, line=1.4, dashed=False):
        """A straight arrow between two points (x, y)."""
        self.axes.add_patch(
            FancyArrowPatch(
                start,
                end,
                arrowstyle="-|>",
                mutation_scale=11,
                lw=line,
                color=colour,
                shrinkA=0,
                shrinkB=0,
                ls="--" if dashed else "-",
            )
        )


class Grid:
    """A table of numbers (or words; "" for none), as cells of the same size.

    cell : size in pixels, or (height, width);  fill, ink : one colour, or one for each cell;  edge : of the cells.
    """

    def __init__(self, page, x, y, values, cell, fill="white", ink=INK, edge=GREY, size=14, bold=False):
        self.page, self.x, self.y = page, x, y
        self.height, self.width = cell if isinstance(cell, tuple) else (cell, cell)
        self.rows, self.columns = values.shape
        self.right, self.bottom = x + self.columns * self.width, y + self.rows * self.height
        for row, column in np.ndindex(values.shape):
            value = values[row, column]
            corner = x + column * self.width, y + row * self.height
            page.rectangle(*corner, self.width, self.height, _of_cell(fill, row, column), edge, 0.8)
            words = value if isinstance(value, str) else f"{value:g}".replace("-", "\N{MINUS SIGN}")
            page.text(*self.middle(row, column), words, size, _of_cell(ink, row, column), bold=bold)

    def middle(self, row, column):
        return self.x + (column + 0.5) * self.width, self.y + (row + 0.5) * self.height

    def outline(self, row, column, rows=1, columns=1, colour=ORANGE, line=3.0, inset=0.0):
        """A thick frame around rows x columns cells, drawn `inset` pixels inside of their edge."""
        x, y = self.x + column * self.width + inset, self.y + row * self.height + inset
        size = columns * self.width - 2 * inset, rows * self.height - 2 * inset
        self.page.rectangle(x, y, *size, edge=colour, line=line)

    def corner(self, row, column, words, colour=ORANGE, size=12):
        """A small mark in the upper left corner of a cell."""
        x, y = self.x + column * self.width, self.y + row * self.height
        self.page.text(x + 8, y + 10, words, size, colour, bold=True)


def _of_cell(colours, row, column):
    return colours[row][column] if isinstance(colours, list) else colours
