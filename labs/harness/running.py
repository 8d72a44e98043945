"""Checks a submission: every check in a child process, judged one after the other."""

from pathlib import Path

from .judging import judge
from .labs import LabError
from .references import references
from .sandbox import run_check

LARGEST = 2**20  # bytes that a submitted file may have


def verdicts_on(lab, submission, names=(), known=None):
    """Yield the `Verdict` on each check of `lab` whose part is called one of `names` (all if there are none).

    submission : the student's file.  Checks that the called ones need are run too, unheard.
    known : the references; those of the visible checks if it is not given.
    """
    known = known or references(lab)
    called = lab.checks_called(names)
    needed = {need for check in called for need in check.needs}
    before = {}
    for check in lab.checks:
        if check not in called and check.part not in needed:
            continue
        reference = known[check.part]
        answer = run_check(check, lab.folder / "checks.py", reference.inputs, submission)
        before[check.part] = judge(check, answer, reference, before, _asking(check, lab, reference, submission))
        if check in called:
            yield before[check.part]


def _asking(check, lab, reference, submission):
    """A function that lets the student's code run on changed inputs, if a name or a place needs that."""
    return lambda: run_check(check, lab.folder / "checks.py", reference.inputs, submission, what="experiments").draws


def submission_in(place, lab):
    """The student's file for `lab`: `place` or in the folder `place`; LabError if it is not there or no plain file."""
    place = Path(place)
    file = place / lab.file_name if place.is_dir() else place
    if not file.is_file():
        raise LabError(
            f"there is no {file}: go to the folder that `python -m labs start {lab.number} FOLDER` made, "
            "or name it with --folder"
        )
    if file.is_symlink():  # it might lead to a file that only the grader may read
        raise LabError(f"{file} is a link: the file itself must be there")
    if file.stat().st_size > LARGEST:
        raise LabError(f"{file} has more than {LARGEST} bytes: that is no lab's file")
    return file.absolute()
