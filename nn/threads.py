"""A few threads for work on large NumPy arrays that can be cut into blocks: element by element, or image by image.

NumPy lets go of Python's lock while it computes, so two threads on two blocks of an array run at the same time.  A
matrix product that stands alone needs none of this: BLAS brings its own threads.  Within our threads, BLAS gets by with
the one that asks it.  Both obey the environment variable OMP_NUM_THREADS.

The two must not get into each other's way.  After a product, OpenBLAS's threads go on spinning for 2^26 clock cycles,
some 25 ms, in case another follows, and take the cores from ours.  OPENBLAS_THREAD_TIMEOUT=20 makes that 2^20, long
enough to wait for the next layer's product and no longer.  It is read only when NumPy is loaded: so we set it here,
before that, and use no threads of our own where it is too late.
"""

import math
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache
from itertools import pairwise

BLOCK = 2**18  # numbers that stay in a core's cache, with those of a few more arrays
WORTH_A_THREAD = 2**18  # so many numbers take longer than a thread takes to wake up
BLAS_SPINS = "numpy" in sys.modules and "OPENBLAS_THREAD_TIMEOUT" not in os.environ
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "20")

import numpy as np  # noqa: E402
from threadpoolctl import ThreadpoolController  # noqa: E402

from .device import array_module  # noqa: E402


def thread_count():
    """How many threads to use: OMP_NUM_THREADS if it is set, else one for each core this process may run on."""
    if BLAS_SPINS:
        return 1
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shares_of(*arrays, numbers):
    """Views of the same rows of all arrays, one share for each thread; `numbers` are worked on for each row.

    Fewer shares if that is not worth a thread each; one if the arrays are on a GPU.
    """
    rows, count = len(arrays[0]), 1
    if isinstance(arrays[0], np.ndarray):
        count = max(1, min(thread_count(), rows, rows * numbers // WORTH_A_THREAD))
    edges = [rows * k // count for k in range(count + 1)]
    return [[array[start:stop] for array in arrays] for start, stop in pairwise(edges)]


def blocks_of(*arrays, numbers=None, block=BLOCK):
    """Views of the same few rows of all arrays, `block` numbers: of the first array, or `numbers` for each row.

    On a CPU the arrays of one block stay in the cache from line to line of what is done to them; on a GPU there is
    one block with everything.
    """
    first = arrays[0]
    numbers = first.size // max(1, len(first)) if numbers is None else numbers
    rows = max(1, block // max(1, numbers)) if isinstance(first, np.ndarray) else len(first)
    return [[array[start : start + rows] for array in arrays] for start in range(0, len(first), rows)]


def scratch(like, shape, purpose):
    """An array to overwrite, of the device and dtype of another one: on the CPU the same memory for each `purpose`.

    So it is in the cache already.  Every thread has its own.
    """
    if not isinstance(like, np.ndarray):
        return array_module(like).empty(shape, like.dtype)
    size = math.prod(shape) * like.itemsize
    memory = vars(_own).get(purpose, b"")
    if len(memory) < size:
        memory = vars(_own)[purpose] = np.empty(size, np.uint8)
    return memory[:size].view(like.dtype).reshape(shape)


_own = threading.local()


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
