"""Computing many runs on the workers of a Dask scheduler."""

import platform
import tempfile
from pathlib import Path

from tqdm import tqdm

from .attempt import attempt
from .execute import KILLED, ProcessKilled
from .provenance import provenance

PATIENCE = 2  # seconds between two looks whether there are workers


def on_dask(runs, scheduler):
    """As `in_processes`, on the workers of the scheduler at this address, as many at a time as they have threads.

    (joblib's own backend for Dask would wait for ever for a run that Dask has given up since its workers died.)

    Raises RuntimeError if Dask is not installed or the scheduler goes away, OSError if it does not answer, and after
    all other runs what `attempt_there` raised, or ProcessKilled for those that Dask has given up.
    """
    try:
        from distributed import CancelledError, Client, KilledWorker
    except ImportError as error:
        raise RuntimeError('a scheduler needs Dask: pip install "bare-vae[cluster]"') from error
    errors = []
    with (
        Client(scheduler, set_as_default=False) as client,
        tempfile.NamedTemporaryFile(dir=runs[0].folder.parent, prefix=".seen-by-workers-") as mark,
    ):
        futures = client.map(attempt_there, runs, mark=mark.name, commit=_commit(), pure=False)
        try:
            for future in _ended(client, futures):
                if future.status == "finished":
                    yield future.result()
                else:
                    errors.append(future.exception())
        except (CancelledError, OSError) as error:  # of the connection: a run's own errors are in `errors`
            raise RuntimeError("the scheduler has gone: start it again, and the same command goes on") from error
    for error in errors:
        if isinstance(error, KilledWorker):
            raise ProcessKilled(f"Dask has given up {len(errors)} runs whose workers were killed, {KILLED}") from error
        raise error


def attempt_there(run, mark, commit):
    """`attempt` on a worker; a worker that would compute for nothing, or other numbers, raises an error before.

    mark : path of a file that the command has just made beside the runs.  (On another disk the same path may exist.)
    commit : the command's own.  Uncommitted changes are not compared: any file written into the checkout is one.
    """
    if not Path(mark).exists():
        raise FileNotFoundError(
            f"the worker on {platform.node()} does not see what this command writes into {run.folder.parent}: workers "
            "need the same file system, at the same path"
        )
    if (there := _commit()) != commit:
        raise RuntimeError(
            f"the worker on {platform.node()} has revision {there} of this project, and this command {commit}: install "
            "the same everywhere, and start the workers anew"
        )
    return attempt(run)


def _commit():
    """The git revision of the code in use, without the + of changed files; "unknown" without git."""
    return (provenance()["revision"] or "unknown").rstrip("+")


def _ended(client, futures):
    """The futures, as they end; says so whenever they wait since there are no workers."""
    from distributed import TimeoutError, wait

    were_some = True
    while futures:
        are_some = bool(client.nthreads())
        if were_some and not are_some:
            tqdm.write(
                f"waiting for workers: start some with `dask worker {client.scheduler.address} --nthreads 1` "
                "(what ends one at once stands in its own output)"
            )
        were_some = are_some
        try:
            with client.as_current():
                ended, futures = wait(futures, timeout=PATIENCE, return_when="FIRST_COMPLETED")
        except TimeoutError:
            continue
        yield from ended
