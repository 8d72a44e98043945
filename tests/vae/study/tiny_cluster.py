"""Executes the tiny study on a Dask cluster, and kills the first worker that is in the middle of a run."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import tiny_study
from distributed import LocalCluster

from vae.study import write_csv


def kill_a_worker(folder):
    while not (logs := [path for path in folder.rglob("epochs.txt") if len(path.read_text().split()) >= 3]):
        time.sleep(0.01)
    pid = int((logs[0].parent / "starts.txt").read_text().split()[0])  # and its process group
    os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        threading.Thread(target=kill_a_worker, args=(folder,), daemon=True).start()
        rows = tiny_study.study_in(folder / "runs").execute(scheduler=cluster.scheduler_address)
    write_csv(folder / "table.csv", rows)
