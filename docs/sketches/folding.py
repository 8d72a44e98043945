"""fold.png and transposed.png: patches that are added up into an image."""

import numpy as np

from nn.convolution import correlate_adjoint
from nn.patches import fold as fold_patches
from nn.patches import windows_giving, windows_on

from .page import BLUE, COLOURS, GREY, INK, ORANGE, Page, tint

CORNERS = list(np.ndindex(2, 2))  # of the four positions


def fold():
    """Four patches are added up into the image; how many overlap on each pixel."""
    page = Page(410)
    places = windows_on((4, 4), (3, 3), (2, 2), "same")
    patches = np.random.default_rng(3).integers(1, 6, (4, 9)).astype(float)
    image = fold_patches(patches, places, 1)[0, :, :, 0]
    counts = fold_patches(np.ones_like(patches), places, 1)[0, :, :, 0]
    inside = on_the_image(places)

    page.title(20, 30, "Patches, the rows of a matrix")
    for patch, used, colour, (row, column) in zip(patches, inside, COLOURS, CORNERS, strict=True):
        fill = [[tint(colour) if here else "white" for here in line] for line in used]
        ink = [[INK if here else GREY for here in line] for line in used]
        grid = page.grid(20 + 130 * column, 80 + 142 * row, patch.reshape(3, 3), 36, fill=fill, ink=ink)
        grid.outline(2 - 2 * row, 2 - 2 * column)
        page.text(grid.x, grid.y - 12, f"position {row}, {column}", 13, colour, "left", bold=True)
    page.text(20, 364, "white: over the edge of the image, where", 13, align="left")
    page.text(20, 384, "unfold has read zeros; fold drops them", 13, align="left")

    page.arrow((275, 190), (318, 190))
    page.title(330, 30, "fold: added up")
    summed = page.grid(330, 100, image, 48, fill=shades(counts), size=15)
    summed.outline(2, 2)
    elements = patches.reshape(2, 2, 3, 3)
    terms = [elements[row, column, 2 - 2 * row, 2 - 2 * column] for row, column in CORNERS]
    page.text(
        330, 318, " + ".join(f"{term:g}" for term in terms) + f" = {image[2, 2]:g}", 15, ORANGE, "left", bold=True
    )
    page.text(330, 352, "in the pixel with the frame, from the\nframed elements of the four patches", 13, align="left")

    page.title(580, 30, "How many overlap")
    page.text(580, 58, "of the patches, on each pixel", align="left")
    page.grid(580, 100, counts, 48, fill=shades(counts), size=15)
    return page


def on_the_image(places):
    """For each patch (positions, kernel_height, kernel_width): whether the element lies on the image."""
    inside = np.zeros((1, *places.output_size, *places.kernel_size, 1), bool)
    for in_patches, _ in places.overlaps:
        inside[in_patches] = True
    return inside.reshape(-1, *places.kernel_size)


def shades(counts):
    """The more patches overlap, the darker."""
    return [[tint(BLUE, 0.09 * count) for count in row] for row in counts]


def transposed():
    """Every input value lays its multiple of the kernel onto a larger image."""
    page = Page(350)
    x, kernel = np.array([[1.0, 2], [3, 4]]), np.array([[1.0, 2, 1], [2, 3, 2], [1, 2, 1]])
    places = windows_giving((2, 2), (3, 3), (2, 2), "valid")
    counts = fold_patches(np.ones((4, 9)), places, 1)[0, :, :, 0]

    def laid(values):
        return correlate_adjoint(values.reshape(1, 2, 2, 1), kernel[:, :, None, None], places)[0, :, :, 0]

    page.title(20, 30, "Input")
    page.grid(20, 50, x, 40, fill=[[tint(colour) for colour in COLOURS[row : row + 2]] for row in (0, 2)])
    page.title(135, 30, "Kernel")
    page.grid(135, 50, kernel, 30)
    page.text(270, 68, "Each input value multiplies the whole kernel and lays it", align="left")
    page.text(270, 92, "onto the larger image, stride = 2 pixels from its neighbour's.", align="left")
    page.text(270, 124, "Where the multiples overlap (darker), they add up.", align="left")
    for index, (place, colour) in enumerate(zip(CORNERS, COLOURS, strict=True)):
        alone = np.zeros_like(x)
        alone[place] = x[place]
        part = laid(alone)
        words = np.array([[f"{value:g}" if value else "" for value in row] for row in part])
        fill = [[tint(colour) if value else "white" for value in row] for row in part]
        left = 20 + 155 * index
        page.text(left, 182, f"{x[place]:g} x kernel", 14, colour, "left", bold=True)
        page.grid(left, 200, words, 25, fill=fill, size=13)
        page.text(left + 140, 262, "+" if index < 3 else "=", 18)
    page.text(640, 182, "output", bold=True, align="left")
    page.grid(640, 200, laid(x), 25, fill=shades(counts), size=13)
    return page
