"""Makes a notebook for looking and trying.  It imports the student's file; nothing in it is graded."""

import json
from pathlib import Path

from .files import write_atomically
from .labs import HERE, LabError


def write_notebook(lab, folder):
    """Write ``labN.ipynb`` beside the student's file: the task, and for each part a cell that calls it."""
    path = Path(folder) / f"lab{lab.number}.ipynb"
    if path.exists():
        raise LabError(f"{path} is there already and stays as it is: rename it first")
    module = f"lab{lab.number}"
    sections = [section for section in ("\n" + lab.text).split("\n## ") if section.strip()]
    cells = [_text(sections[0].strip()), _code(
        "%load_ext autoreload\n%autoreload 2\n\nimport numpy as np\n\n"
        f"import {module}  # your file: edit it in your editor, and run a cell again"
    )]  # fmt: skip
    cells += [_text(f"## {section.strip()}") for section in sections[1:]]
    cells += [_text("## Try your parts")]
    cells += [_code(f"help({module}.{part})") for part in dict.fromkeys(check.part for check in lab.checks)]
    cells += [_code(
        f'import sys\n\nsys.path.append({str(HERE.parent)!r})  # where the labs are\n'
        f'from labs.harness.commands import main\n\nmain(["check", "{lab.number}"]);'
    )]  # fmt: skip
    notebook = {
        "cells": [cell | {"id": f"cell-{k}"} for k, cell in enumerate(cells)],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    write_atomically(path, json.dumps(notebook, indent=1))
    return path


def _text(source):
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _code(source):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
