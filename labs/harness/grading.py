"""Grades one submission into a ``results.json`` with Gradescope's fields.

The file is written anew after every check, and replaced in one step: whatever a submission does, the file is valid and
holds all verdicts so far, and every check still to come with score 0.
"""

import functools
import json
import re
import sys
import time
from pathlib import Path

from .files import write_atomically
from .labs import LabError, find_lab
from .references import references
from .running import submission_in, verdicts_on
from .sandbox import runs_as_root


def grade(submission, number=None, out="results.json", hidden=None, say=print):
    """Grade the file or folder `submission`; write and return the results.

    number : the lab's, or None to take it from the file's name.
    hidden : path of the hidden checks' references; without it the visible checks are graded.
    say : is called with a line for each check.

    Raises LabError if there is no such lab, or no such path.  A submission without the lab's file gets 0 points.
    """
    started = time.monotonic()
    submission = Path(submission)
    if not submission.exists():
        raise LabError(f"there is no submission {submission}")
    lab = find_lab(_number_of(submission) if number is None else number)
    known = references(lab, stored=hidden) if hidden else references(lab)
    _warn_of_root()
    tests = [_test(k, check, "this check has not been reached") for k, check in enumerate(lab.checks, 1)]
    results = {"score": 0.0, "execution_time": 0, "output": _announcement(hidden), "tests": tests}

    def write():
        results["score"] = round(sum(test["score"] for test in tests), 3)
        results["execution_time"] = round(time.monotonic() - started)
        write_atomically(out, json.dumps(results, indent=1))

    write()
    try:
        file = submission_in(submission, lab)
    except LabError:
        results["output"] = _missing(lab, submission)
        write()
        return results
    for test, verdict in zip(tests, verdicts_on(lab, file, known=known), strict=True):
        test |= _graded(verdict)
        say(f"{verdict.status:<12} {verdict.check.part:<24} {test['score']:>6g} of {verdict.check.points:g}")
        write()
    return results


@functools.cache  # once is enough for a folder of submissions
def _warn_of_root():
    if runs_as_root():
        print(f"labs: no other user may run {sys.executable}, so submissions run as root", file=sys.stderr)


def _number_of(submission):
    files = [submission] if submission.is_file() else sorted(submission.glob("lab*.py"))
    numbers = {int(found[1]) for file in files if (found := re.fullmatch(r"lab(\d+)\.py", file.name))}
    if len(numbers) != 1:
        raise LabError(f"which lab is {submission}? No single labN.py tells it: say --lab N")
    return numbers.pop()


def _missing(lab, submission):
    """What to say where there is no plain file of the lab; upper and lower case count, as they do on the grader."""
    there = [path.name for path in [submission, *submission.glob("*")] if path.is_file()]
    said = f"There is no file {lab.file_name} in the submission, or it is a link, or too large."
    return f"{said} It holds: {', '.join(sorted(there)[:10]) or 'no file'}."


def _announcement(hidden):
    if hidden:
        return "These checks ask the same as those you have, with other numbers and other shapes."
    return "These checks are the same as those you have."


def _test(number, check, output):
    return {
        "name": check.part, "number": str(number), "score": 0.0, "max_score": check.points, "status": "failed",
        "output": f"{check.title}\n{output}", "visibility": "visible",
    }  # fmt: skip


def _graded(verdict):
    lines = [verdict.check.title, verdict.status + (f": {verdict.mistake}" if verdict.mistake else "")]
    lines += [verdict.message] if verdict.message else []
    lines += ["it printed:", verdict.printed] if verdict.printed.strip() else []
    return {
        "score": round(verdict.score, 3),
        "status": "passed" if verdict.passed else "failed",
        "output": "\n".join(lines),
        "extra_data": {"verdict": verdict.status, "mistake": verdict.mistake},
    }
