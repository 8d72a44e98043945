"""One HTML file out of models and images: the template in page/, with its parts and all data put in."""

import json
import math
from importlib import resources

import numpy as np

from nn.files import atomic_write

from ..network.beta import describe_beta
from ..network.images import check_images, to_float
from . import layers, rounding
from .latents import describe_latents
from .pictures import Pictures, pictures_of
from .weights import KINDS, Pack

SCRIPTS = (
    "arrays.js", "network.js", "model.js", "adam.js", "words.js", "painting.js", "background.js", "grid.js",
    "state.js", "stage.js", "sliders.js", "images.js", "drawing.js", "wrong.js", "traversals.js", "plane.js",
    "between.js", "samples.js", "explorer.js",
)  # fmt: skip
BUILT_IN = 60  # images
LOOKED_AT = 5_000  # images by which the latents are measured
MEASURED = 500  # random codes by which the rounding is
ENCODER_LIMIT = 12_000_000  # bytes of a page; with "auto", encoders come along if it stays below


def write(path, models, data, *, names=None, encoder="auto", weights="int8", seed=0):
    """Write the explorer's page: one file that a browser opens without server and network.

    Parameters
    ----------
    path : of the .html file.
    models : a fitted `BetaVAE`, or a list of them to be shown side by side; all for images of one shape.
    data : held-out images: a `datasets.FactorDataset` or `datasets.LabelledImages`, after whose factors or labels the
        latents are named, or an array as the models take it.  Up to 5,000 images measure the latents, and 60 stand in
        the page to start from.
    names : what the models are called; by default after their beta.
    encoder : True, False or "auto": whether the page can encode images that it does not know.  "auto" takes the
        encoders in if the page stays below 12 MB.  Without them, it finds codes by climbing the ELBO.
    weights : "int8" or "float16", to which large arrays are rounded.  The page says what that costs.
    seed : of the choice of images and of the codes by which the rounding is measured.

    Raises ValueError, before anything is written, for models that do not fit together, or whose images or layers a
    page cannot show.
    """
    models = list(models) if isinstance(models, list | tuple) else [models]
    names = names or [f"β = {model.network_.beta:g}" for model in models]  # where a schedule ended
    _check(models, names, encoder, weights)
    pictures, rng = pictures_of(data), np.random.default_rng(seed)
    images = check_images(pictures.images, models[0].image_shape_, "data", unit_interval=False)
    rows = np.sort(rng.permutation(len(images))[:LOOKED_AT])
    factors = None if pictures.factors is None else pictures.factors[rows]
    looked_at = Pictures(to_float(images[rows], np.float32), factors, pictures.factor_names)
    _check_range(looked_at.images)
    chosen = _spread(factors, len(rows))
    shown = Pack(weights)
    content = {
        "shape": models[0].image_shape_,
        "models": [
            _describe(model, name, looked_at, chosen, weights, rng) for model, name in zip(models, names, strict=True)
        ],
        "images": shown.append(np.rint(255 * looked_at.images[chosen]).astype(np.uint8)),
        "captions": [looked_at.caption(row) for row in chosen],
        "weights": weights,
        "measured": MEASURED,
    }
    page = _fill(content, shown, models, encoder, weights)
    with atomic_write(path) as file:
        file.write(page.encode())


def _check(models, names, encoder, weights):
    """Raise ValueError if something does not fit."""
    if not models:
        raise ValueError("there is no model to explore: give at least one")
    shapes = [model.image_shape_ for model in models]
    if len(shapes[0]) != 3 or shapes[0][2] not in (1, 3):
        raise ValueError(f"the explorer shows grey or coloured images, but the model was trained on {shapes[0]}")
    if len(set(shapes)) > 1:
        raise ValueError(f"models side by side need images of one shape, but these have {', '.join(map(str, shapes))}")
    if len(names) != len(models):
        raise ValueError(f"{len(models)} models need as many names, got {names}")
    if encoder not in (True, False, "auto"):
        raise ValueError(f"encoder must be True, False or 'auto', got {encoder!r}")
    if weights not in KINDS:
        raise ValueError(f"weights must be one of {', '.join(map(repr, KINDS))}, got {weights!r}")


def _check_range(pixels):
    low, high = pixels.min(), pixels.max()
    if low < 0 or high > 1:
        raise ValueError(f"the page shows pixels from 0 to 1, but data has values from {low:g} to {high:g}")


def _spread(factors, n):
    """Rows of up to 60 images: sorted by their only factor (a label), each value as often, or else evenly spread."""
    if factors is None or factors.shape[1] > 1:
        return np.linspace(0, n - 1, min(BUILT_IN, n)).astype(int)
    values = np.unique(factors)
    each = math.ceil(BUILT_IN / len(values))
    return np.concatenate([np.flatnonzero(factors[:, 0] == value)[:each] for value in values])[:BUILT_IN]


def _describe(model, name, looked_at, chosen, weights, rng):
    """All that the page knows of one model but its weights."""
    mean, log_variance = model.encode(looked_at.images)
    latents = describe_latents(mean, log_variance, looked_at)
    centre, spread = (np.array([latent[key] for latent in latents]) for key in ("centre", "spread"))
    codes = centre + spread * rng.standard_normal((MEASURED, len(latents)))
    targets = looked_at.images[np.arange(MEASURED) % len(looked_at.images)]
    return {
        "name": name,
        "architecture": model.architecture if isinstance(model.architecture, str) else "a network of its own",
        "beta": describe_beta(model.network_.beta, len(latents), model.image_shape_, model.reduction),
        "likelihood": model.likelihood,
        "latents": latents,
        "codes": {"mean": mean[chosen].tolist(), "logVariance": log_variance[chosen].tolist()},
        "error": rounding.measure(model, weights, targets, codes),
    }


def _fill(content, shown, models, encoder, weights):
    """The whole page, with the encoders if they are wanted."""
    for with_encoder in {True: [True], False: [False], "auto": [True, False]}[encoder]:
        packs = [Pack(weights) for _ in models]
        for model, description, pack in zip(models, content["models"], packs, strict=True):
            description |= _networks(model, pack, with_encoder)
        page = _assemble(content, [shown, *packs])
        if len(page) < ENCODER_LIMIT:
            break
    return page


def _networks(model, pack, with_encoder):
    network, shape = model.network_, model.image_shape_
    described = {"decoder": layers.describe(network.decoder, (network.code.latents,), pack), "encoder": None}
    if with_encoder:
        described["encoder"] = {
            "features": layers.describe(network.encoder, shape, pack),
            "mean": layers.dense(network.code.mean, None, pack)[0],
            "logVariance": layers.dense(network.code.log_variance, None, pack)[0],
        }
    return described


def _assemble(content, packs):
    folder = resources.files(__package__) / "page"
    read = {name: (folder / name).read_text(encoding="utf-8") for name in ("index.html", "style.css", *SCRIPTS)}
    scripts = "\n".join(f"<script>\n// {name}\n{read[name]}</script>" for name in SCRIPTS)
    packed = "\n".join(
        f'<script type="text/plain" id="pack-{number}">{pack.text()}</script>' for number, pack in enumerate(packs)
    )
    text = json.dumps(content, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")  # no "</script>" in it
    data = f'<script type="application/json" id="content">{text}</script>\n{packed}'
    page = read["index.html"]
    for mark, part in (("style", f"<style>\n{read['style.css']}</style>"), ("data", data), ("scripts", scripts)):
        page = page.replace(f"<!-- {mark} -->", part)
    return page
