"""Grading as a lecturer does it: one submission into results.json, a folder of twelve into one table."""

import csv
import json

import pytest

from labs.harness import sandbox
from labs.harness.commands import main
from labs.harness.grading import grade
from labs.harness.labs import LabError
from labs.harness.references import from_solution, to_bytes
from labs.harness.report import report
from labs.harness.starting import stub
from labs.harness.stub import full_solution


@pytest.fixture
def only_dense(dense_lab, monkeypatch):
    """Lab 2 with two checks, to save time."""
    monkeypatch.setattr(type(dense_lab), "checks", dense_lab.checks[:2])
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 3)
    return dense_lab


@pytest.fixture
def twelve(only_dense, tmp_path):
    """Twelve submissions: the file names say what they are."""
    right = full_solution(only_dense)

    def with_dw(new):
        return right.replace("self.W.grad += self.x.T @ dy", new)

    sources = {
        "01-not-written": stub(only_dense),
        "02-perfect": right,
        "03-not-divided": with_dw("self.W.grad += self.x.T @ dy / len(dy)"),
        "04-not-divided": with_dw("self.W.grad += (self.x / len(dy)).T @ dy"),
        "05-sign": with_dw("self.W.grad -= self.x.T @ dy"),
        "06-overwritten": with_dw("self.W.grad[...] = self.x.T @ dy"),
        "07-hangs": with_dw("while True: pass"),
        "08-ends": with_dw("import os; os._exit(0)"),
        "09-crashes": with_dw("self.W.grad += self.x.T @ nothing"),
        "10-does-not-compile": "def Dense(:\n",
        "11-cheats": "from nn import *\n",
    }
    folder = tmp_path / "submissions"
    for name, source in sources.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "lab2.py").write_text(source)
    (folder / "12-empty").mkdir()
    return folder


def test_a_folder_of_twelve(twelve, tmp_path, capsys):
    out = tmp_path / "report.csv"
    assert main(["report", str(twelve), "--lab", "2", "--out", str(out)]) == 0
    *rows, counted = csv.DictReader(out.read_text().splitlines())
    scores = {row["student"][:2]: float(row["score"]) for row in rows}
    two_of_three = pytest.approx(5 + 40 / 3, abs=1e-3)
    assert scores == {
        "01": 0, "02": 25, "03": two_of_three, "04": two_of_three, "05": two_of_three, "06": 15,
        "07": 5, "08": 5, "09": 5, "10": 0, "11": 0, "12": 0,
    }  # fmt: skip
    named = {row["student"][:2]: row["mistakes"] for row in rows if row["mistakes"]}
    assert named == {
        "03": "Dense.backward: batch divided twice", "04": "Dense.backward: batch divided twice",
        "05": "Dense.backward: sign flipped", "06": "Dense.backward: gradient overwritten",
    }  # fmt: skip
    assert counted["mistakes"].startswith("2 x Dense.backward: batch divided twice")
    assert counted["Dense.backward"] == "11"
    assert "12 of 12  12-empty" in capsys.readouterr().out


def test_results_are_written_after_every_check(only_dense, tmp_path):
    out, seen = tmp_path / "results.json", []
    (tmp_path / "lab2.py").write_text(full_solution(only_dense))
    grade(tmp_path / "lab2.py", out=out, say=lambda line: seen.append(json.loads(out.read_text())))
    assert [results["score"] for results in seen] == [0, 5]
    assert [len(results["tests"]) for results in seen] == [2, 2]
    assert "has not been reached" in seen[0]["tests"][1]["output"]
    assert json.loads(out.read_text())["score"] == 25
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_hidden_checks_have_other_numbers(only_dense, tmp_path):
    hidden = tmp_path / "hidden.npz"
    hidden.write_bytes(to_bytes(from_solution(only_dense, 77)))
    (tmp_path / "lab2.py").write_text(full_solution(only_dense))
    results = grade(tmp_path, 2, tmp_path / "results.json", hidden, say=lambda line: None)
    assert results["score"] == 25
    assert "other numbers" in results["output"]


def test_a_later_part_is_excused_but_keeps_its_points(only_dense, tmp_path):
    source = full_solution(only_dense).replace("x @ self.W.data + self.b.data", "x @ self.W.data")
    (tmp_path / "lab2.py").write_text(source)
    first, second = grade(tmp_path, 2, tmp_path / "results.json", say=lambda line: None)["tests"]
    assert (first["score"], second["score"]) == (0, 20)
    assert first["extra_data"]["mistake"] == "b missing"


def test_a_link_is_no_submission(only_dense, tmp_path):
    """It could show the submission what only the grader may read."""
    (tmp_path / "elsewhere.py").write_text(full_solution(only_dense))
    (tmp_path / "hand-in").mkdir()
    (tmp_path / "hand-in" / "lab2.py").symlink_to(tmp_path / "elsewhere.py")
    results = grade(tmp_path / "hand-in", 2, tmp_path / "results.json", say=lambda line: None)
    assert results["score"] == 0
    assert "it is a link" in results["output"]


def test_a_submission_does_not_see_its_neighbours(only_dense, tmp_path):
    (tmp_path / "ada.py").write_text(full_solution(only_dense))
    (tmp_path / "bob.py").write_text("from ada import *\n")
    assert grade(tmp_path / "bob.py", 2, tmp_path / "results.json", say=lambda line: None)["score"] == 0
    assert grade(tmp_path / "ada.py", 2, tmp_path / "results.json", say=lambda line: None)["score"] == 25


def test_what_is_no_submission_is_said_in_words(tmp_path):
    with pytest.raises(LabError, match="there is no submission"):
        grade(tmp_path / "nothing")
    with pytest.raises(LabError, match="say --lab"):
        grade(tmp_path)
    with pytest.raises(LabError, match="no submission in"):
        report(tmp_path, 2)
