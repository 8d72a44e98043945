"""How often `nn.diagnose` names or places the mistakes of two lists that were written before they were tried.

    python tests/benchmarks/holdout.py            the table of the second list; a few minutes
    python tests/benchmarks/holdout.py --list 1   of the first, to which the code has been fitted since
    python tests/benchmarks/holdout.py --all      and what it says about every one

Whether an answer is right, a person judged (``holdout_verdicts.json``, ``holdout2_verdicts.json``: the verdict and the
answer it was given for); an answer that has changed since counts as "not judged".
    named       the name is the planted mistake, or says the same in other words
    located     the message says which array is wrong, and in which part or way; or gives a formula with the same
                numbers, in which the planted mistake is hard to recognise
    everywhere  the array is named and is wrong everywhere, as the message says, and no more
    missed      no more than that the array is wrong in some elements, of which a few are listed
    false       the name or the place is not true
"""

import argparse
import json
import warnings
from collections import Counter, defaultdict
from pathlib import Path

import holdout2_list
import holdout_layers as right
import holdout_list
import numpy as np

import nn

IMAGES = ((2, 7, 11, 3, 5), (3, 11, 7, 5, 2), (5, 7, 7, 2, 3))  # batch, height, width, channels in and out
VERDICTS = {1: "holdout_verdicts.json", 2: "holdout2_verdicts.json"}
COLUMNS = ("named", "located", "everywhere", "missed", "false", "not judged")


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


def variants(number):
    """(kind, title, where, make) of each mistake of list 1 or 2; make() gives (subject, arguments, options)."""
    if number == 2:
        yield from holdout2_list.VARIANTS
        return
    for kind, title, where, wrong, draws in holdout_list.VARIANTS:
        yield kind, title, where, lambda wrong=wrong, draws=draws: first_list(wrong, draws)


def first_list(wrong, draws):
    """The layer class or the loss of the first list, as `nn.diagnose` takes it."""
    if draws is not None:
        return wrong, *map(list, zip(*draws, strict=True)), {}
    return *case(wrong, np.random.default_rng(7)), {}


def find(make):
    """What `nn.diagnose` says."""
    subject, *arguments, options = make()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nn.diagnose(subject, *arguments, **options)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--list", type=int, choices=(1, 2), default=2, help="which list (default: the second)")
    options.add_argument("--all", action="store_true", help="print every answer")
    options = options.parse_args()
    judgements = json.loads(Path(__file__).with_name(VERDICTS[options.list]).read_text())
    table, lists = defaultdict(Counter), defaultdict(list)
    for kind, title, where, make in variants(options.list):
        key = f"{kind}: {title}"
        finding = find(make)
        said = f"{finding.name} | {finding.array} | {finding.location}"
        verdict, judged = judgements.get(key, ("not judged", said))
        verdict = verdict if judged == said else "not judged"
        table[kind][verdict] += 1
        lists[verdict].append(key)
        if options.all:
            print(f"# {key}\n  planted: {where}\n  {verdict}: {said}\n  {finding.message}\n  others: {finding.others}")
    print(f"{'kind':24}" + "".join(f"{column:>12}" for column in COLUMNS))
    for kind, row in table.items():
        print(f"{kind:24}" + "".join(f"{row[column]:12}" for column in COLUMNS))
    total = sum(table.values(), Counter())
    print(f"{f'all {total.total()}':24}" + "".join(f"{total[column]:12}" for column in COLUMNS))
    for column in COLUMNS[3:]:
        print(f"\n{column}: " + "; ".join(lists[column]))


if __name__ == "__main__":
    main()
