"""The zips: nothing of a solution in the student's, the same bytes every time, and all of it works when unpacked."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from gradescope import check_schema

from labs.harness.commands import main
from labs.harness.labs import LabError, all_labs
from labs.harness.release import build
from labs.harness.stub import full_solution, normalised, normalised_bodies, parts_of


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    build(folder, seed=99, say=lambda line: None)
    return folder


@pytest.fixture(scope="module")
def student(dist, tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    zipfile.ZipFile(dist / "student.zip").extractall(folder)
    return folder


def python(folder, *arguments, **environment):
    """Run Python in the unpacked zip, with nothing of this repository on its path."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=clean | environment, capture_output=True, text=True, timeout=100,
    )  # fmt: skip


def test_the_same_bytes_every_time(dist, tmp_path):
    again = build(tmp_path, seed=99, say=lambda line: None)
    assert {path.name for path in again} == {path.name for path in dist.iterdir()}
    assert all(path.read_bytes() == (dist / path.name).read_bytes() for path in again)


def test_the_students_zip_holds_no_solution(dist):
    """No statement of a solution's body, whatever its variables are called, stands in any of its Python files."""
    secret = {}
    for lab in all_labs():
        for part, statements in normalised_bodies(full_solution(lab)).items():
            secret |= dict.fromkeys(statements, f"{lab.number} {part}")
    assert len(secret) > 60
    leaks = []
    with zipfile.ZipFile(dist / "student.zip") as archive:
        for name in archive.namelist():
            if not name.endswith(".py"):
                continue
            for node in ast.walk(ast.parse(archive.read(name))):
                if isinstance(node, ast.stmt) and (found := secret.get(normalised(node))):
                    leaks.append(f"{name}:{node.lineno} {found}: {ast.unparse(node)[:80]}")
    assert not leaks, "\n".join(leaks)


def test_the_students_zip_holds_what_is_listed_and_nothing_else(dist):
    names = zipfile.ZipFile(dist / "student.zip").namelist()
    allowed = (
        r"README\.md|requirements\.txt|labs/__(init|main)__\.py|labs/harness/\w+\.py|nn/__init__\.py|nn/diagnosis/(arrays/)?\w+\.py|"
        r"labs/\d\d_\w+/(lab\.md|checks\.py|stub\.py|references\.npz|\w+\.svg)"
    )
    assert [name for name in names if not re.fullmatch(allowed, name)] == []
    assert not any(
        word in name for name in names for word in ("solution", "sibling", "mistakes", "release", ".pyc", ".git")
    )


def test_a_leak_would_be_seen():
    source = full_solution(all_labs()[2])
    bodies = normalised_bodies(source)
    renamed = ast.parse("self.W.grad += self.x.T @ upstream_gradient  # other names").body[0]
    assert normalised(renamed) in bodies["Dense.backward"]


@pytest.mark.parametrize("lab", all_labs(), ids=lambda lab: lab.folder.name)
def test_every_part_of_a_stub_is_checked_and_not_written(student, lab):
    stub = (student / "labs" / lab.folder.name / "stub.py").read_text()
    raised = re.findall(r'raise NotYetWritten\("(.*)"\)', stub)
    assert raised == parts_of(full_solution(lab))
    assert set(raised) <= {check.part.partition(" ")[0] for check in lab.checks}


def test_a_student_starts_checks_and_passes(student, tmp_path):
    def labs(*arguments):
        return python(student, "-m", "labs", *arguments)

    assert labs("list").stdout.count("\n") == 9
    folder = str(tmp_path / "mine")
    assert labs("start", "2", folder).returncode == 0
    again = labs("start", "2", folder)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    empty = labs("check", "2", "Dense", "--folder", folder)
    assert empty.returncode == 1
    assert "2 not written" in empty.stdout or "1 not written, 1 skipped; 0 of 25 points" in empty.stdout
    lab = next(lab for lab in all_labs() if lab.number == 2)
    (tmp_path / "mine" / "lab2.py").write_text(full_solution(lab))
    full = labs("check", "2", "Dense", "ReLU", "--folder", folder)
    assert full.returncode == 0, full.stdout
    assert "4 passed; 35 of 35 points" in full.stdout
    assert "\033" not in full.stdout
    wrong = full_solution(lab).replace("self.x.T @ dy", "self.x.T @ dy * len(dy)")
    (tmp_path / "mine" / "lab2.py").write_text(wrong)
    named = labs("check", "2", "Dense.backward", "--folder", folder)
    assert named.returncode == 1
    assert "batch not divided" in named.stdout
    assert "self.x.T @ dy" not in named.stdout
    (tmp_path / "mine" / "lab2.py").write_text(full_solution(lab).replace("dy @ self.W.data.T", "dy @ self.W.grad.T"))
    tried = labs("check", "2", "Dense.backward", "--folder", folder)  # with the solution's answers, as numbers
    assert "Your dx does not change with W, and it should" in " ".join(tried.stdout.split())
    assert labs("check", "77").returncode == 2
    assert labs("check", "2", "Densse", "--folder", folder).returncode == 2
    assert "its parts are: Dense.forward" in labs("check", "2", "Densse", "--folder", folder).stderr
    assert labs("grade", ".").returncode == 2  # not in this edition


@pytest.mark.parametrize("written", [False, True], ids=["stub", "solution"])
@pytest.mark.parametrize("number", [0, 7])
def test_the_autograder_grades_as_gradescope_calls_it(dist, tmp_path, student, number, written):
    lab = next(lab for lab in all_labs() if lab.number == number)
    for name in ("source", "submission", "results"):
        (tmp_path / name).mkdir()
    zipfile.ZipFile(dist / f"autograder-{number}.zip").extractall(tmp_path / "source")
    stub = (student / "labs" / lab.folder.name / "stub.py").read_text()
    (tmp_path / "submission" / lab.file_name).write_text(full_solution(lab) if written else stub)
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment = clean | {"AUTOGRADER": str(tmp_path), "PYTHON": sys.executable}
    done = subprocess.run(
        ["bash", "run_autograder"], cwd=tmp_path / "source", env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "results" / "results.json").read_text())
    check_schema(results)
    assert results["score"] == (100 if written else 0)
    assert "Traceback" not in json.dumps(results)
    if not written:
        assert all("not written" in test["output"] for test in results["tests"])


def test_an_autograder_holds_no_solution_and_its_scripts_may_run(dist):
    archive = zipfile.ZipFile(dist / "autograder-2.zip")
    assert {"setup.sh", "run_autograder"} <= set(archive.namelist())
    assert not any("solution" in name or "sibling" in name or "mistakes" in name for name in archive.namelist())
    for name in ("setup.sh", "run_autograder"):
        assert archive.getinfo(name).external_attr >> 16 == 0o100755
        assert archive.read(name).startswith(b"#!")


def test_solutions_go_to_students_only_if_asked_for(tmp_path):
    build(tmp_path, upto=2, with_solutions=1, seed=5, say=lambda line: None)
    names = zipfile.ZipFile(tmp_path / "student.zip").namelist()
    assert [name for name in names if name.startswith("solutions/")] == ["solutions/lab0.py", "solutions/lab1.py"]
    assert not any("03_losses" in name for name in names)


def test_a_students_edition_cannot_build(student):
    labs = all_labs(student / "labs")
    with pytest.raises(LabError, match="only the lecturer's edition"):
        build(student / "dist", labs=labs)


def test_a_lecturers_own_folder_of_labs_is_one_option(tmp_path):
    """A lab is one folder: copied elsewhere, with a sibling of the lecturer's own, it builds as it is."""
    private = tmp_path / "labs"
    shutil.copytree(all_labs()[2].folder, private / "02_dense")
    sibling = private / "02_dense" / "sibling.py"
    sibling.write_text(sibling.read_text().replace("the exponent of each column is learned", "SECRET TASK"))
    assert main(["build", "--labs", str(private), "--seed", "5", "--out", str(tmp_path / "dist")]) == 0
    archive = zipfile.ZipFile(tmp_path / "dist" / "student.zip")
    assert b"SECRET TASK" in archive.read("labs/02_dense/stub.py")
    assert not any("03_losses" in name for name in archive.namelist())
    assert main(["build", "--labs", str(tmp_path / "dist")]) == 2
