"""Runs one check of a submission in a process of its own, with limits, and brings back what it answered.

The child gets inputs as arrays and returns arrays; it sees no reference, no points and no results.  Where the parent
may do so (as root, in a grader's container), the child is another, unprivileged user.  Limits are no sandbox: a course
that grades strangers' code does it in a container without a network (docs/labs.md has the line).
"""

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import child

HERE = Path(__file__).parent
WINDOWS = os.name == "nt"
WALL_SECONDS = child.SECONDS + 2  # the start of Python and NumPy included
OUTPUT = 4000  # characters of what the student's code printed that are shown
ANSWER = 2**27  # bytes of arrays that are read back
USERS = range(61184, 65520)  # ids that systems leave to users who live as long as a service


@dataclass(frozen=True)
class Answer:
    """What came back: a state, arrays for each draw, and words for the student."""

    state: str  # "done", "not written", "raised", "hung", "died"
    detail: str = ""
    printed: str = ""
    draws: list = field(default_factory=list)  # {name: array} for each draw, if done


def run_check(check, checks_file, draws, submission, seconds=None, what=""):
    """Run one check of the student's file `submission` on `draws`, the inputs, and return the `Answer`.

    what : "experiments" for what the student's function does with changed inputs.
    One at a time in a process: ending what one check has started ends everything of the same unprivileged user.
    """
    seconds = seconds or WALL_SECONDS
    with tempfile.TemporaryDirectory(prefix="lab-", ignore_cleanup_errors=True) as folder:
        job = Path(folder)
        _furnish(job, checks_file, draws, submission)
        user = another_user()
        if user:
            os.chown(job / "out", user["user"], user["group"])
        # UTF-8 whatever the system's own encoding is: -I leaves no variable that could say so.
        child_file, part = str(job / "child.py"), check.part
        command = [sys.executable, "-I", "-X", "utf8", child_file, str(job), part, submission.name, what]
        with open(job / "printed", "wb") as printed:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT, env=_environment(job),
                cwd=job, **_own_group(), **user,
            )  # fmt: skip
        hung = False
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            hung = True
        finally:
            _end(process, user)
        words = _read_text(job / "printed", OUTPUT)
        if hung:
            return Answer("hung", f"it was still running after {seconds} seconds and was stopped", words)
        return _answer(job / "out", len(draws), process.returncode, words)


def runs_as_root():
    """Whether a submission would run with all rights, because no other user may run this Python."""
    return not WINDOWS and os.geteuid() == 0 and not another_user()


def _furnish(job, checks_file, draws, submission):
    """Fill the job's folder with what the child needs; other users may read it, and write only into ``out``."""
    harness = job / "labs" / "harness"
    harness.mkdir(parents=True)
    for package in (job / "labs", harness):
        (package / "__init__.py").touch()
    for name in ("checking.py", "changes.py", "experiments.py"):
        shutil.copyfile(HERE / name, harness / name)
    shutil.copyfile(HERE / "child.py", job / "child.py")
    shutil.copyfile(checks_file, job / "checks.py")
    np.savez(
        job / "inputs.npz", **{f"{n}/{name}": array for n, draw in enumerate(draws) for name, array in draw.items()}
    )
    (job / "submission").mkdir()
    shutil.copyfile(submission, job / "submission" / submission.name)  # that one file and none of its neighbours
    (job / "out").mkdir()
    for path in [job, *job.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def _environment(job):
    """Only what Python needs, one thread for each product, and a home that is the job's own."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")
        if name in os.environ
    }
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return kept | threads | {
        "HOME": str(job / "out"), "MPLBACKEND": "agg", "MPLCONFIGDIR": str(job / "out"),
    }  # fmt: skip


def _own_group():
    if WINDOWS:
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


@functools.cache
def another_user():
    """Popen's arguments for an unprivileged user; none where we may not, or where that user cannot run Python."""
    if WINDOWS or os.geteuid() != 0:
        return {}
    number = USERS[os.getpid() % len(USERS)]
    user = {"user": number, "group": number, "extra_groups": []}
    try:
        probe = [sys.executable, "-I", "-c", "import numpy"]
        subprocess.run(probe, check=True, capture_output=True, cwd="/", timeout=30, **user)
    except (OSError, subprocess.SubprocessError):
        return {}
    return user


def _end(process, user):
    """Stop the child and whatever it started: its group, and with a user of its own everything of that user."""
    if WINDOWS:
        with contextlib.suppress(OSError):  # without taskkill at least the child itself ends
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
        process.terminate()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if user:
        kill_all = [sys.executable, "-I", "-S", "-c", "import os; os.kill(-1, 9)"]
        subprocess.run(kill_all, capture_output=True, check=False, **user)


def _answer(out, draws, status, words):
    try:
        told = json.loads(_read_text(out / "status.json", 100_000))
        state, detail = str(told["state"]), str(told["detail"])[:OUTPUT]
        if state == "done":
            return Answer("done", "", words, _read_arrays(out / "arrays.npz", draws))
        if state in ("not written", "raised"):
            return Answer(state, detail, words)
    except Exception as error:  # whatever the child has written, it must not end the parent
        words += f"\n[{type(error).__name__}: {error}]" if status == 0 and (out / "status.json").exists() else ""
    how = f"was ended by signal {-status}" if status < 0 else f"ended by itself with status {status}"
    return Answer("died", f"the process {how} before the check was finished", words)


def _read_arrays(path, draws):
    if path.is_symlink() or not path.is_file() or path.stat().st_size > ANSWER:
        raise ValueError("the answer is no file, or too large")
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > ANSWER:
            raise ValueError("the answer is too large")
    found = [{} for _ in range(draws)]
    with np.load(path, allow_pickle=False) as stored:
        for key in stored.files:
            draw, _, name = key.partition("/")
            found[int(draw)][name] = stored[key]
    return found


def _read_text(path, limit):
    if path.is_symlink() or not path.is_file():  # a pipe would never end
        raise ValueError(f"{path.name} is no file")
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(limit)
