"""docs/results.md and docs/disentangling.md: their numbers are those of the tables, and the commands exist."""

import importlib.util
import re
from pathlib import Path

import pytest
from PIL import Image

from vae.papers import EXPERIMENTS
from vae.study import write_csv

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "results.md").read_text(encoding="utf-8")


@pytest.fixture
def results(monkeypatch):
    spec = importlib.util.spec_from_file_location("results", DOCS / "results.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["results.md", "disentangling.md", "tractable.md"])
def test_the_numbers_are_those_of_the_tables(results, name):
    page = (DOCS / name).read_text(encoding="utf-8")
    assert name in results.PAGES
    assert results.filled(page) == page, "run python docs/results.py"


def test_a_changed_number_is_noticed(results):
    """The check itself: one changed digit of any filled number makes it fail."""
    number = re.search(r"-->(\d\S* ± \d\S*|\d\S* \(one run\))<!-- end -->", PAGE)
    wrong = PAGE[: number.start(1)] + "9" + PAGE[number.start(1) :]
    assert results.filled(wrong) == PAGE != wrong


def test_every_command_names_an_experiment_or_a_demo():
    named = re.findall(r"`run (\w+)", PAGE)
    assert len(named) > 5
    assert set(named) <= {*EXPERIMENTS, "NAME"}
    for script in re.findall(r"python ((?:demos|docs)/\w+\.py)", PAGE):
        assert (DOCS.parent / script).exists(), script
    for path in re.findall(r"\b((?:tests|vae|nn)/[\w/]+\.py)", PAGE):
        assert (DOCS.parent / path).exists(), path


def test_every_table_has_an_experiment_and_every_figure_is_there():
    assert {path.stem for path in (DOCS / "results").glob("*.csv")} <= set(EXPERIMENTS)
    for figure in re.findall(r"\]\((figures/\S+?\.png)\)", PAGE):
        assert (DOCS / figure).exists(), figure


def test_every_row_of_the_inventory_has_a_verdict():
    verdicts = ("reproduced", "in part", "refuted", "not done")
    rows = inventory()
    assert len(rows) > 60
    for row in rows:
        assert row[-1].startswith(verdicts), row


def inventory():
    """The rows of all tables whose last column is the verdict, as lists of cells."""
    tables = re.findall(r"(?:^\|.*\|$\n?)+", PAGE, re.MULTILINE)
    cells = [[re.split(r"(?<!\\)\|", line)[1:-1] for line in table.splitlines()] for table in tables]
    return [[cell.strip() for cell in row] for table in cells if table[0][-1].strip() == "verdict" for row in table[2:]]


def test_an_experiments_table_and_the_figures_on_the_page_are_taken(results, tmp_path, monkeypatch):
    docs, output = tmp_path / "docs", tmp_path / "output"
    for folder in (docs / "results", docs / "figures" / "results", output):
        folder.mkdir(parents=True)
    monkeypatch.setattr(results, "DOCS", docs)
    write_csv(
        output / "study.csv", [{"beta": 4, "seed": seed, "score": score} for seed, score in ((0, 0.25), (1, 0.75))]
    )
    for name in ("shown", "left"):
        Image.new("RGB", (20, 10), (10, 20, 30)).save(output / f"{name}.png")
    results.take(output, "![a figure](figures/results/shown.png)")
    assert [path.name for path in (docs / "figures" / "results").iterdir()] == ["shown.png"]
    assert results.filled("<!-- mean study score beta=4 --><!-- end -->") == (
        "<!-- mean study score beta=4 -->0.50 ± 0.25<!-- end -->"
    )
    table = results.filled("<!-- table study score rows=beta columns=seed --><!-- end -->")
    assert "| 4 | 0.25 (one run) | 0.75 (one run) |" in table
    write_csv(docs / "results" / "study.csv", [{"beta": 4, "score": 0.25}, {"beta": 4, "score": float("nan")}])
    assert "-->0.25 (one run)<!--" in results.filled("<!-- mean study score beta=4 --><!-- end -->")


def test_single_runs_stand_above_their_median(results, tmp_path, monkeypatch):
    (tmp_path / "results").mkdir()
    monkeypatch.setattr(results, "DOCS", tmp_path)
    write_csv(
        tmp_path / "results" / "study.csv",
        [{"beta": 4, "seed": 0, "score": 0.25}, {"beta": 4, "seed": 1, "score": 0.75}],
    )
    runs = results.filled("<!-- runs study seed,score beta=4 --><!-- end -->")
    assert "| 0 | 0.25 |\n| 1 | 0.75 |\n| median | 0.5 |\n" in runs


def test_means_stand_in_the_order_of_the_table(results, tmp_path, monkeypatch):
    (tmp_path / "results").mkdir()
    monkeypatch.setattr(results, "DOCS", tmp_path)
    runs = [("small", 0, 0.25, 1.0), ("large", 0, 0.5, 2.0), ("small", 1, 0.75, 3.0)]
    write_csv(
        tmp_path / "results" / "study.csv",
        [dict(zip(("course", "seed", "score", "elbo"), run, strict=True)) for run in runs],
    )
    means = results.filled("<!-- means study course,score,elbo --><!-- end -->")
    assert "| small | 0.50 ± 0.25 | 2.0 ± 1.0 |\n| large | 0.5 (one run) | 2 (one run) |\n" in means
    assert results.NOTHING in results.filled("<!-- means study course,score course=none --><!-- end -->")
