"""What can be measured on images whose generating factors are unknown, and which latent follows it.

Digits have no known factors, but a slant, a height and a stroke can be measured on the picture by its moments

    mu_pq = sum w (x - x0)^p (y - y0)^q / sum w,     w the grey levels, (x0, y0) the centre of mass.

With them one can ask which latent has learnt what, as one asks with the factors of a drawn data set.
"""

import numpy as np

from ..network.images import to_float

STROKES = ("x", "y", "slant", "height", "width", "thickness")
LIGHTING = ("brightness", "contrast", "redness", "from the right", "from below")


def strokes(images):
    """Position and form of white strokes on black, a value for each image.

    - ``x``, ``y``: the centre of mass, in pixels from the left and the upper edge;
    - ``slant``: the angle between the strokes and the vertical, arctan(-mu_11 / mu_02) in degrees, positive to the
      right (the shear that deskewing takes out);
    - ``height``: sqrt(12 mu_02 + 1), the side of the rectangle with this vertical variance, in pixels;
    - ``width``: the same of the horizontal variance without the shear, mu_20 - mu_11^2 / mu_02;
    - ``thickness``: 2 area / perimeter in pixels.  A stroke of length L and thickness t << L has the area L t and the
      perimeter 2 L.  The area is the sum of the grey levels, the perimeter their total variation (coarea formula).

    images : (n, height, width, 1), bytes or numbers in [0, 1].  Returns a dict of `STROKES`, arrays (n,); a black image
    has no form, and gets NaN.
    """
    weights = to_float(images, np.float64)[..., 0]  # (n, rows, columns)
    area = weights.sum(axis=(1, 2))
    rows, columns = (np.arange(size) for size in weights.shape[1:])
    with np.errstate(invalid="ignore", divide="ignore"):
        y, x = weights.sum(axis=2) @ rows / area, weights.sum(axis=1) @ columns / area
        dy, dx = rows - y[:, None], columns - x[:, None]  # (n, rows), (n, columns)
        mu_02 = np.einsum("nij,ni->n", weights, dy**2) / area
        mu_20 = np.einsum("nij,nj->n", weights, dx**2) / area
        mu_11 = np.einsum("nij,ni,nj->n", weights, dy, dx) / area
        shear = np.where(mu_02 > 0, mu_11 / mu_02, 0 * mu_11)  # a single row has none
        return {
            "x": x,
            "y": y,
            "slant": np.degrees(np.arctan(-shear)),
            "height": np.sqrt(12 * mu_02 + 1),
            "width": np.sqrt(12 * np.maximum(mu_20 - shear * mu_11, 0) + 1),
            "thickness": 2 * area / _total_variation(weights),
        }


def lighting(images):
    """How a colour picture is lit, a value for each image, grey levels and colours in [0, 1].

    - ``brightness``, ``contrast``: mean and standard deviation of the grey levels, the mean of the three colours;
    - ``redness``: mean of red less mean of blue;
    - ``from the right``, ``from below``: the slopes of the plane that fits the grey levels best, as the change over the
      whole picture: a light from one side, or a shadow on the other.

    images : (n, height, width, 3), bytes or numbers in [0, 1].  Returns a dict of `LIGHTING`, arrays (n,).
    """
    colours = to_float(images, np.float64)
    grey = colours.mean(axis=3)  # (n, rows, columns)
    red, _, blue = np.moveaxis(colours.mean(axis=(1, 2)), 1, 0)
    return {
        "brightness": grey.mean(axis=(1, 2)),
        "contrast": grey.std(axis=(1, 2)),
        "redness": red - blue,
        "from the right": _rise(grey.mean(axis=1)),
        "from below": _rise(grey.mean(axis=2)),
    }


def squared_correlations(codes, properties):
    """r^2 of each latent with each property: the share of its variance that a straight line in this latent explains.

    codes : (n, latents);  properties : dict of arrays (n,), of which images with a NaN are left out.
    Returns (latents, len(properties)); a latent or a property that never varies has 0.
    """
    measured = np.stack(list(properties.values()), axis=1)  # (n, properties)
    known = np.isfinite(measured).all(axis=1)
    z, v = (_standardised(np.asarray(array, np.float64)[known]) for array in (codes, measured))
    return (z.T @ v / len(z)) ** 2


def follow(codes, properties):
    """Whether a property has a latent of its own: (best, second), r^2 of the best and the second best latent for each.

    Parameters as in `squared_correlations`; with one latent the second is 0.  Returns two dicts by property.
    """
    r2 = np.sort(squared_correlations(codes, properties), axis=0)
    second = r2[-2] if len(r2) > 1 else np.zeros(r2.shape[1])
    return tuple(dict(zip(properties, row.tolist(), strict=True)) for row in (r2[-1], second))


def _total_variation(weights):
    """Sum of the gradients' lengths, by forward differences, black outside: (n,)."""
    padded = np.pad(weights, ((0, 0), (1, 1), (1, 1)))
    down, right = np.diff(padded, axis=1)[:, :, :-1], np.diff(padded, axis=2)[:, :-1]
    return np.hypot(down, right).sum(axis=(1, 2))


def _rise(profile):
    """How much the line that fits best through each row, (n, size), rises from the first pixel to the last."""
    place = np.linspace(-0.5, 0.5, profile.shape[1])
    return profile @ place / (place @ place)


def _standardised(array):
    deviation = array.std(axis=0)
    flat = deviation <= 1e-7 * np.abs(array).max(axis=0)  # round-off only
    return np.divide(array - array.mean(axis=0), deviation, out=np.zeros_like(array), where=~flat)
