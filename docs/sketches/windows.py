"""windows.png: where a kernel lies on an image, and the matrix of patches."""

import numpy as np

from nn.patches import unfold, windows_on

from .page import GREY, INK, ORANGE, PALE, Page, tint

ELEMENTS = "abcdefghijklmnop"  # names of the kernel's elements, row by row


def windows():
    """A 3x3 kernel on an image at stride 1 and 2; beside it the matrix of patches."""
    page = Page(890)
    panel(page, 0, stride=1, position=(0, 1))
    panel(page, 480, stride=2, position=(1, 1))
    page.text(400, 700, "Sliding the kernel is one matrix product:", align="left", bold=True)
    page.text(400, 728, "y = P K, with the kernel's elements a ... i in one", align="left")
    page.text(400, 752, "column K. Each row of P meets the same column:", align="left")
    page.text(400, 776, "the weights are shared by all positions.", align="left")
    return page


def panel(page, top, stride, position):
    """The image, the kernel at one position, and the matrix of all patches."""
    places = windows_on((4, 4), (3, 3), (stride, stride), "same")
    image = np.arange(1.0, 17).reshape(1, 4, 4, 1)
    patches = unfold(image, places)  # (positions, 9)
    padded = np.pad(image[0, :, :, 0], places.padding)
    page.title(20, top + 30, f"Stride {stride}: {places.output_size[0]} x {places.output_size[1]} positions")
    page.text(20, top + 58, "image, with its padding of zeros in grey", align="left")
    grid = page.grid(20, top + 78, padded, 52, fill=grounds(padded), ink=inks(padded))
    for place in np.ndindex(places.output_size):
        corner = np.multiply(place, stride)
        page.circle(*grid.middle(*corner + 1), 14, edge=ORANGE if place == position else GREY)
    corner = np.multiply(position, stride)
    for element, (i, j) in zip(ELEMENTS, np.ndindex(places.kernel_size), strict=False):
        grid.corner(corner[0] + i, corner[1] + j, element)
    grid.outline(*corner, *places.kernel_size)
    page.text(20, grid.bottom + 20, "circles: where the kernel's middle stands", align="left", size=13)
    page.text(20, grid.bottom + 40, "frame, letters: the kernel at one of them", 13, ORANGE, "left")
    matrix(page, top, patches, places, position)


def matrix(page, top, patches, places, position):
    """P, with a row for each position and a column for each element of the kernel."""
    page.text(400, top + 30, "P = unfold(image): a row for each position", align="left")
    names = np.array([list(ELEMENTS[: patches.shape[1]])])
    page.grid(448, top + 48, names, (24, 36), edge="white", ink=ORANGE, bold=True)
    row = position[0] * places.output_size[1] + position[1]
    fill = grounds(patches)
    fill[row] = [tint(ORANGE)] * patches.shape[1]
    grid = page.grid(448, top + 78, patches, (21, 36), fill=fill, ink=inks(patches), size=13)
    for index, place in enumerate(np.ndindex(places.output_size)):
        colour = ORANGE if index == row else INK
        page.text(440, grid.middle(index, 0)[1], f"{place[0]}, {place[1]}", 13, colour, "right")
    grid.outline(row, 0, 1, patches.shape[1])


def grounds(values):
    return [[PALE if value == 0 else "white" for value in row] for row in values]


def inks(values):
    return [[GREY if value == 0 else INK for value in row] for row in values]
