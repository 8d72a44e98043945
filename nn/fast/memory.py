"""Memory that is used again: fresh pages from the system cost as much time as filling them a second time.

A training step frees its activations and gradients, and the next one asks for arrays of the same sizes.  The C library
of Linux would give most of that memory back to the system in between, and get it again page by page;
`keep_freed_memory` tells it to keep some.  For work in blocks, `workspace` and `plan` keep arrays and views of them, one
set for each thread.
"""

import ctypes
import math
import threading
from functools import lru_cache

import numpy as np

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of mallopt, in glibc's malloc.h
KEPT, LARGEST = 2**28, 2**25  # bytes: kept at most when freed, and the largest array that is kept (glibc's limit)


def keep_freed_memory():
    """Let freed arrays of up to 32 MB, 256 MB together, wait for the next array of that size; where glibc is in use."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another system's C library
        return
    mallopt(M_TRIM_THRESHOLD, KEPT)
    mallopt(M_MMAP_THRESHOLD, LARGEST)


class _Own(threading.local):
    """What a thread keeps: memory by purpose, and plans that work in it."""

    def __init__(self):
        self.memory = {}
        self.plan = lru_cache(maxsize=64)(lambda kind, *arguments: kind(*arguments))


_own = _Own()


def workspace(purpose, shape, dtype):
    """An array to overwrite, in the same memory for each `purpose`: so it is in the cache already."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if len(_own.memory.get(purpose, b"")) < size:
        _own.memory[purpose] = np.empty(size, np.uint8)
        _own.plan.cache_clear()  # or they would keep the smaller memory
    return _own.memory[purpose][:size].view(dtype).reshape(shape)


def plan(kind, *arguments):
    """kind(*arguments), an object that works in this thread's memory; the same one for the same arguments."""
    return _own.plan(kind, *arguments)
