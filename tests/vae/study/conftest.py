"""The tiny study, as a module and as a command."""

import importlib
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def tiny_study():
    sys.path.insert(0, str(HERE))
    yield importlib.import_module("tiny_study")
    sys.path.remove(str(HERE))


@pytest.fixture(scope="session")
def undisturbed(tiny_study, tmp_path_factory):
    """The table of the tiny study, computed in one go, in one process."""
    return tiny_study.numbers(tiny_study.study_in(tmp_path_factory.mktemp("undisturbed")).execute(jobs=1))


def heed_interrupts():
    """A shell's background jobs ignore Ctrl-C, and so do their children: those of the tests shall not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def start(tmp_path):
    """Starts a script on `tmp_path` in a process group of its own: start(script, *arguments) -> subprocess.Popen."""
    started = []

    def start(script, *arguments):
        command = [sys.executable, str(HERE / script), str(tmp_path), *map(str, arguments)]
        process = subprocess.Popen(
            command, start_new_session=True, preexec_fn=heed_interrupts, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        with suppress(ProcessLookupError):  # the workers too, which outlive it if it was killed
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
