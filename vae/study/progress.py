"""Progress of a study: a bar on a terminal, a line for each run where there is none."""

import threading

from tqdm import tqdm

from .status import duration, epoch

EVERY = 2  # seconds between two looks at the epochs of the running runs
SHOWN = 2  # running runs in the bar


class Progress:
    """While it is open, shows the runs done, the running ones with their epochs, and the time left."""

    def __init__(self, study):
        self.study, self.over = study, threading.Event()
        self.watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.said = {run.folder for run in self.study.runs if run.row() is not None}
        self.bar = tqdm(
            total=len(self.study.runs), initial=len(self.said), disable=None,
            bar_format="{bar:20} {n_fmt} of {total_fmt} runs [{elapsed}{postfix}]",
        )  # fmt: skip
        self.watcher.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.watcher.join()
        self.bar.close()

    def update(self):
        """Take note of runs that have ended: also in a line, if they failed or if there is no terminal."""
        status = self.study.status()
        errors = dict(zip((run.folder for run in status.failed), status.errors, strict=True))
        for run in (*status.done, *status.failed):
            if run.folder not in self.said:
                self.said.add(run.folder)
                if run.folder in errors:
                    tqdm.write(f"failed: {run}: {errors[run.folder]}")
                elif self.bar.disable:
                    tqdm.write(f"done: {run}; {status.summary}")
        self.bar.n = len(self.said)
        self._show(status)

    def _watch(self):
        while not self.bar.disable and not self.over.wait(EVERY):
            self._show(self.study.status())

    def _show(self, status):
        left = [f"about {duration(status.seconds_left)} left"] if status.seconds_left else []
        running = [f"{run}{epoch(run)}" for run in status.running]
        more = ["..."] if len(running) > SHOWN else []
        self.bar.set_postfix_str("; ".join(left + running[:SHOWN] + more))
