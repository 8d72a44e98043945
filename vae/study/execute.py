"""Computing the runs of a study: here, in processes side by side, or on the workers of a Dask scheduler."""

import os
import time
import traceback
from contextlib import ExitStack, contextmanager

import joblib
from threadpoolctl import threadpool_limits

from ..training.trainer import DivergenceError
from .provenance import provenance
from .runs import OWN_COLUMNS
from .values import plain


def compute(runs, jobs, scheduler):
    """Attempt all runs side by side; yields, as they end, whether this study had each for itself (see `attempt`)."""
    with _backend(scheduler):
        yield from joblib.Parallel(jobs, return_as="generator_unordered", batch_size=1, pre_dispatch="all")(
            joblib.delayed(attempt)(run) for run in runs
        )


def attempt(run):
    """Compute a run to its row, unless it is finished; False, at once, if another process is computing it.

    A run computes with one thread, so that its numbers are the same however many run side by side.  An error makes a
    row with its name; only a training that diverged begins anew if it is tried again, all others at their checkpoint.
    """
    with run.claim() as claimed:
        if not claimed:
            return False
        if run.row() is not None:
            return True
        earlier, started = sum(run.history().get("seconds", ())), time.perf_counter()
        try:
            with _one_thread():
                outcome = _checked(run.function(dict(run.setting), run.folder), run.setting) | {"status": "done"}
        except Exception as error:
            (run.folder / "error.txt").write_text(traceback.format_exc())
            outcome = {"status": "failed", "error": f"{type(error).__name__}: {error}"}
            if isinstance(error, DivergenceError):
                run.checkpoint.unlink(missing_ok=True)
        seconds = round(earlier + time.perf_counter() - started, 2)
        run.write_row(outcome | {"seconds": seconds} | provenance())
        if outcome["status"] == "done":
            run.checkpoint.unlink(missing_ok=True)
        return True


def _checked(numbers, setting):
    if not isinstance(numbers, dict):
        raise TypeError(f"a study's function returns a dict of numbers and texts, got {numbers!r}")
    if taken := sorted({*setting, *OWN_COLUMNS} & set(numbers)):
        raise ValueError(f"the function returned {', '.join(taken)}: the table has a column of that name already")
    return {name: plain(value, f"the function's {name!r}") for name, value in numbers.items()}


@contextmanager
def _backend(scheduler):
    """Where joblib computes: processes of this machine, or the workers of the scheduler at this address."""
    with ExitStack() as stack:
        if scheduler is None:
            stack.enter_context(joblib.parallel_config("loky", inner_max_num_threads=1))
        else:
            from distributed import Client

            client = stack.enter_context(Client(scheduler, set_as_default=False))
            stack.enter_context(joblib.parallel_config("dask", client=client))
        yield


@contextmanager
def _one_thread():
    """One thread for BLAS and one for `nn` (see `nn.fast.threads`) in the block."""
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
