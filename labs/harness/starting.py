"""Gives a student the files of a lab."""

from pathlib import Path

from .files import write_atomically
from .labs import LabError


def start(lab, folder):
    """Write the stub and the task of `lab` into `folder`; LabError if the student's file is there already."""
    folder = Path(folder)
    file = folder / lab.file_name
    if file.exists():
        raise LabError(f"{file} is there already and stays as it is: take another folder, or rename it first")
    folder.mkdir(parents=True, exist_ok=True)
    task = folder / f"lab{lab.number}.md"
    write_atomically(task, lab.text)
    write_atomically(file, stub(lab))
    return [file, task]


def stub(lab):
    """The text of the lab's stub: the file that a student's edition has, or made out of the solution."""
    if not lab.has_solution:
        return (lab.folder / "stub.py").read_text(encoding="utf-8")
    from .stub import full_solution, stub_of

    return stub_of(full_solution(lab))
