"""Grades a folder of submissions into a table."""

import csv
import io
import tempfile
from collections import Counter
from pathlib import Path

from .files import write_atomically
from .grading import grade
from .labs import LabError, find_lab


RAISED = "it raised an exception:"


def report(folder, number, out="report.csv", hidden=None, say=print):
    """Grade every submission in `folder` (a file or a folder for each student); write a CSV table, return its rows.

    A row for each student, with the score of each part, the named mistakes, and what is wrong where none was named.
    The last row counts, for each part, how many failed it, and how often each mistake was named.  The table is written
    anew after each submission.
    """
    lab = find_lab(number)
    submissions = sorted(path for path in Path(folder).iterdir() if path.is_dir() or path.suffix == ".py")
    if not submissions:
        raise LabError(f"there is no submission in {folder}: it must hold a file or a folder for each student")
    rows, mistakes, failed = [], Counter(), Counter()
    for k, submission in enumerate(submissions, 1):
        with tempfile.TemporaryDirectory() as scratch:
            tests_of = grade(submission, number, Path(scratch) / "results.json", hidden, say=lambda line: None)
        named = [(test["name"], test["extra_data"]["mistake"]) for test in tests_of["tests"]
                 if test.get("extra_data", {}).get("mistake")]  # fmt: skip
        mistakes.update(f"{part}: {mistake}" for part, mistake in named)
        failed.update(test["name"] for test in tests_of["tests"] if test["status"] == "failed")
        rows.append({
            "student": _student(submission), "score": tests_of["score"],
            **{test["name"]: test["score"] for test in tests_of["tests"]},
            "mistakes": "; ".join(f"{part}: {mistake}" for part, mistake in named), "remarks": _remarks(tests_of),
        })  # fmt: skip
        counted = {
            "student": "(how many failed)", "score": "", **{check.part: failed[check.part] for check in lab.checks},
            "mistakes": "; ".join(f"{count} x {mistake}" for mistake, count in mistakes.most_common()),
            "remarks": "",
        }  # fmt: skip
        write_atomically(out, _csv([*rows, counted]))
        say(f"{k} of {len(submissions)}  {_student(submission):<24} {tests_of['score']:>6g}")
    for mistake, count in mistakes.most_common():
        say(f"{count:>4} x {mistake}")
    return rows


def _student(submission):
    """A folder's whole name, for it may hold dots; a file's without its .py."""
    return submission.stem if submission.is_file() else submission.name


def _remarks(results):
    """What is wrong where no mistake is named: no file, or parts that hang, crash or differ."""
    if not any("extra_data" in test for test in results["tests"]):
        return results["output"]
    found = {}
    for test in results["tests"]:
        _, status, *lines = test["output"].splitlines()
        if status == "failed" and lines and not test["extra_data"]["mistake"]:
            words = (
                next((line for line in lines[1:] if not line.startswith(" ")), "") if lines[0] == RAISED else lines[0]
            )
            found.setdefault(words, test["name"])
    return "; ".join(f"{part}: {words}" for words, part in found.items())


def _csv(rows):
    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(
        {key: f"'{value}" if str(value).startswith(("=", "+", "@")) else value for key, value in row.items()}
        for row in rows
    )
    return text.getvalue()
