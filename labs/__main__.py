"""python -m labs: list, start, check, watch, notebook; for lecturers build, grade, report."""

import sys

from .harness.commands import main

if __name__ == "__main__":
    sys.exit(main())
