"""Fill the numbers of docs/results.md from the tables in docs/results/.

python docs/results.py                                          after a change of the page
python docs/results.py --take outputs/papers/NAME-default ...   after `demos/papers.py run NAME`

`--take` first copies an experiment's table to docs/results/, and those of its figures that the page shows to
docs/figures/results/, in 64 colours, a third of the size.

A page marks a number by the table's file, its column and the settings of the runs that it is the mean of,

    <!-- mean mnist_classification accuracy_mean_auto architecture=mnist-dense beta=0.1 share=1 -->...<!-- end -->

and a table by the settings that its rows and columns run through,

    <!-- table mnist_classification accuracy_mean_auto rows=beta columns=architecture share=1 -->
    ...
    <!-- end -->

What stands between is replaced by mean ± standard error over the runs.
"""

import argparse
import json
import re
import shlex
from pathlib import Path

import vae  # noqa: F401  (before NumPy is loaded)
from PIL import Image

from nn.files import atomic_write
from vae.evaluation.curves import mean_of, select
from vae.study import read_csv

DOCS = Path(__file__).parent
MARK = re.compile(r"<!-- (mean|table) (.*?) -->(.*?)<!-- end -->", re.DOTALL)
NOTHING = "not run yet"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--take", nargs="+", type=Path, default=[], metavar="FOLDER", help="experiments' outputs")
    parser.add_argument("--page", type=Path, default=DOCS / "results.md", help="(default: docs/results.md)")
    options = parser.parse_args(arguments)
    text = options.page.read_text(encoding="utf-8")
    for folder in options.take:
        take(folder, text)
    with atomic_write(options.page) as file:
        file.write(filled(text).encode())


def take(folder, page):
    """Copy an experiment's table, and the figures that the page shows."""
    for table in folder.glob("*.csv"):
        with atomic_write(DOCS / "results" / table.name) as file:
            file.write(table.read_bytes())
    for figure in folder.glob("*.png"):
        if f"figures/results/{figure.name}" in page:
            with Image.open(figure) as image, atomic_write(DOCS / "figures" / "results" / figure.name) as file:
                image.convert("RGB").quantize(64).save(file, format="PNG", optimize=True)


def filled(text):
    """The page with every marked number and table as the tables have them now."""
    return MARK.sub(_fill, text)


def _fill(match):
    kind, mark, _ = match.groups()
    name, column, *pairs = shlex.split(mark)
    settings = {key: _value(value) for key, value in (pair.split("=") for pair in pairs)}
    path = DOCS / "results" / f"{name}.csv"
    rows = read_csv(path) if path.exists() else []
    content = _mean(rows, column, settings) if kind == "mean" else f"\n{_table(rows, column, settings)}\n"
    return f"<!-- {kind} {mark} -->{content}<!-- end -->"


def _mean(rows, column, settings):
    values = [row[column] for row in select(rows, **settings) if row[column] is not None]
    return str(mean_of(values)) if values else NOTHING


def _table(rows, column, settings):
    y_name, x_name = settings.pop("rows"), settings.pop("columns")
    chosen = select(rows, **settings) if rows else []
    if not chosen:
        return NOTHING
    down, across = (sorted({row[name] for row in chosen}) for name in (y_name, x_name))
    lines = [[f"{y_name} \\ {x_name}", *across], ["---"] * (1 + len(across))]
    lines += [[y, *(_mean(chosen, column, {y_name: y, x_name: x}) for x in across)] for y in down]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _value(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


if __name__ == "__main__":
    main()
