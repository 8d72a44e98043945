"""The child process: runs one check of a student's file and writes the arrays it returns.

    python -I child.py JOB PART FILE [experiments]

JOB holds ``inputs.npz``, ``checks.py``, the submission in ``submission/``, and an empty ``out/`` for the answer:
``arrays.npz`` and ``status.json``; with "experiments", the outcomes of those instead of the check's arrays.  Nothing
here is secret, and the parent believes nothing but arrays that are right.
"""

import contextlib
import importlib.util
import json
import linecache
import os
import sys
import traceback
from pathlib import Path

MEMORY = 768 * 2**20  # bytes
SECONDS = 10  # by the parent's clock
EXPERIMENTS = 4  # seconds for the experiments of all draws
PROCESSES = 64  # of the user who runs the check, so that a loop of forks does not fill the machine
FILE_SIZE = 64 * 2**20  # bytes a file, so that an endless print does not fill the disk
FOREIGN = ("nn", "vae", "torch", "tensorflow", "jax", "keras", "autograd", "scipy", "sklearn", "cupy")


def limit_resources():
    """Memory, file size, processes, and time (for what outlives the parent's clock), where the system has such limits.

    Windows has none of them, macOS none of the memory; there only the parent's clock counts.
    """
    try:
        import resource
    except ImportError:
        return
    for name, limit in (
        ("RLIMIT_AS", MEMORY),
        ("RLIMIT_CPU", 2 * SECONDS),
        ("RLIMIT_FSIZE", FILE_SIZE),
        ("RLIMIT_NPROC", PROCESSES),
        ("RLIMIT_CORE", 0),
    ):
        with contextlib.suppress(AttributeError, ValueError, OSError):  # macOS has no limit on the address space
            resource.setrlimit(getattr(resource, name), (limit, limit))


class RefuseForeign:
    """Says no to the libraries that would do the student's work."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in FOREIGN:
            raise ImportError(f"a submission may import NumPy and the standard library, but it imports {name}")
        return None


def load(name, path):
    """Execute the Python file at `path` as the module `name`."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def student_lines(error, folder):
    """The traceback's lines that belong to the student's files, and the error itself."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == folder]
    lines = [
        f"  {Path(frame.filename).name}, line {frame.lineno}, in {frame.name}\n"
        f"    {linecache.getline(frame.filename, frame.lineno).strip()}"
        for frame in frames[-5:]
    ]
    if isinstance(error, SyntaxError) and error.lineno:
        lines.append(f"  {Path(error.filename or '?').name}, line {error.lineno}\n    {(error.text or '').strip()}")
        return "\n".join([*lines, f"{type(error).__name__}: {error.msg}"])
    return "\n".join([*lines, f"{type(error).__name__}: {error}"])


def run(job, part, file, what=""):
    """Run the check, or its experiments, on all draws; return the status, after writing the arrays."""
    import numpy as np

    sys.path.insert(0, str(job))
    from labs.harness.checking import checks_in
    from labs.harness.experiments import outcomes

    check = next(check for check in checks_in(load("checks", job / "checks.py")) if check.part == part)
    with np.load(job / "inputs.npz", allow_pickle=False) as stored:
        inputs = {name: stored[name] for name in stored.files}
    limit_resources()
    sys.meta_path.insert(0, RefuseForeign())
    sys.path.insert(0, str(job / "submission"))
    try:
        lab = load(Path(file).stem, job / "submission" / file)
        answer = {}
        draws = 1 + max(int(name.partition("/")[0]) for name in inputs)
        for draw in range(draws):
            prefix = f"{draw}/"
            own = {name.removeprefix(prefix): array for name, array in inputs.items() if name.startswith(prefix)}
            tried = what == "experiments"
            arrays = outcomes(check, lab, own, EXPERIMENTS / draws) if tried else check.arrays(lab, own)
            answer |= {prefix + name: array for name, array in arrays.items()}
    except Exception as error:
        if type(error).__name__ == "NotYetWritten":
            return {"state": "not written", "detail": str(error)}
        return {"state": "raised", "detail": student_lines(error, job / "submission")}
    if bad := [name for name, array in answer.items() if array.dtype.kind not in "biuf"]:
        name = bad[0].partition("/")[2]
        return {"state": "raised", "detail": f"{name} is not an array of numbers, but of {answer[bad[0]].dtype}"}
    np.savez(job / "out" / "arrays.npz", **answer)
    return {"state": "done", "detail": ""}


if __name__ == "__main__":
    job = Path(sys.argv[1]).resolve()
    os.chdir(job / "out")
    status = run(job, *sys.argv[2:])
    (job / "out" / "status.json").write_text(json.dumps(status), encoding="utf-8")
