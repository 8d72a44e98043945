"""The commands as a student types them."""

import json
import subprocess
import sys

import pytest

from labs.harness import terminal
from labs.harness.commands import main
from labs.harness.labs import HERE
from labs.harness.stub import full_solution, stub_of
from labs.harness.watching import watch


def test_list_names_every_lab_with_its_time(capsys):
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 9
    assert lines[2].startswith("2  Lab 2: Dense layers and activations")
    assert all("hours" in line for line in lines)


@pytest.mark.parametrize("wrong", [["check", "99"], ["start", "12", "x"], ["check", "2", "--folder", "nowhere"], []])
def test_wrong_usage_is_two_without_a_traceback(wrong, capsys):
    assert main(wrong) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_missing_file_says_what_to_do(tmp_path, capsys):
    assert main(["check", "2", "--folder", str(tmp_path)]) == 2
    assert "python -m labs start 2 FOLDER" in capsys.readouterr().err


def test_start_keeps_what_is_there(tmp_path, capsys):
    (tmp_path / "lab3.py").write_text("mine")
    assert main(["start", "3", str(tmp_path)]) == 2
    assert (tmp_path / "lab3.py").read_text() == "mine"


def test_colours_only_where_they_are_seen(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert terminal.paint("passed", "passed") == "passed"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert terminal.paint("passed", "passed") == "\033[32mpassed\033[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal.paint("passed", "passed") == "passed"


def test_watch_checks_again_when_the_file_changes(tmp_path):
    file, seen = tmp_path / "lab2.py", []
    file.write_text("one")

    def check_once(lab, file, names):
        seen.append(file.read_text())
        file.write_text(f"{len(seen)} and more")
        return 1

    assert watch(None, file, [], check_once, rounds=2) == 1
    assert seen == ["one", "1 and more"]


def test_a_reader_who_has_seen_enough_gets_no_complaint(tmp_path, dense_lab):
    (tmp_path / "lab2.py").write_text(full_solution(dense_lab))
    command = [sys.executable, "-m", "labs", "check", "2", "Dense.forward", "--folder", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 2


def test_a_notebook_is_made_and_imports_the_students_file(tmp_path):
    assert main(["notebook", "2", "--folder", str(tmp_path)]) == 0
    notebook = json.loads((tmp_path / "lab2.ipynb").read_text())
    assert notebook["nbformat"] == 4
    sources = [cell["source"] for cell in notebook["cells"]]
    assert any("import lab2" in source for source in sources)
    assert any("help(lab2.Dense.forward)" in source for source in sources)
    assert not any("SOLUTION" in source or "self.x.T @ dy" in source for source in sources)
    assert main(["notebook", "2", "--folder", str(tmp_path)]) == 2


def test_a_notebooks_last_cell_checks_the_file_beside_it(tmp_path, dense_lab, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    assert main(["start", "2", "."]) == main(["notebook", "2"]) == 0
    exec(json.loads((tmp_path / "lab2.ipynb").read_text())["cells"][-1]["source"])
    assert "not written Dense.forward" in capsys.readouterr().out
    assert sys.path[-1] == str(HERE.parent)


def test_a_stub_is_python_and_its_functions_are_empty(lab):
    stub = stub_of(full_solution(lab))
    compile(stub, "stub", "exec")
    assert "SOLUTION" not in stub
    assert stub.count("class NotYetWritten") == 1


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    # BEGIN SOLUTION\n    return 1\n",
        "# BEGIN SOLUTION\nx = 1\n# END SOLUTION\n",
        "def f():\n    # END SOLUTION\n    return 1\n",
    ],
)
def test_marks_out_of_order_are_refused(source):
    with pytest.raises(ValueError, match="SOLUTION"):
        stub_of(source)


def test_every_task_says_what_it_must(lab):
    for part in ("**Time:**", "**Prerequisites:**", "**Goal:**", "## What you write", "python -m labs check"):
        assert part in lab.text, part
    assert "Questions, to be answered in words" in lab.text or "To be written" in lab.text
    assert "dissertation" not in lab.text
