"""Computing many runs in processes of this machine."""

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
