"""How often `nn.diagnose` names or places mistakes of a list that was written without looking at its code.

    python -m tests.benchmarks.holdout            the table
    python -m tests.benchmarks.holdout --all      and what it says about every one

What is a name or a place, a person judged (`holdout_verdicts`), for one answer each: an answer that has changed since
counts as "not judged".
"""

import sys
import warnings
from collections import Counter, defaultdict

import numpy as np

import nn

from . import holdout_layers as right
from .holdout_list import VARIANTS
from .holdout_verdicts import VERDICTS

IMAGES = ((2, 7, 11, 3, 5), (3, 11, 7, 5, 2), (5, 7, 7, 2, 3))  # batch, height, width, channels in and out
COLUMNS = ("named", "located", "missed", "false", "not judged")


def case(make, rng):
    """Three layers of this class, and the x of each."""
    layers, inputs = [], []
    for (batch, n), image in zip(((5, 3), (7, 11), (13, 17)), IMAGES, strict=True):
        x = 2 * rng.normal(size=(batch, n))
        if issubclass(make, right.Dense):
            shapes = {"W": (n, n + 2), "b": (n + 2,)}
        elif issubclass(make, right.Norm):
            shapes = {"gamma": (n,), "beta": (n,)}
        elif issubclass(make, right.Residual):
            shapes = {"W": (n, n)}
        elif issubclass(make, right.Bag):
            shapes, x = {"E": (n + 2, n)}, rng.normal(size=(batch, n + 4))
        elif issubclass(make, right.Conv | right.TransposedConv):
            shapes, x = {"K": (3, 3, *image[3:]), "b": image[4:]}, rng.normal(size=image[:4])
        elif issubclass(make, right.Pool):
            shapes, x = {}, rng.normal(size=(image[0], 9, 15, image[3]))
        else:
            shapes = {}
        inputs.append((x, rng.normal(size=x.shape)) if issubclass(make, right.Sample) else (x,))
        layers.append(make(rng, **shapes))
    return layers, *map(list, zip(*inputs, strict=True))


def find(wrong, draws):
    """What `nn.diagnose` says about the layer class, or about the loss."""
    if draws is not None:
        return nn.diagnose(wrong, *map(list, zip(*draws, strict=True)))
    return nn.diagnose(*case(wrong, np.random.default_rng(7)))


def main():
    everything = "--all" in sys.argv
    table, lists = defaultdict(Counter), defaultdict(list)
    for kind, title, where, wrong, draws in VARIANTS:
        key = f"{kind}: {title}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            finding = find(wrong, draws)
        said = f"{finding.name} | {finding.array} | {finding.location}"
        verdict, judged = VERDICTS.get(key, ("not judged", said))
        verdict = verdict if judged == said else "not judged"
        table[kind][verdict] += 1
        lists[verdict].append(key)
        if everything:
            print(f"# {key}\n  planted: {where}\n  {verdict}: {said}\n  {finding.message}\n  others: {finding.others}")
    print(f"{'kind':24}" + "".join(f"{column:>12}" for column in COLUMNS))
    for kind, row in table.items():
        print(f"{kind:24}" + "".join(f"{row[column]:12}" for column in COLUMNS))
    total = sum(table.values(), Counter())
    print(f"{'all ' + str(len(VARIANTS)):24}" + "".join(f"{total[column]:12}" for column in COLUMNS))
    for column in COLUMNS[2:]:
        print(f"\n{column}: " + "; ".join(lists[column]))


if __name__ == "__main__":
    main()
