"""Fill the numbers of the pages in `PAGES` from the tables in docs/results/.

python docs/results.py                                          after a change of a page
python docs/results.py --take outputs/papers/NAME-default ...   after `demos/papers.py run NAME`

`--take` first copies an experiment's table to docs/results/, and those of its figures that a page shows to
docs/figures/results/, in 64 colours, a third of the size.

A page marks a number by the table's file, its column and the settings of the runs that it is the mean of,

    <!-- mean mnist_classification accuracy_mean_auto architecture=mnist-dense beta=0.1 share=1 -->...<!-- end -->

and a table by the settings that its rows and columns run through,

    <!-- table mnist_classification accuracy_mean_auto rows=beta columns=architecture share=1 -->
    ...
    <!-- end -->

What stands between is replaced by mean ± standard error over the runs.  Several numbers of what is compared, a row for
each in the order of the table's file:

    <!-- means shapes_candidates candidate,mig,elbo -->
    ...
    <!-- end -->

Single runs, a row for each, and their median:

    <!-- runs shapes_annealing random_state,mig,difference course=annealed -->
    ...
    <!-- end -->
"""

import argparse
import json
import math
import re
import shlex
from pathlib import Path
from statistics import median

import vae  # noqa: F401  (before NumPy is loaded)
from PIL import Image

from nn.files import atomic_write
from vae.evaluation.curves import mean_of, select
from vae.study import read_csv

DOCS = Path(__file__).parent
PAGES = "results.md", "disentangling.md", "tractable.md"
MARK = re.compile(r"<!-- (mean|table|means|runs) (.*?) -->(.*?)<!-- end -->", re.DOTALL)
NOTHING = "not run yet"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--take", nargs="+", type=Path, default=[], metavar="FOLDER", help="experiments' outputs")
    options = parser.parse_args(arguments)
    pages = {DOCS / name: (DOCS / name).read_text(encoding="utf-8") for name in PAGES}
    for folder in options.take:
        take(folder, "".join(pages.values()))
    for path, text in pages.items():
        with atomic_write(path) as file:
            file.write(filled(text).encode())


def take(folder, text):
    """Copy an experiment's table, and the figures that the text shows."""
    for table in folder.glob("*.csv"):
        with atomic_write(DOCS / "results" / table.name) as file:
            file.write(table.read_bytes())
    for figure in folder.glob("*.png"):
        if f"figures/results/{figure.name}" in text:
            with Image.open(figure) as image, atomic_write(DOCS / "figures" / "results" / figure.name) as file:
                image.convert("RGB").quantize(64).save(file, format="PNG", optimize=True)


def filled(text):
    """The page with every marked number and table as the tables have them now."""
    return MARK.sub(_fill, text)


def _fill(match):
    kind, mark, _ = match.groups()
    name, columns, *pairs = shlex.split(mark)
    settings = {key: _value(value) for key, value in (pair.split("=") for pair in pairs)}
    path = DOCS / "results" / f"{name}.csv"
    rows = read_csv(path) if path.exists() else []
    content = {"mean": _mean, "table": _table, "means": _means, "runs": _runs}[kind](rows, columns, settings)
    return f"<!-- {kind} {mark} -->{content}<!-- end -->"


def _mean(rows, column, settings):
    values = [row[column] for row in select(rows, **settings)]
    values = [value for value in values if value is not None and not math.isnan(value)]  # NaN: not defined in that run
    return str(mean_of(values)) if values else NOTHING


def _table(rows, column, settings):
    y_name, x_name = settings.pop("rows"), settings.pop("columns")
    chosen = select(rows, **settings) if rows else []
    if not chosen:
        return f"\n{NOTHING}\n"
    down, across = (sorted({row[name] for row in chosen}) for name in (y_name, x_name))
    lines = [[f"{y_name} \\ {x_name}", *across], ["---"] * (1 + len(across))]
    lines += [[y, *(_mean(chosen, column, {y_name: y, x_name: x}) for x in across)] for y in down]
    return _markdown(lines)


def _means(rows, columns, settings):
    first, *columns = columns.split(",")
    chosen = select(rows, **settings) if rows else []
    if not chosen:
        return f"\n{NOTHING}\n"
    lines = [[first, *columns], ["---"] * (1 + len(columns))]
    compared = dict.fromkeys(row[first] for row in chosen)  # each once, in their order
    return _markdown(
        [*lines, *([name, *(_mean(chosen, column, {first: name}) for column in columns)] for name in compared)]
    )


def _runs(rows, columns, settings):
    first, *columns = columns.split(",")
    chosen = sorted(select(rows, **settings) if rows else [], key=lambda row: row[first])
    if not chosen:
        return f"\n{NOTHING}\n"
    lines = [[first, *columns], ["---"] * (1 + len(columns))]
    lines += [[row[first], *(f"{row[name]:.4g}" for name in columns)] for row in chosen]
    return _markdown([*lines, ["median", *(f"{median(row[name] for row in chosen):.4g}" for name in columns)]])


def _markdown(lines):
    return "\n" + "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n"


def _value(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


if __name__ == "__main__":
    main()
