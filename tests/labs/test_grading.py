"""Grading as a lecturer does it: one submission into results.json, a folder of them into one table."""

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


DW = "self.W.grad += self.x.T @ dy"
IN_BACKWARD = {  # what stands in the place of dW; the names say what it is
    "03-batch-divided-twice": f"{DW} / len(dy)",
    "04-the-same-otherwise": "self.W.grad += (self.x / len(dy)).T @ dy",
    "05-sign": "self.W.grad -= self.x.T @ dy",
    "06-overwritten": "self.W.grad[...] = self.x.T @ dy",
    "07-hangs": "while True: pass",
    "08-exits": "import os; os._exit(0)",
    "09-crashes": "import ctypes; ctypes.string_at(0)",
    "10-raises": "self.W.grad += self.x.T @ nothing",
    "11-writes-the-results": "import os; open({results!r}, 'w').write('{{\"score\": 1000}}'); os._exit(0)",
    "12-patches-the-checker": "import labs.harness.checking as c; c.Check.arrays = lambda *a: {{}}; c._copy = None",
    "13-reads-the-solution": "import labs.harness.references as r; self.W.grad += r.from_file('references.npz')",
    "14-forks": "import os, time\n        for _ in range(200): os.fork() or time.sleep(60)\n        time.sleep(60)",
    "15-prints-without-end": "print('x' * 10_000_000)",
}


@pytest.fixture
def submissions(only_dense, tmp_path):
    """A folder as a lecturer gets it: right, wrong in known ways, broken, and cheating."""
    right = full_solution(only_dense)
    forged = str(tmp_path / "report.csv")
    sources = {name: right.replace(DW, new.format(results=forged)) for name, new in IN_BACKWARD.items()}
    sources |= {
        "01-not-written": stub(only_dense),
        "02-perfect": right,
        "16-does-not-compile": "def Dense(:\n",
        "17-imports-the-library": "from nn import *\n",
        "18-Größe.von β": right.replace(DW, f"print('β = größer'); {DW}  # λ, 数"),
    }
    folder = tmp_path / "submissions"
    for name, source in sources.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "lab2.py").write_text(source, encoding="utf-8")
    (folder / "19-empty").mkdir()
    (folder / "20-other-name").mkdir()
    (folder / "20-other-name" / "Lab2 (1).py").write_text(right)
    return folder


def test_a_folder_of_submissions(submissions, tmp_path, capsys):
    out = tmp_path / "report.csv"
    assert main(["report", str(submissions), "--lab", "2", "--out", str(out)]) == 0
    *rows, counted = csv.DictReader(out.read_text(encoding="utf-8").splitlines())
    scores = {row["student"][:2]: float(row["score"]) for row in rows}
    two_of_three = pytest.approx(5 + 40 / 3, abs=1e-3)
    five = dict.fromkeys(("07", "08", "09", "10", "11", "12", "13", "14", "15"), 5)
    assert scores == five | {
        "01": 0, "02": 25, "03": two_of_three, "04": two_of_three, "05": two_of_three, "06": 15,
        "16": 0, "17": 0, "18": 25, "19": 0, "20": 0,
    }  # fmt: skip
    named = {row["student"][:2]: row["mistakes"] for row in rows if row["mistakes"]}
    assert named == {
        "03": "Dense.backward: batch divided twice", "04": "Dense.backward: batch divided twice",
        "05": "Dense.backward: sign flipped", "06": "Dense.backward: gradient overwritten",
    }  # fmt: skip
    remarks = {row["student"][:2]: row["remarks"] for row in rows if row["remarks"]}
    assert list(remarks) == ["07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "19", "20"]
    assert remarks["07"] == "Dense.backward: it was still running after 3 seconds and was stopped"
    assert remarks["10"] == "Dense.backward: NameError: name 'nothing' is not defined"
    assert remarks["16"].startswith("Dense.forward: SyntaxError")
    assert remarks["20"].endswith("It holds: Lab2 (1).py.")
    assert [row["student"] for row in rows][17] == "18-Größe.von β"
    assert counted["mistakes"].startswith("2 x Dense.backward: batch divided twice")
    assert counted["Dense.backward"] == "18"
    assert "20 of 20  20-other-name" in capsys.readouterr().out


def test_another_files_name_is_told(only_dense, tmp_path):
    (tmp_path / "hand-in").mkdir()
    (tmp_path / "hand-in" / "Lab2 (1).py").write_text(full_solution(only_dense))
    results = grade(tmp_path / "hand-in", 2, tmp_path / "results.json", say=lambda line: None)
    assert results["score"] == 0
    assert "It holds: Lab2 (1).py." in results["output"]


def test_the_table_is_written_after_each_submission(only_dense, tmp_path):
    seen, out = [], tmp_path / "report.csv"
    for name in ("ada", "bob"):
        (tmp_path / "hand-ins").mkdir(exist_ok=True)
        (tmp_path / "hand-ins" / f"{name}.py").write_text("")
    report(tmp_path / "hand-ins", 2, out, say=lambda line: seen.append(out.read_text().count("\n")))
    assert seen == [3, 4]


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
