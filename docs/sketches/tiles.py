"""tiles.png: the overlaps of a strided kernel, seen from the image."""

import numpy as np

from nn.fast.flipping import flip, flipped, space_to_depth
from nn.patches import windows_on

from .page import COLOURS, INK, Page, tint

PLACES = windows_on((6, 6), (4, 4), (2, 2), "valid")  # 2 x 2 positions
POSITIONS = list(np.ndindex(2, 2))


def tiles():
    """Tiles of 2x2 pixels become channels; the flipped kernel is what the positions lay on a tile."""
    page = Page(780)
    kernel = np.arange(1.0, 17).reshape(4, 4)
    from_tile = flip(kernel[:, :, None, None], PLACES).reshape(2, 2, 2, 2)  # (y, x of the position, y, x in the tile)
    overlaps(page)
    blocks(page, kernel, from_tile)
    channels(page)
    return page


def overlaps(page):
    """Four positions that meet in the middle tile."""
    page.title(20, 30, "1. Four positions meet in one tile")
    page.text(20, 58, "Values y lay a 4x4 kernel on the", align="left")
    page.text(20, 80, "image at stride 2 (coloured frames).", align="left")
    empty = np.full(PLACES.image_size, "")
    fill = [["white"] * 6 for _ in range(6)]
    for row, column in np.ndindex(2, 2):
        fill[2 + row][2 + column] = "#ffe9a8"
    grid = page.grid(45, 110, empty, 44, fill=fill, edge="#cccccc")
    for index, (place, colour) in enumerate(zip(POSITIONS, COLOURS, strict=True)):
        row, column = np.multiply(place, PLACES.stride)
        grid.outline(row, column, *PLACES.kernel_size, colour=colour, line=2.5, inset=2 + 3 * index)
        corner = grid.middle(0.3 + 4.4 * place[0], 0.3 + 4.4 * place[1])
        page.text(*corner, name(place), 16, colour, bold=True)
    page.text(*np.add(grid.middle(2, 2), 22), "tile", 15, bold=True)


def blocks(page, kernel, from_tile):
    """The kernel in tiles, and the same tiles in the order of the positions that lay them there."""
    page.title(400, 30, "2. Each lays a part of the kernel on it")
    page.text(400, 80, "kernel, in tiles", align="left")
    owners = flip(np.arange(16).reshape(4, 4, 1, 1), PLACES).reshape(4, 4)  # which elements each position lays there
    colours = {element: colour for elements, colour in zip(owners, COLOURS, strict=True) for element in elements}
    fill = [[tint(colours[4 * row + column]) for column in range(4)] for row in range(4)]
    grid = page.grid(400, 100, kernel, 36, fill=fill)
    for row, column in np.ndindex(2, 2):
        grid.outline(2 * row, 2 * column, 2, 2, INK, 1.5)
    page.arrow((556, 172), (600, 172))
    page.text(578, 154, "flip", 13)
    page.text(612, 80, "flipped kernel", align="left")
    for place, colour in zip(POSITIONS, COLOURS, strict=True):
        x, y = 612 + 84 * place[1], 112 + 98 * place[0]
        page.text(x, y - 12, f"of {name(place)}", 13, colour, "left", bold=True)
        page.grid(x, y, from_tile[place], 36, fill=tint(colour)).outline(0, 0, 2, 2, INK, 1.5)
    terms = [f"{from_tile[(*place, 0, 0)]:g} {name(place)}" for place in POSITIONS]
    page.text(400, 332, "upper left pixel of the tile", align="left")
    page.text(400, 356, "= " + " + ".join(terms), align="left")


def channels(page):
    """Space to depth: pixels of a tile become channels."""
    page.title(20, 430, "3. So tiles become pixels with four channels, and stride 2 becomes stride 1")
    image = np.arange(36.0).reshape(1, *PLACES.image_size, 1)
    kinds = [["#ffffff", "#dddddd"], ["#bbbbbb", "#f4e3b2"]]
    fill = [[kinds[row % 2][column % 2] for column in range(6)] for row in range(6)]
    page.text(20, 462, "image, 6 x 6 pixels", align="left")
    grid = page.grid(20, 480, image[0, :, :, 0], 36, fill=fill)
    for row, column in np.ndindex(3, 3):
        grid.outline(2 * row, 2 * column, 2, 2, INK, 1.8)
    page.arrow((246, 588), (330, 588))
    page.text(288, 560, "space\nto depth", 13)
    deep = space_to_depth(image, PLACES)[0]  # (3, 3, 4)
    page.text(
        345, 462, f"{flipped(PLACES).output_size[0]} x {flipped(PLACES).output_size[1]} tiles, 4 channels", align="left"
    )
    for channel, (row, column) in enumerate(np.ndindex(2, 2)):
        page.grid(345 + 118 * column, 480 + 118 * row, deep[:, :, channel], 34, fill=kinds[row][column])
    page.text(605, 500, "All tiles at once:", bold=True, align="left")
    page.text(605, 530, "space_to_depth(x)", align="left")
    page.text(605, 554, "  = unfold(y) flipped K", align="left")
    sizes = f"{np.prod(flipped(PLACES).output_size)} tiles: rows of 4 values y"
    page.text(605, 590, sizes, 13, align="left")
    page.text(605, 612, "times a 4 x 4 matrix", 13, align="left")
    page.text(
        20, 740, "No pixel is visited twice: nothing has to be added up in memory, as fold must do.", align="left"
    )


def name(place):
    return f"$y_{{{place[0]}{place[1]}}}$"
