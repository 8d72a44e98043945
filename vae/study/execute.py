"""Computing many runs: in processes of this machine, or on the workers of a Dask scheduler."""

from concurrent.futures import BrokenExecutor

import joblib

from .attempt import attempt

KILLED = "perhaps because memory ran out: the same command goes on"


class ProcessKilled(RuntimeError):
    """Processes that computed runs were killed."""


def in_processes(runs, jobs):
    """Attempt all runs, so many at a time; yields, as they end, whether we had each for ourselves (see `attempt`).

    Raises ProcessKilled, and stops all others too, if a process was killed.
    """
    with joblib.parallel_config("loky", inner_max_num_threads=1):
        parallel = joblib.Parallel(jobs, return_as="generator_unordered", batch_size=1, pre_dispatch="n_jobs")
    try:
        yield from parallel(joblib.delayed(attempt)(run) for run in runs)
    except BrokenExecutor as error:
        raise ProcessKilled(f"a process of the study was killed, {KILLED}; fewer jobs take less memory") from error


def on_dask(runs, scheduler):
    """The same on the workers of the scheduler at this address, as many at a time as they have threads.

    (joblib's own backend for Dask would wait for ever for a run that Dask has given up since its workers died.)

    Raises RuntimeError if Dask is not installed, OSError if the scheduler does not answer, and ProcessKilled, after all
    other runs, for those that Dask has given up.
    """
    try:
        from distributed import Client, KilledWorker, as_completed
    except ImportError as error:
        raise RuntimeError('a scheduler needs Dask: pip install "bare-vae[cluster]"') from error
    errors = []
    with Client(scheduler, set_as_default=False) as client:
        futures = client.map(attempt, runs, pure=False)
        for future, result in as_completed(futures, client.loop, with_results=True, raise_errors=False):
            if future.status == "finished":
                yield result
            else:
                errors.append(future.exception())
    for error in errors:
        if isinstance(error, KilledWorker):
            raise ProcessKilled(f"Dask has given up {len(errors)} runs whose workers were killed, {KILLED}") from error
        raise error
