"""Words for a terminal: in colours where they are seen, plain text elsewhere."""

import os
import sys
import textwrap
from collections import Counter

from .judging import FAILED, NOT_WRITTEN, PASSED, SKIPPED

COLOURS = {PASSED: "32", FAILED: "31;1", NOT_WRITTEN: "33", SKIPPED: "36", "dim": "2", "bold": "1"}


def coloured():
    """Whether colours will be seen: on a terminal, unless NO_COLOR is set (no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty():
        return False
    if os.name == "nt":
        os.system("")  # switches the console's colours on
    return True


def paint(text, style):
    """`text` in the colours of a status, or "dim" or "bold"."""
    return f"\033[{COLOURS[style]}m{text}\033[0m" if coloured() else text


def verdict_lines(verdict, width=11):
    """A verdict as the student reads it: one line, and what is known beneath."""
    part = verdict.check.part
    head = paint(f"{verdict.status:<{width}}", verdict.status) + f" {part:<24}"
    points = f"{verdict.score:.4g} of {verdict.check.points:g}"
    if verdict.status == PASSED:
        return f"{head} {points:>10}"
    if verdict.status == SKIPPED:
        return f"{head} {points:>10}  {verdict.message}"
    if verdict.status == NOT_WRITTEN:
        return f"{head} {points:>10}  {verdict.check.title}"
    lines = [f"{head} {points:>10}  {verdict.check.title}"]
    if verdict.mistake:
        lines.append("    " + paint(verdict.mistake, "bold"))
    lines.append(textwrap.indent(_wrapped(verdict.message), "    "))
    if verdict.printed.strip():
        lines.append(paint("    it printed:", "dim"))
        lines.append(textwrap.indent("\n".join(verdict.printed.splitlines()[-20:]), "    | "))
    return "\n".join(lines)


def _wrapped(text, width=112):
    return "\n".join(
        "\n".join(textwrap.wrap(line, width, subsequent_indent=" " * (len(line) - len(line.lstrip())))) or line
        for line in text.splitlines()
    )


def summary_line(verdicts):
    """How many checks passed, and the points."""
    found = Counter(verdict.status for verdict in verdicts)
    counts = [f"{found[status]} {status}" for status in (PASSED, FAILED, NOT_WRITTEN, SKIPPED) if found[status]]
    score, full = sum(v.score for v in verdicts), sum(v.check.points for v in verdicts)
    return paint(f"{', '.join(counts)}; {score:.4g} of {full:g} points", "bold")


def say_problem(error):
    """Tell on stderr what the user can put right."""
    print(f"labs: {error}", file=sys.stderr)
