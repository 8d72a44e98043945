"""Makes the zips of the course: for students, for the lecturer, and one autograder for each lab.

A student's zip holds what stands in the lists below and nothing else: no solution, only stubs and numbers.
The same labs and the same seed give the same bytes.
"""

import io
import zipfile
from pathlib import Path

from .files import write_atomically
from .labs import HERE, LabError, all_labs
from .references import VISIBLE_SEED, from_solution, to_bytes
from .stub import full_solution, stub_of

STUDENTS_HARNESS = (
    "__init__", "changes", "checking", "child", "commands", "compared", "conclusions", "experiments", "files",
    "judging", "labs", "naming", "notebook", "references", "running", "sandbox", "slopes", "starting", "terminal",
    "watching",
)  # fmt: skip
GRADERS_HARNESS = (*STUDENTS_HARNESS, "grading")
REQUIREMENTS = "numpy >= 2.0\nmatplotlib >= 3.8\n"
PUBLIC_SEED = 1  # of the hidden checks, if the lecturer chooses none
EXECUTABLE = ("setup.sh", "run_autograder")

STUDENTS_README = """# The labs

You need Python 3.10 or later, NumPy and matplotlib, in an environment of their own:

    python3 -m venv .venv             (Windows: py -m venv .venv)
    . .venv/bin/activate              (Windows: .venv\\Scripts\\activate)
    python -m pip install -r requirements.txt

In it, Python is called python on every system.  If PowerShell says that running scripts is disabled, allow it for this
window, and activate again:

    Set-ExecutionPolicy -Scope Process RemoteSigned

Then, in this folder:

    python -m labs list               the labs, and how long each takes
    python -m labs start 2 .          puts lab2.md, the task, and lab2.py, your file, here
    python -m labs check 2            says what is right, and what is wrong and where
    python -m labs watch 2            checks again whenever you save
    python -m labs check 2 Dense      only these parts

You hand in labN.py, and all your code for lab N must be in it.  It is checked with other
numbers and other shapes than here.
"""

SETUP = """#!/usr/bin/env bash
# Runs once, when the autograder is built.
set -euo pipefail
place="${AUTOGRADER:-/autograder}"
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends python3 python3-venv
# The system's own Python, whatever else the image has: one below /root no other user may run.
python="${SYSTEM_PYTHON:-/usr/bin/python3}"
"$python" -c 'import sys; sys.exit("choose a newer image: Python 3.10 is needed" if sys.version_info < (3, 10) else 0)'
"$python" -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet -r "$place/source/requirements.txt"
setpriv --reuid 65534 --regid 65534 --clear-groups "$place/venv/bin/python" -I -c "import numpy" ||
    echo "WARNING: no other user may run this Python, so submissions will run as root"
"""

RUN = """#!/usr/bin/env bash
# Runs for each submission, as root; the submission's code runs as another user, who may not look in here.
set -euo pipefail
place="${{AUTOGRADER:-/autograder}}"
chmod -R go-rwx "$place/source"
chmod go-w "$place/results"
cd "$place/source"
"${{PYTHON:-$place/venv/bin/python}}" -m labs grade "$place/submission" --lab {number} \\
    --out "$place/results/results.json" --references {folder}/hidden.npz
"""


def build(out="dist", upto=None, with_solutions=-1, seed=None, labs=None, say=print):
    """Write the zips into the folder `out`; return their paths.

    upto : the last lab that goes to the students.
    with_solutions : the solutions of the labs up to this one go to the students too.
    seed : of the hidden checks.
    labs : what to build of; all labs of this edition if it is not given.
    """
    labs = [lab for lab in (all_labs() if labs is None else labs) if upto is None or lab.number <= upto]
    if not labs:
        raise LabError("there is no lab to build: a lab is a folder NN_name with a checks.py")
    if missing := [lab.folder.name for lab in labs if not lab.has_solution]:
        raise LabError(f"only the lecturer's edition can build: there is no solution of {', '.join(missing)}")
    if seed is None:
        seed = PUBLIC_SEED
        say("The hidden checks' numbers can be made by anyone who has the solutions: choose a --seed of your own.")
    if seed == VISIBLE_SEED:
        raise LabError(f"the seed {VISIBLE_SEED} belongs to the students' checks: choose another one")
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    zips = {"student.zip": _students_files(labs, with_solutions), "instructor.zip": _instructors_files(labs)}
    zips |= {f"autograder-{lab.number}.zip": _graders_files(lab, seed) for lab in labs}
    for name, files in zips.items():
        _write_zip(out / name, files)
    return [out / name for name in zips]


def _students_files(labs, with_solutions):
    files = _harness(STUDENTS_HARNESS) | {"README.md": STUDENTS_README, "requirements.txt": REQUIREMENTS}
    for lab in labs:
        solution = full_solution(lab)
        files |= _lab_files(lab) | {
            f"{_place(lab)}/stub.py": stub_of(solution),
            f"{_place(lab)}/references.npz": to_bytes(from_solution(lab, VISIBLE_SEED)),
        }
        if lab.number <= with_solutions:
            files[f"solutions/{lab.file_name}"] = _without_marks(solution)
    return files


def _instructors_files(labs):
    harness = [path.stem for path in sorted((HERE / "harness").glob("*.py"))]
    files = _harness(harness) | {"README.md": STUDENTS_README, "requirements.txt": REQUIREMENTS}
    guide = HERE.parent / "docs" / "labs.md"
    if guide.exists():
        files["LECTURER.md"] = guide.read_bytes()
    for lab in labs:
        for path in sorted(lab.folder.iterdir()):
            if path.suffix in (".py", ".md", ".npz", ".svg", ".png"):
                files[f"{_place(lab)}/{path.name}"] = path.read_bytes()
        files[f"solutions/{lab.file_name}"] = _without_marks(full_solution(lab))
    return files


def _graders_files(lab, seed):
    return _harness(GRADERS_HARNESS) | _lab_files(lab) | {
        "requirements.txt": REQUIREMENTS,
        "setup.sh": SETUP,
        "run_autograder": RUN.format(number=lab.number, folder=_place(lab)),
        f"{_place(lab)}/hidden.npz": to_bytes(from_solution(lab, seed)),
    }  # fmt: skip


def _place(lab):
    return f"labs/{lab.folder.name}"


def _lab_files(lab):
    """What every edition has of a lab: the task with its drawings, and the checks."""
    paths = [path for path in sorted(lab.folder.iterdir()) if path.suffix in (".md", ".svg", ".png", ".npz")]
    return {f"{_place(lab)}/{path.name}": path.read_bytes() for path in [*paths, lab.folder / "checks.py"]}


def _harness(modules):
    files = {f"labs/{name}": (HERE / name).read_bytes() for name in ("__init__.py", "__main__.py")}
    files |= {f"labs/harness/{name}.py": (HERE / "harness" / f"{name}.py").read_bytes() for name in modules}
    files["nn/__init__.py"] = '"""The part of the library that names mistakes; it stands alone."""\n'
    files["nn/diagnosis/__init__.py"] = '"""Names a wrong array."""\n'
    diagnosis = HERE.parent / "nn" / "diagnosis"  # of which all outside of `arrays` would be a solution here
    paths = [*(diagnosis / "arrays").glob("*.py"), *([diagnosis / "derived.py"] if "quantities" in modules else [])]
    return files | {path.relative_to(HERE.parent).as_posix(): path.read_bytes() for path in paths}


def _without_marks(source):
    return "".join(line for line in source.splitlines(True) if "SOLUTION" not in line)


def _write_zip(path, files):
    """A zip whose bytes depend on nothing but `files`: sorted, without dates and users."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            content = files[name]
            member = zipfile.ZipInfo(name)
            member.create_system = 3
            member.external_attr = (0o100755 if name in EXECUTABLE else 0o100644) << 16
            data = content.encode() if isinstance(content, str) else content
            archive.writestr(member, data, zipfile.ZIP_DEFLATED)
    write_atomically(path, buffer.getvalue())
