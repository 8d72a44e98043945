"""Where a number comes from: versions, git revision, kind of machine."""

import os
import platform
import subprocess
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import numpy as np

from nn.cuda.availability import gpu_name, gpu_problem

ROOT = Path(__file__).parents[2]


def provenance(device="cpu"):
    """The columns of a row that say what computed it: versions, git revision, class of machine and, if used, GPU."""
    machine = f"{gpu_name()}; {_machine()}" if device == "gpu" and not gpu_problem() else _machine()
    return {"numpy": np.__version__, "bare-vae": _version(), "revision": _revision(), "machine": machine}


@lru_cache
def _version():
    try:
        return metadata.version("bare-vae")
    except metadata.PackageNotFoundError:
        return None


@lru_cache
def _revision():
    """The short git revision, with a + if anything in the working tree differs from it; None without git."""
    if not (ROOT / ".git").exists():
        return None
    try:
        revision, changes = (_git("rev-parse", "--short", "HEAD"), _git("status", "--porcelain"))
    except (OSError, subprocess.CalledProcessError):
        return None
    return revision + "+" * bool(changes)


def _git(*arguments):
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@lru_cache
def _machine():
    """The processor's name and the number of cores: the class of the machine, not its name."""
    return f"{_processor()}, {os.cpu_count()} cores"


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
