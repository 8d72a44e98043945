"""Figures of what the decoder draws when one latent is moved; `plots.save` writes them.

A shape that moves is hard to see in a row of pictures.  So a red cross marks where it was before, and the first and
the last picture of a row are laid over each other in two colours.
"""

import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw

from nn.files import atomic_write

from . import plots

TILE = 128  # pixels, at least, of an image's height in an animation
CAPTION = 16  # pixels below it
COLUMNS = 5  # images side by side in an animation


def perturbations(images, deltas, latents):
    """Decoded images when one latent is moved by a delta (Figures 4.5 and 4.7), the busiest latent first.

    images : (latents, deltas, height, width, channels), from `measures.perturb`;  latents : their `Latents`.
    A cross marks the centre of mass of the image with the smallest delta.
    """
    steps = len(deltas)
    figure = Figure(figsize=(1.05 * len(latents) + 0.8, 1.05 * steps + 0.8), layout="constrained")
    grid = figure.subplots(steps, len(latents), squeeze=False)
    for column, j in enumerate(latents.order):
        grid[0, column].set_title(latents.title(j).replace(": ", "\n"), fontsize="small", color=latents.colour(j))
        middle = centre_of_mass(images[j, np.argmin(np.abs(deltas))])
        for axes, image in zip(grid[:, column], images[j], strict=True):
            plots.show(axes, image)
            _cross(axes, middle)
    for axes, delta in zip(grid[:, 0], deltas, strict=True):
        axes.set_ylabel(f"{delta:+g}", rotation=0, ha="right", va="center")
    figure.suptitle("what the decoder draws when one latent is moved (the cross: where the shape was)")
    return figure


def traversals(images, latents, title):
    """A row for each latent, the busiest first; in the last column the row's first image in blue, its last in orange.

    images : (latents, steps, height, width, channels), from `measures.traverse`;  latents : their `Latents`.
    """
    rows = np.stack([with_overlay(images[j]) for j in latents.order])
    return plots.image_grid(rows, title, [latents.title(j) for j in latents.order])


def with_overlay(row):
    """A row of images in colours, (steps, height, width, 3), and behind them its first and last in one picture."""
    row = np.clip(row, 0, 1)
    first, last = row[0].mean(axis=-1), row[-1].mean(axis=-1)
    overlay = np.stack([last, (first + last) / 2, first], axis=-1)
    return np.concatenate([np.broadcast_to(row, (*row.shape[:3], 3)), overlay[None]])


def centre_of_mass(image):
    """(row, column) of an image's centre of mass, its brightness being the mass: (height, width, channels) in."""
    mass = np.clip(image, 0, 1).sum(axis=-1)
    total = max(mass.sum(), np.finfo(mass.dtype).tiny)
    return (mass.sum(axis=1) @ np.arange(mass.shape[0])) / total, (mass.sum(axis=0) @ np.arange(mass.shape[1])) / total


def _cross(axes, centre):
    row, column = centre
    axes.axhline(row, color="tab:red", lw=0.7, alpha=0.8)
    axes.axvline(column, color="tab:red", lw=0.7, alpha=0.8)


def animate(images, latents, path):
    """Write a GIF that goes forth and back through traversals: the active latents side by side, with their names.

    images : (latents, steps, height, width, channels) in [0, 1];  latents : their `Latents`.
    """
    shown = latents.active or list(latents.order)
    steps = [*range(images.shape[1]), *range(images.shape[1] - 2, 0, -1)]
    names = [latents.name(j) for j in shown]
    frames = [_frame(images[shown, step], names) for step in steps]
    with atomic_write(path) as file:
        frames[0].save(file, format="GIF", save_all=True, append_images=frames[1:], duration=120, loop=0)


def _frame(images, names):
    """Images with captions, enlarged, in rows: a Pillow image."""
    height, width = (size * -(-TILE // images.shape[1]) for size in images.shape[1:3])
    columns = min(COLUMNS, len(images))
    rows = -(-len(images) // columns)
    frame = Image.new("RGB", (columns * (width + 4), rows * (height + CAPTION)), "white")
    draw = ImageDraw.Draw(frame)
    for position, (image, name) in enumerate(zip(images, names, strict=True)):
        left, top = position % columns * (width + 4) + 2, position // columns * (height + CAPTION)
        picture = Image.fromarray(np.uint8(255 * np.clip(image, 0, 1)).squeeze())
        frame.paste(picture.resize((width, height)), (left, top))
        draw.text((left + width // 2, top + height + 1), name, fill="black", anchor="ma")
    return frame
