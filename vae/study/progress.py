"""Progress of a study on the terminal, and line by line where there is none."""

import threading

from tqdm import tqdm

from .status import epoch

EVERY = 2  # seconds between two looks at the runs' checkpoints


class Progress:
    """A context that shows runs done, the epochs of the running ones and the time left while a study is executed."""

    def __init__(self, study):
        self.study, self.over = study, threading.Event()

    def __enter__(self):
        self.bar = tqdm(total=len(self.study.runs), unit="run", disable=None)
        self.said = {run.folder for run in self.study.runs.values() if run.row() is not None}
        self.watcher = threading.Thread(target=self._watch, daemon=True)
        self.update()
        self.watcher.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.watcher.join()
        self.bar.close()

    def update(self):
        """Say what has happened: a line for every run that failed, and for those done if there is no terminal."""
        status = self.study.status()
        failed = dict(zip((run.folder for run in status.failed), status.errors, strict=True))
        for run in (*status.done, *status.failed):
            if run.folder in self.said:
                continue
            self.said.add(run.folder)
            if run.folder in failed:
                tqdm.write(f"failed: {run}: {failed[run.folder]}")
            elif self.bar.disable:
                tqdm.write(f"done: {run}; {status.summary}")
        self.bar.n = len(self.said)
        self._show(status)

    def _watch(self):
        while not self.over.wait(EVERY):
            if not self.bar.disable:
                self._show(self.study.status())

    def _show(self, status):
        running = "; ".join(f"{run}{epoch(run)}" for run in status.running[:2])
        self.bar.set_postfix_str(running + (" ..." if len(status.running) > 2 else ""))
