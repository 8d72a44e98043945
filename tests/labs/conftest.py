import pytest

from labs.harness.labs import all_labs, find_lab
from labs.harness.stub import full_solution

LABS = all_labs()


@pytest.fixture(params=LABS, ids=lambda lab: lab.folder.name)
def lab(request):
    return request.param


@pytest.fixture
def dense_lab():
    return find_lab(2)


@pytest.fixture
def submit(tmp_path, dense_lab):
    """Write a submission for lab 2: the solution, then `extra` lines."""

    def write(extra="", source=None):
        file = tmp_path / "hand-in" / "lab2.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text((full_solution(dense_lab) if source is None else source) + extra)
        return file

    return write
