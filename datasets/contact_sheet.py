"""Many images on one: a row of them for each class."""

import numpy as np
from PIL import Image, ImageDraw

MARGIN, GAP, TILE = 110, 3, 56  # pixels: left of the images, between them, the least height of one


def contact_sheet(rows):
    """Draw {title: images (n, height, width, 1 or 3)} as a row each, and return the PIL image.

    Bytes are drawn as they are; floats from 0 (black) to 1 (white), or over their whole range if that is wider.
    """
    low = min(0, *(images.min() for images in rows.values()))
    high = max(1, *(images.max() for images in rows.values()))
    tiles = {title: [_tile(image, low, high) for image in images] for title, images in rows.items()}
    width, height = next(iter(tiles.values()))[0].size
    longest = max(map(len, tiles.values()))
    sheet = Image.new("RGB", (MARGIN + longest * (width + GAP), len(tiles) * (height + GAP) + GAP), "white")
    draw = ImageDraw.Draw(sheet)
    for i, (title, row) in enumerate(tiles.items()):
        top = GAP + i * (height + GAP)
        draw.text((2 * GAP, top + height // 2), title, fill="black", anchor="lm")
        for j, tile in enumerate(row):
            sheet.paste(tile, (MARGIN + j * (width + GAP), top))
    return sheet


def _tile(image, low, high):
    if image.dtype != np.uint8:
        image = np.rint(255 * (image - low) / (high - low)).astype(np.uint8)
    tile = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)
    scale = -(-TILE // tile.height)
    return tile.resize((scale * tile.width, scale * tile.height), Image.Resampling.NEAREST)
