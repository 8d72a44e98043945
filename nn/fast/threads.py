"""A few threads for work on large NumPy arrays that can be cut into blocks: element by element, or image by image.

NumPy lets go of Python's lock while it computes, so two threads on two blocks of an array run at the same time.  A
matrix product that stands alone needs none of this: BLAS brings its own threads.  Within our threads, BLAS gets by with
the one that asks it.  Both obey the environment variable OMP_NUM_THREADS.

The two must not get into each other's way.  After a product, OpenBLAS's threads go on spinning for 2^26 clock cycles,
some 25 ms, in case another follows, and take the cores from ours.  OPENBLAS_THREAD_TIMEOUT=20 makes that 2^20, long
enough to wait for the next layer's product and no longer.  It is read only when NumPy is loaded: so we set it here,
before that.  Where it is too late, all numbers are the same, and training says once that it could be faster.
"""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache

BLAS_SPINS = "numpy" in sys.modules and "OPENBLAS_THREAD_TIMEOUT" not in os.environ
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "20")

from threadpoolctl import ThreadpoolController  # noqa: E402  (loads no NumPy, but sees it)


def thread_count():
    """How many threads to use: OMP_NUM_THREADS if it is set, else one for each core this process may run on."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def why_slow():
    """A sentence that says how this process could compute faster; None if there is nothing to say."""
    if BLAS_SPINS and thread_count() > 1:
        return (
            "NumPy was imported before nn, so that its idle threads keep the cores busy: import nn first, or set "
            "OPENBLAS_THREAD_TIMEOUT=20, to train faster (the numbers stay the same)"
        )
    return None


def on_all_threads(function, blocks):
    """Call function(*block) for every block of a list, in any order; their writes must not overlap.

    Meanwhile BLAS runs every product on the thread that asks for it.
    """
    helpers = min(thread_count(), len(blocks)) - 1
    if helpers <= 0 or not _cores.acquire(blocking=False):
        for block in blocks:
            function(*block)
        return
    try:
        with _blas().limit(limits=1):
            _share_out(function, blocks, helpers)
    finally:
        _cores.release()


def _share_out(function, blocks, helpers):
    remaining = iter(blocks)  # shared: every thread takes the next block when it is done with one

    def work():
        for block in remaining:
            function(*block)

    started = [_pool(thread_count()).submit(work) for _ in range(helpers)]
    try:
        work()
    finally:
        wait(started)
    for helper in started:
        helper.result()


@lru_cache(maxsize=1)
def _blas():
    return ThreadpoolController().select(user_api="blas")


@lru_cache(maxsize=1)
def _pool(size):
    return ThreadPoolExecutor(size, thread_name_prefix="nn")


def _start_anew():
    global _cores
    _cores = threading.Lock()  # held while all threads are at work: whoever comes then works alone
    _pool.cache_clear()


_start_anew()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)  # threads do not survive a fork
