"""Submissions that hang, crash, fill the memory or cheat: each gets 0 for its check, and the rest goes on."""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from labs.harness.grading import grade
from labs.harness.judging import judge
from labs.harness.references import references
from labs.harness.sandbox import another_user, run_check

REPLACE_FORWARD = """

def forward(self, x):
{body}


Dense.forward = forward
"""


@pytest.fixture
def verdict(dense_lab, submit):
    """Judge Dense.forward with the given lines as its body."""

    def run(body="", source=None, seconds=6):
        indented = "".join(f"    {line}\n" for line in body.splitlines())
        extra = REPLACE_FORWARD.format(body=indented) if body else ""
        file = submit(extra, source)
        check = dense_lab.checks[0]
        reference = references(dense_lab)[check.part]
        answer = run_check(check, dense_lab.folder / "checks.py", reference.inputs, file, seconds=seconds)
        return judge(check, answer, reference, {})

    return run


def test_a_right_one_passes(verdict):
    assert verdict().passed


def test_an_endless_loop_is_stopped(verdict):
    found = verdict("while True: pass", seconds=1.5)
    assert (found.status, found.score) == ("failed", 0)
    assert "does not end" in found.message


def test_an_exit_is_not_a_pass(verdict):
    found = verdict("import os\nos._exit(0)")
    assert (found.status, found.score) == ("failed", 0)
    assert "status 0" in found.message


def test_sys_exit_is_not_a_pass(verdict):
    assert verdict("import sys\nsys.exit(0)").score == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_ten_gigabytes_are_refused(verdict):
    found = verdict("return np.ones(10 * 2**30 // 8)")
    assert found.score == 0
    assert "768 MB" in found.message


def test_the_traceback_shows_only_the_students_lines(verdict):
    message = verdict("z = x + 1\nreturn z @ nothing").message
    assert "return z @ nothing" in message
    assert "NameError: name 'nothing' is not defined" in message
    assert "child.py" not in message
    assert "checking.py" not in message


def test_a_syntax_error_names_its_line(verdict):
    message = verdict(source="import numpy as np\n\ndef f(:\n    pass\n").message
    assert "lab2.py, line 3" in message
    assert "SyntaxError" in message


def test_what_it_printed_is_shown(verdict):
    assert "shape (3, 5)" in verdict("print('shape (3, 5)')\nreturn x").printed


@pytest.mark.parametrize("library", ["nn", "vae", "torch", "scipy"])
def test_libraries_that_do_the_work_are_refused(verdict, library):
    found = verdict(source=f"import {library}\n")
    assert found.score == 0
    assert f"it imports {library}" in found.message


def test_a_patched_checker_changes_nothing(verdict):
    found = verdict(
        "import labs.harness.checking as c, numpy\n"
        "numpy.allclose = numpy.array_equal = lambda *a, **k: True\n"
        "c.Check.arrays = lambda *a: {}\n"
        "c.Check.score = property(lambda self: 1e9)\n"
        "return x"
    )
    assert (found.status, found.score) == ("failed", 0)


def test_a_forged_answer_of_a_process_that_ended_itself(verdict):
    found = verdict(
        "import os, json\n"
        "np.savez('arrays.npz', **{'0/y': np.zeros((3, 3))})\n"
        "open('status.json', 'w').write(json.dumps({'state': 'done', 'detail': ''}))\n"
        "os._exit(0)"
    )
    assert (found.status, found.score) == ("failed", 0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize("file", ["arrays.npz", "status.json"])
def test_a_pipe_in_the_answers_place_stops_nobody(verdict, file):
    other = {"arrays.npz": "status.json", "status.json": "arrays.npz"}[file]
    found = verdict(
        f'import os\nopen(\'{other}\', \'w\').write(\'{{"state": "done", "detail": ""}}\')\n'
        f"os.mkfifo('{file}')\nos._exit(0)"
    )
    assert found.score == 0


def test_pickles_are_not_opened(verdict):
    found = verdict(
        "import os\nnp.savez('arrays.npz', **{'0/y': np.array([{}], dtype=object)})\n"
        'open(\'status.json\', \'w\').write(\'{"state": "done", "detail": ""}\')\nos._exit(0)'
    )
    assert found.score == 0


def test_an_array_of_objects_is_no_answer(verdict):
    assert "not an array of numbers" in verdict("return np.array([None, x], dtype=object)").message


def test_a_forged_results_file_is_written_over(dense_lab, submit, tmp_path, monkeypatch):
    out = tmp_path / "results.json"
    forged = json.dumps({"score": 1000, "tests": []})
    submit(
        f"\nimport os\ntry:\n    open({str(out)!r}, 'w').write({forged!r})\nexcept OSError:\n    pass\nDense = None\n"
    )
    monkeypatch.setattr(type(dense_lab), "checks", dense_lab.checks[:2])
    results = grade(tmp_path / "hand-in", 2, out, say=lambda line: None)
    assert json.loads(out.read_text()) == results
    assert results["score"] == 0


@pytest.mark.skipif(not another_user(), reason="only root may change the user, and only if others can run this Python")
def test_the_submission_is_another_user(verdict):
    assert "may look: False" in verdict("import os\nprint('may look:', os.geteuid() == 0)\nreturn x").printed


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_a_submission_has_started_is_ended_with_it(verdict):
    printed = verdict("import subprocess\nprint(subprocess.Popen(['sleep', '60']).pid)\nreturn x").printed
    for pid in printed.split():
        for _ in range(100):  # a killed process may still be on its way out
            if ended(pid):
                break
            time.sleep(0.1)
        assert ended(pid)


def ended(pid):
    """Whether a process is gone, or waits only to be asked how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_two_draws_in_one_file_are_told_apart(dense_lab):
    first, second, _ = references(dense_lab)["Dense.forward"].inputs
    assert not np.array_equal(first["x"], second["x"])
