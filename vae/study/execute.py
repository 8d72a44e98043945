"""Computing many runs: in processes of this machine, or on the workers of a Dask scheduler."""

from concurrent.futures import BrokenExecutor
from contextlib import contextmanager

import joblib

from .attempt import attempt


def execute(runs, jobs, scheduler):
    """Attempt all runs side by side; yields, as they end, whether we had each for ourselves (see `attempt`).

    jobs : processes;  scheduler : address of a Dask scheduler, or None for processes of this machine.
    Raises RuntimeError if a process was killed, or Dask is not there; OSError if the scheduler does not answer.
    """
    with _backend(scheduler):
        parallel = joblib.Parallel(jobs, return_as="generator_unordered", batch_size=1, pre_dispatch="all")
        try:
            yield from parallel(joblib.delayed(attempt)(run) for run in runs)
        except BrokenExecutor as error:
            raise RuntimeError(
                "a process of the study was killed, perhaps because memory ran out: the same command goes on; "
                "fewer jobs take less memory"
            ) from error


@contextmanager
def _backend(scheduler):
    if scheduler is None:
        with joblib.parallel_config("loky", inner_max_num_threads=1):
            yield
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise RuntimeError('a scheduler needs Dask: pip install "bare-vae[cluster]"') from error
    with Client(scheduler, set_as_default=False) as client:
        client.wait_for_workers(1)
        with joblib.parallel_config("dask", client=client):
            yield
