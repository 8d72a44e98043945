"""A study: a function, many settings, one table."""

import time
from pathlib import Path

from nn.files import writable_folder

from .execute import compute
from .grid import checked, key
from .progress import Progress
from .runs import OWN_COLUMNS, Run
from .status import Status

PAUSE = 2  # seconds before we look again at runs that another process computes


class Study:
    """Many runs of one function, each in a folder of its own, and the table of what they measured.

    Whatever is killed, and however, nothing finished is computed again: every run is a folder, named after its setting,
    that ends with a row of the table.  Other settings in the same folder only add what is new.

    Parameters
    ----------
    folder : where the runs' folders are.
    run : function (setting, folder) -> dict of numbers and texts, at the top level of a module.  It trains one model
        and measures it.  With ``checkpoint=folder / "checkpoint.npz"`` for `BetaVAE.fit` a run that was interrupted
        goes on after its last epoch.  What it leaves in `folder` stays there; the checkpoint goes when it is done.
    settings : list of flat dicts of numbers and texts (see `grid`); one that stands there twice counts once.  If they
        have ``max_epochs``, the progress says "epoch 3 of 50".
    check : None, or a function of a setting that raises ValueError if it is unusable.

    Raises TypeError and ValueError for settings that cannot stand in a table, before any work.

    Examples
    --------
    >>> study = vae.study.Study("outputs/betas", train, vae.study.grid(beta=[0, 4], random_state=range(5)))
    >>> rows = study.execute()
    >>> vae.study.write_csv("betas.csv", rows)
    """

    def __init__(self, folder, run, settings, check=None):
        self.folder, self.check = Path(folder), check
        settings = [checked(setting, OWN_COLUMNS) for setting in settings]
        if not settings:
            raise ValueError("a study needs at least one setting")
        self.run = run
        self.runs = {}
        for setting in settings:
            name = key(run, setting)
            self.runs.setdefault(name, Run(run, setting, self.folder / name))

    def execute(self, jobs=-1, scheduler=None, *, retry=False):
        """Compute all runs that are not finished, and return the table.

        An error in a run makes a row with the status "failed", and the others go on.  Failed runs stay as they are
        unless asked to `retry`.  Several processes, on several machines that share the folder, may execute the same
        study at the same time: each run is computed by one of them.

        Parameters
        ----------
        jobs : processes side by side, each with one thread; -1 for one for each core.  With 1, all in this process.
        scheduler : address of a Dask scheduler ("tcp://host:8786"), whose workers then compute; or None.
        retry : whether to try runs again that failed.

        Raises ValueError from `check`, OSError if the folder cannot be written, both before any work.  After Ctrl-C,
        the same call goes on.
        """
        for run in self.runs.values():
            if self.check is not None:
                self.check(dict(run.setting))
        writable_folder(self.folder)
        for run in self.runs.values() if retry else ():
            run.forget_failure()
        try:
            with Progress(self) as progress:
                while unfinished := [run for run in self.runs.values() if run.row() is None]:
                    had_any = False
                    for computed in compute(unfinished, jobs, scheduler):
                        had_any |= computed
                        progress.update()
                    if not had_any:
                        time.sleep(PAUSE)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"{self.status().summary}; the same command goes on from there") from None
        return self.table

    @property
    def table(self):
        """The rows of all runs that are finished, in the order of the settings.

        Each has the settings, the numbers, and ``status`` ("done" or "failed"), ``error``, ``seconds``, the versions
        ``numpy`` and ``bare-vae``, the git ``revision`` (+ if files had changed) and the ``machine``; None for what a
        row does not have.
        """
        rows = [row for run in self.runs.values() if (row := run.row()) is not None]
        settings = dict.fromkeys(name for run in self.runs.values() for name in run.setting)
        numbers = dict.fromkeys(name for row in rows for name in row if name not in OWN_COLUMNS)
        return [{name: row.get(name) for name in {**settings, **numbers} | dict.fromkeys(OWN_COLUMNS)} for row in rows]

    def status(self):
        """What is done, running, failed and to come, and the time left; print it."""
        return Status.of(self.runs.values())

    def folder_of(self, setting):
        """The folder of the run with this setting, or with the setting of this row."""
        names = {name for run in self.runs.values() for name in run.setting}
        name = key(self.run, {name: value for name, value in setting.items() if name in names})
        if name not in self.runs:
            raise KeyError(f"no run of this study has the setting {setting}")
        return self.runs[name].folder
