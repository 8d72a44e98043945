"""A study: a function, many settings, one table."""

import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from nn.files import writable_folder

from .cluster import on_dask
from .execute import ProcessKilled, in_processes
from .grid import checked, key, name_of, varying
from .progress import Progress
from .runs import OWN_COLUMNS, Run
from .status import Status
from .table import Row

PAUSE = 2  # seconds until we look again at runs that other processes compute
TRIES = 3  # times in a row that processes may be killed before anything is finished


class Study:
    """Many runs of one function, each in a folder of its own, and the table of what they measured.

    Whatever is killed, and however, nothing finished is computed again: a run's folder is named after its setting and
    keeps its row of the table.  More settings in the same folder add only what is new.

    Parameters
    ----------
    folder : where the runs' folders are.
    run : function (setting, folder) -> dict of numbers and texts, at the top level of a module.  It trains one model
        and measures it.  With ``checkpoint=folder / "checkpoint.npz"`` for `BetaVAE.fit` a run that was interrupted
        goes on after its last epoch.  What it leaves in `folder` stays there; the checkpoint goes when it is done.
    settings : list of flat dicts of numbers and texts (see `grid`); one that stands there twice counts once.  If they
        have ``max_epochs``, the status says "epoch 3 of 50".
    check : None, or a function of a setting that raises ValueError if it is unusable.

    Raises TypeError and ValueError for settings that cannot stand in a table.

    Examples
    --------
    >>> study = vae.study.Study("outputs/betas", train, vae.study.grid(beta=[0, 4], random_state=range(5)))
    >>> rows = study.execute()
    >>> vae.study.write_csv("betas.csv", rows)
    """

    def __init__(
        self, folder: str | Path, run: Callable[..., Row], settings: Iterable[Row],
        check: Callable[[Row], object] | None = None,
    ):  # fmt: skip
        self.folder, self.run, self.check = Path(folder).absolute(), run, check  # a worker may be started elsewhere
        settings = {key(run, setting): setting for setting in (checked(each, OWN_COLUMNS) for each in settings)}
        if not settings:
            raise ValueError("a study needs at least one setting")
        shown = varying(settings.values())
        self.runs = [
            Run(
                run,
                name_of(run),
                setting,
                self.folder / name,
                ", ".join(f"{part}={setting.get(part)}" for part in shown),
            )
            for name, setting in settings.items()
        ]

    def execute(self, jobs: int = -1, scheduler: str | None = None, *, retry: bool = False) -> list[Row]:
        """Compute all runs that are not finished, and return the table.

        An error in a run makes a row with the status "failed", and the others go on; a failed run counts as finished
        unless asked to `retry`.  Several processes, also on several machines that share the folder, may execute the
        same study at the same time: each run is computed by one of them, and all return the same table.

        Parameters
        ----------
        jobs : processes side by side, each with one thread; -1 for one for each core.  With 1, all in this process.
        scheduler : address of a Dask scheduler, such as "tcp://host:8786", whose workers compute; None for `jobs`.
        retry : whether failed runs are tried again.

        Raises ValueError from `check` and OSError if the folder cannot be written, both before any work; RuntimeError
        if processes are killed again and again and nothing gets finished any more.  After that or Ctrl-C the same call
        goes on.
        """
        for run in self.runs:
            if self.check is not None:
                self.check(dict(run.setting))
        writable_folder(self.folder)
        for run in self.runs if retry else ():
            run.forget_failure()
        try:
            with Progress(self) as progress:
                tries = TRIES
                while unfinished := self._unfinished():
                    try:
                        if not self._attempt(unfinished, jobs, scheduler, progress):
                            time.sleep(PAUSE)
                    except ProcessKilled:
                        tries = TRIES if len(self._unfinished()) < len(unfinished) else tries - 1
                        if tries == 0:
                            raise
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"{self.status().summary}; the same command goes on from there") from None
        return self.table

    def _unfinished(self):
        return [run for run in self.runs if run.row() is None]

    def _attempt(self, runs, jobs, scheduler, progress):
        """Attempt runs once; whether there was any that no other process had."""
        any_was_free = False
        with closing(in_processes(runs, jobs) if scheduler is None else on_dask(runs, scheduler)) as attempts:
            for was_free in attempts:
                any_was_free |= was_free
                progress.update()
        return any_was_free

    @property
    def table(self) -> list[Row]:
        """The rows of all finished runs, in the order of the settings: flat dicts with the same names.

        These are the settings, the numbers, and ``status`` ("done" or "failed"), ``error``, ``seconds``, the versions
        of ``numpy`` and ``bare-vae``, the git ``revision`` (+ if files had changed) and the ``machine``.  What a row
        does not have is None.
        """
        rows = [row for run in self.runs if (row := run.row()) is not None]
        settings = [name for run in self.runs for name in run.setting]
        numbers = [name for row in rows for name in row if name not in OWN_COLUMNS]
        names = dict.fromkeys((*settings, *numbers, *OWN_COLUMNS))
        return [{name: row.get(name) for name in names} for row in rows]

    def status(self) -> Status:
        """What is done, running, failed and to come, and the time left: ``print(study.status())``."""
        return Status.of(self.runs)

    def folder_of(self, setting: Row) -> Path:
        """The folder of the run with this setting, or of this row of the table."""
        names = {name for run in self.runs for name in run.setting}
        folder = self.folder / key(self.run, {name: value for name, value in setting.items() if name in names})
        if all(run.folder != folder for run in self.runs):
            raise KeyError(f"no run of this study has the setting {setting}")
        return folder
