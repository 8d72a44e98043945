"""The training scripts at the end of labs 6, 7 and 8, which put a student's own files together."""

import os
import subprocess
import sys

import pytest

from labs.harness.labs import all_labs
from labs.harness.stub import full_solution


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """A folder with the solutions of all labs, as a student has it in the end."""
    folder = tmp_path_factory.mktemp("mine")
    for lab in all_labs():
        (folder / lab.file_name).write_text(full_solution(lab))
    return folder


def python(folder, *arguments):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"MPLBACKEND": "agg"}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_twenty_digits_are_learned_by_heart(mine):
    assert "100% of the digits are right" in python(mine, "lab6.py")


def test_the_vae_learns_and_draws(mine):
    said = python(mine, "-c", "import lab7; vae, h = lab7.train(steps=500); lab7.draw(vae); print(h[0, 0] / h[-1, 0])")
    assert float(said.splitlines()[-1]) > 3
    assert (mine / "lab7.png").stat().st_size > 1000


def test_beta_is_swept(mine):
    short = "import lab7, lab8; full = lab7.train; lab7.train = lambda beta, steps: full(beta, 100); lab8.main()"
    assert python(mine, "-c", short).count("gaps of row, column, radius") == 5
