"""Hassan, Figure 3.3: simple maps that make other distributions out of a normal one."""

import numpy as np
from matplotlib.figure import Figure

from ..study import grid
from .experiment import Experiment
from .training import keep, kept

SHOWN = 2_000  # points in the figure


def drawn(z):
    """(a) The normal draws themselves."""
    return z


def ring(z):
    """(b) g(z) = z / 10 + z / |z|: a ring, whose radius is 1 + |z| / 10."""
    return z / 10 + z / _length(z)


def quadrant(z):
    """(c) g(z) = z^2 / |z|, the square element by element: all in one quadrant, between |z| / sqrt(2) and |z|."""
    return z**2 / _length(z)


MAPS = {"a": drawn, "b": ring, "c": quadrant}
TITLES = {"a": "(a) z ~ N(0, I)", "b": "(b) z / 10 + z / |z|", "c": "(c) z^2 / |z|"}


def run(setting, folder):
    """The mean and the deviation of |g(z)|, and the share of points that no element of which is negative."""
    points = points_of(setting)
    keep(folder, points=points[:SHOWN].astype(np.float32))
    radius = np.linalg.norm(points, axis=1)
    return {
        "radius": radius.mean(), "radius_deviation": radius.std(),
        "positive_share": (points >= 0).all(axis=1).mean(),
    }  # fmt: skip


def points_of(setting):
    """g(z) for draws z ~ N(0, I) in the plane: (points, 2)."""
    z = np.random.default_rng(setting["random_state"]).standard_normal((setting["points"], 2))
    return MAPS[setting["map"]](z)


def draw(rows, folder_of):
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    for axes, row in zip(figure.subplots(1, len(rows), squeeze=False)[0], rows, strict=True):
        axes.plot(*kept(folder_of(row))["points"].T, ".", markersize=1.5)
        axes.set(aspect="equal", title=TITLES[row["map"]])
        axes.grid(alpha=0.3)
    return {"hassan_maps": figure}


def _length(z):
    return np.linalg.norm(z, axis=1, keepdims=True)


EXPERIMENT = Experiment(
    "hassan_maps",
    "Hassan, Figure 3.3",
    run,
    settings={
        "quick": grid(map=list(MAPS), points=1_000, random_state=0),
        "default": grid(map=list(MAPS), points=100_000, random_state=0),
        "full": grid(map=list(MAPS), points=100_000, random_state=0),
    },
    draw=draw,
    trains=False,
)
