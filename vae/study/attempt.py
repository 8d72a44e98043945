"""One attempt to compute a run, in whatever process and on whatever machine."""

import os
import time
import traceback
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

from nn import DivergenceError

from .provenance import provenance
from .runs import OWN_COLUMNS
from .values import plain


def attempt(run):
    """Compute a run to its row, unless it is finished; False, at once, if another process is computing it.

    An error makes a row with its name.  Tried again, a run goes on at its checkpoint; only a training that diverged
    begins anew.
    """
    with run.claim() as claimed:
        if not claimed:
            return False
        if run.row() is not None:  # finished by another process since we looked
            return True
        earlier, started = sum(run.history().get("seconds", ())), time.perf_counter()
        source = provenance(run.setting.get("device", "cpu"))
        source["revision"] = run.begin(source["revision"])
        outcome, keeps_checkpoint = _compute(run)
        run.finish(outcome | {"seconds": round(earlier + time.perf_counter() - started, 2)} | source)
        if not keeps_checkpoint:
            run.checkpoint.unlink(missing_ok=True)
        return True


def _compute(run):
    """What the run's row says of its result, and whether its checkpoint is of use to a later attempt."""
    error_file = run.folder / "error.txt"
    error_file.unlink(missing_ok=True)
    try:
        with one_thread():
            numbers = run.function(dict(run.setting), run.folder)
        return _checked(numbers, run.setting) | {"status": "done"}, False
    except Exception as error:
        error_file.write_text(traceback.format_exc())
        words = " ".join(f"{type(error).__name__}: {error}".split())
        return {"status": "failed", "error": words}, not isinstance(error, DivergenceError)


def _checked(numbers, setting):
    if not isinstance(numbers, dict) or not all(isinstance(name, str) for name in numbers):
        raise TypeError(f"a study's function returns a dict of names with numbers or texts, got {numbers!r}")
    if taken := sorted({*setting, *OWN_COLUMNS} & set(numbers)):
        raise ValueError(f"the function returned {', '.join(taken)}: the table has a column of that name already")
    return {name: plain(value, f"the function's {name!r}") for name, value in numbers.items()}


@contextmanager
def one_thread():
    """One thread for BLAS and for `nn` (see `nn.fast.threads`), so that numbers are the same however many runs there
    are side by side.
    """
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        with threadpool_limits(1):
            yield
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before
