"""One run of a study: a folder with its setting, its checkpoint while it trains, and its row when it is finished."""

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from nn.files import atomic_write

from ..training.checkpoints import history_in

OWN_COLUMNS = ("status", "error", "seconds", "numpy", "bare-vae", "revision", "machine")  # of every row


@dataclass(frozen=True)
class Run:
    """A function and its name, its setting, the folder that is theirs, and what to call the run in messages.

    In the folder stand ``run.json`` (function, setting, git revisions), ``lock``, ``checkpoint.npz`` while it trains,
    ``row.json`` when it is finished, ``error.txt`` with the traceback if it failed, and what the function leaves there.
    """

    function: Callable
    function_name: str  # noted here, since a script's functions are called otherwise in other processes
    setting: dict
    folder: Path
    label: str

    @property
    def checkpoint(self):
        return self.folder / "checkpoint.npz"

    def row(self):
        """What it measured, as a row of the table; None if it is not finished."""
        path = self.folder / "row.json"
        try:
            text = path.read_text()
        except FileNotFoundError:
            return None
        try:
            return self.setting | json.loads(text)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path} is damaged ({error}): delete it, and the run is computed anew") from error

    def begin(self, revision):
        """Write run.json; returns the git revision: all of them, if the checkpoint is of another one."""
        path, revisions = self.folder / "run.json", [revision]
        if self.checkpoint.exists() and path.exists():
            revisions = list(dict.fromkeys([*json.loads(path.read_text())["revisions"], revision]))
        _write_json(path, {"function": self.function_name, "setting": self.setting, "revisions": revisions})
        return ", ".join(filter(None, revisions)) or None

    def finish(self, row):
        """Keep the row.  From then on the run is never computed again."""
        _write_json(self.folder / "row.json", row)

    def forget_failure(self):
        """Take back a failed run's row, so that it counts as not finished."""
        row = self.row()
        if row is not None and row["status"] == "failed":
            (self.folder / "row.json").unlink(missing_ok=True)

    def history(self):
        """The training's history up to its last checkpoint; an empty dict if there is none."""
        try:
            return history_in(self.checkpoint)
        except (OSError, ValueError):  # not there, or damaged: the run itself will say so
            return {}

    @contextmanager
    def claim(self):
        """Whether this process has the run for itself in the block.

        The operating system holds the lock and lets it go when the process ends, however it ends.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def is_claimed(self):
        """Whether some process computes it now."""
        if not (self.folder / "lock").exists():
            return False
        with self.claim() as free:
            return not free

    def __str__(self):
        return self.label


def _write_json(path, content):
    with atomic_write(path, "w") as file:
        json.dump(content, file, indent=1)
