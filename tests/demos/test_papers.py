"""The command for the documents' experiments, on a tiny experiment."""

import importlib
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from vae import papers
from vae.study import grid, read_csv

DEMOS = Path(__file__).parents[2] / "demos"


def measure(setting, folder):
    if setting["beta"] < 0:
        raise ArithmeticError("no luck")
    (folder / "product.txt").write_text("kept")
    return {"score": 2 * setting["beta"]}


def draw(rows, folder_of):
    assert [(folder_of(row) / "product.txt").read_text() for row in rows] == ["kept"] * len(rows)
    figure = Figure()
    figure.subplots().plot([row["beta"] for row in rows], [row["score"] for row in rows])
    return {"score": figure}


TINY = papers.Experiment(
    "tiny", "thesis, Figure 0", measure,
    {"quick": grid(beta=[1]), "default": grid(beta=[1, 2, -1]), "full": grid(beta=range(9))}, draw,
)  # fmt: skip


@pytest.fixture
def command(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(DEMOS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["papers.py"])
    monkeypatch.setitem(papers.EXPERIMENTS, "tiny", TINY)
    module = importlib.import_module("papers")
    yield lambda *arguments: module.main(arguments)
    sys.modules.pop("papers")


def test_list_names_every_experiment(command, capsys):
    command("list")
    assert "tiny\n    thesis, Figure 0\n    runs: 1 quick, 3 default, 9 full\n" in capsys.readouterr().out


def test_every_experiment_can_be_listed_and_has_runs_for_each_budget():
    for name, experiment in papers.EXPERIMENTS.items():
        assert experiment.name == name
        for budget in papers.experiment.BUDGETS:
            assert experiment.study("nowhere", budget).runs


def test_run_computes_draws_and_writes_the_table(command, capsys, tmp_path):
    command("run", "tiny", "--jobs", "1")
    output = tmp_path / "outputs" / "papers" / "tiny-default"
    rows = read_csv(output / "tiny.csv")
    assert [(row["beta"], row["score"], row["status"]) for row in rows] == [
        (1, 2, "done"), (2, 4, "done"), (-1, None, "failed"),
    ]  # fmt: skip
    assert (output / "score.png").stat().st_size > 1000
    words = capsys.readouterr().out
    assert "tiny.csv, score.png: in outputs/papers/tiny-default/" in words
    assert "with --retry tries the failed runs again" in words

    command("status")
    status = capsys.readouterr().out
    assert "tiny, default: 2 of 3 runs done, 1 failed" in status
    assert "failed: beta=-1: ArithmeticError: no luck" in status
    assert "quick" not in status

    before = (output / "tiny.csv").read_text()
    command("run", "tiny", "--jobs", "1")  # nothing is computed again
    assert (output / "tiny.csv").read_text() == before


def test_status_says_when_nothing_was_begun(command, capsys):
    command("status", "tiny")
    command("status", "--output", "elsewhere")
    assert capsys.readouterr().out.splitlines() == [
        "There is no folder tiny-BUDGET in outputs/papers/: nothing was begun there.",
        "There is no folder NAME-BUDGET in elsewhere/: nothing was begun there.",
    ]


def test_a_budget_has_its_own_folder(command, capsys, tmp_path):
    command("run", "tiny", "--quick", "--jobs", "1")
    assert "--retry" not in capsys.readouterr().out  # nothing failed
    command("run", "tiny", "--quick", "--jobs", "1", "--output", "elsewhere")
    assert read_csv(tmp_path / "elsewhere" / "tiny.csv")[0]["score"] == 2
    assert (tmp_path / "outputs" / "papers" / "tiny-quick" / "tiny.csv").exists()


def test_an_unknown_experiment_is_refused_with_the_names(command, capsys):
    with pytest.raises(SystemExit):
        command("run", "tinny")
    assert "tiny" in capsys.readouterr().err


def test_a_gpu_that_is_not_there_or_of_no_use_is_a_sentence(command, monkeypatch):
    monkeypatch.setattr("nn.cuda.availability.gpu_problem", lambda: "CuPy finds no NVIDIA GPU")
    with pytest.raises(SystemExit, match=r"^papers: device 'gpu' was asked for, but CuPy finds no"):
        command("run", "tiny", "--device", "gpu")
    with pytest.raises(SystemExit, match=r"inference_tractable trains no network, .* leave --device out"):
        command("run", "inference_tractable", "--device", "gpu")
    assert not Path("outputs").exists()


def test_status_tells_a_gpus_runs_from_a_cpus(command, capsys):
    folder = Path("outputs/papers/tiny-quick-gpu/runs")
    TINY.study(folder, "quick", "gpu").execute(jobs=1)
    command("status", "tiny")
    assert "tiny, quick, on a GPU: 1 of 1 runs done" in capsys.readouterr().out
