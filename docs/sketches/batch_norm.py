"""batch_norm.png: the graph of batch normalisation, and the three paths of its gradient."""

import numpy as np

from nn.batch_norm import normalise, normalise_gradient

from .page import BLUE, GREEN, GREY, ORANGE, Page, tint

X, MEAN, VARIANCE, X_HAT, Y = (70, 220), (270, 335), (270, 105), (480, 220), (690, 220)
SCALE, SHIFT = (690, 105), (690, 335)


def batch_norm():
    """The graph, with the gradient's three paths from x_hat to x, and their numbers for one channel."""
    page = Page(665)
    page.title(20, 30, "Batch normalisation: three ways back to x")
    graph(page)
    numbers(page)
    return page


def graph(page):
    """Forward in grey, backward in colours."""
    for start, end, colour in [
        (X, X_HAT, BLUE), (X, MEAN, GREEN), (MEAN, X_HAT, GREEN), (X, VARIANCE, ORANGE), (VARIANCE, X_HAT, ORANGE),
        (X_HAT, Y, GREY),
    ]:  # fmt: skip
        there_and_back(page, start, end, colour)
    page.arrow(*between(SCALE, Y, 25), GREY)
    page.arrow(*between(SHIFT, Y, 25), GREY)
    page.arrow(*between(MEAN, VARIANCE, 25), "#cccccc")
    page.text(278, 252, "carries no gradient", 12, GREY, "left")
    page.box(*X, "$x$", 70)
    page.box(*MEAN, "mean", 100, fill=tint(GREEN), edge=GREEN)
    page.box(*VARIANCE, "variance", 100, fill=tint(ORANGE), edge=ORANGE)
    page.box(*X_HAT, "$\\hat{x} = (x -$ mean$)\\,/\\,s$\n$s = \\sqrt{\\mathrm{variance} + \\epsilon}$", 160, 66)
    page.box(*Y, "$y =$ scale $\\hat{x}\\,+$ shift", 160)
    page.box(*SCALE, "scale", 80)
    page.box(*SHIFT, "shift", 80)
    page.text(20, 66, "grey: forward", 14, GREY, "left")
    page.text(20, 88, "dashed: the gradient", 14, align="left")
    page.text(180, 196, "direct", 14, BLUE, bold=True)
    page.text(430, 118, "through the variance", 14, ORANGE, bold=True)
    page.text(420, 326, "through the mean", 14, GREEN, bold=True)


def there_and_back(page, start, end, colour):
    """A grey arrow forward, and beside it the gradient's."""
    start, end = np.array(start), np.array(end)
    length = np.linalg.norm(end - start)
    along = (end - start) / length
    aside = np.array([-along[1], along[0]]) * 6
    first, last = start + along * edge(along, start), end - along * edge(along, end)
    page.arrow(first + aside, last + aside, GREY)
    page.arrow(last - aside, first - aside, "#444444" if colour == GREY else colour, 2.0, dashed=True)


def edge(along, node):
    """How far it is from the middle of a node's box to its edge."""
    width, height = {X: (35, 23), MEAN: (50, 23), VARIANCE: (50, 23), X_HAT: (80, 42), Y: (80, 23)}[tuple(node)]
    return min(width / max(abs(along[0]), 1e-9), height / max(abs(along[1]), 1e-9)) + 8


def between(start, end, gap):
    """The two ends of an arrow between two nodes, above each other."""
    step = np.sign(end[1] - start[1]) * gap
    return (start[0], start[1] + step), (end[0], end[1] - step)


def numbers(page):
    """One channel with four values: the three parts of dx and their sum."""
    x, dy, scale = np.array([[1.0], [3], [5], [7]]), np.array([[-2.0], [3], [2], [1]]), np.array([2.0])
    _, centred, s = normalise(x, x.mean(axis=0), x.var(axis=0), scale, np.zeros(1), 1e-4)
    x_hat = centred / s
    direct, dscale, dshift = normalise_gradient(dy, centred, s, scale, False)
    dx, _, _ = normalise_gradient(dy, centred, s, scale, True)
    by_mean, by_variance = -scale / s * dshift / len(x) + 0 * x, -scale / s * x_hat * dscale / len(x)
    np.testing.assert_allclose(direct + by_mean + by_variance, dx)
    rows = [
        ("$x$", x, "white"),
        ("$\\hat{x}$", x_hat, "white"),
        ("$dy$", dy, "white"),
        ("direct:  scale $/\\,s \\cdot dy$", direct, tint(BLUE)),
        ("mean:  $-$ scale $/\\,s\\, \\cdot$ (sum of $dy$) $/\\,m$", by_mean, tint(GREEN)),
        (
            "variance:  $-$ scale $/\\,s\\, \\cdot \\hat{x}\\, \\cdot$ (sum of $dy\\,\\hat{x}$) $/\\,m$",
            by_variance,
            tint(ORANGE),
        ),
        ("$dx$, their sum", dx, "white"),
    ]
    page.text(20, 408, f"One channel with m = {len(x)} values, scale = {scale[0]:g}:", align="left")
    for index, (words, values, fill) in enumerate(rows):
        top = 426 + 32 * index
        cells = np.array([[f"{value:.2f}".replace("-", "\N{MINUS SIGN}") for value in values[:, 0].round(2) + 0.0]])
        page.grid(420, top, cells, (32, 88), fill=fill, bold=index == len(rows) - 1)
        page.text(405, top + 16, words, align="right")
