"""How the benchmarks take time: rivals in turns, and what the machine can do at best."""

import os
import platform
import time
from datetime import date
from pathlib import Path

import nn  # before NumPy is loaded: see nn.threads
import numpy as np
import torch

OPENBLAS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


def alternate(rivals, rounds, calls):
    """Milliseconds of each rival, the median of its calls in a turn, for every round: a dict of arrays (rounds,)."""
    times = {name: np.zeros((rounds, calls)) for name in rivals}
    for turn in range(rounds):
        for name, function in rivals.items():
            function()  # after a rival's turn, the caches and threads are its own
            for k in range(calls):
                times[name][turn, k] = 1000 * seconds(function)
    return {name: np.median(values, axis=1) for name, values in times.items()}


def seconds(function):
    """How long one call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def fastest(function, tries=7):
    """The seconds of the fastest of several calls."""
    return min(seconds(function) for _ in range(tries))


def rates(threads):
    """(floating-point operations a second, bytes copied a second): the best of several tries."""
    a, b = (np.random.default_rng(0).random((2000, 2000), dtype=np.float32) for _ in range(2))
    ours = fastest(lambda: a @ b)
    theirs = fastest(lambda: torch.from_numpy(a) @ torch.from_numpy(b))
    source, target = np.ones((threads, 15_000_000), np.float32), np.ones((threads, 15_000_000), np.float32)
    copy = fastest(lambda: nn.threads.on_all_threads(np.copyto, list(zip(target, source, strict=True))))
    return 2 * 2000**3 / min(ours, theirs), 2 * source.nbytes / copy


def conditions(threads):
    """When, where and with what a benchmark ran; OpenBLAS's variables and its speed, since they change the result."""
    flops, _ = rates(threads)
    variables = ", ".join(f"{name}={os.environ.get(name, 'not set')}" for name in OPENBLAS)
    return (
        f"{date.today()}, {processor()}, {threads} threads; Python {platform.python_version()}, "
        f"NumPy {np.__version__}, PyTorch {torch.__version__}; {variables}; "
        f"matrix products {flops / 1e9:.0f} GFLOP/s"
    )


def processor():
    """The processor's name, where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def markdown(*cells):
    """One row of a Markdown table."""
    return f"| {' | '.join(map(str, cells))} |"


def markdown_head(*cells):
    """The first row of a Markdown table and the line under it."""
    return f"{markdown(*cells)}\n|{'---|' * len(cells)}"
