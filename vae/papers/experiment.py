"""What an experiment of a document consists of."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..study import Study

BUDGETS = ("quick", "default", "full")


@dataclass(frozen=True)
class Experiment:
    """A figure, table or claim of a document, with the runs that reproduce it.

    Parameters
    ----------
    name : as in commands and files, such as "difference-over-beta".
    source : what it reproduces: "dissertation, Figure 4.8; paper, Figure 1".
    run : the function of a `vae.study.Study`: trains one model and measures it.
    settings : the runs of each budget: {"quick": minutes, "default": an hour or two on two cores, "full": as many as
        the document}, each a list of settings.
    draw : function (rows, folder_of) -> {name: matplotlib figure}, of the rows that are done; ``folder_of(row)`` is
        where that run left what it wanted to keep.
    trains : whether its runs train a `BetaVAE`, which can be done on a GPU.
    """

    name: str
    source: str
    run: Callable
    settings: dict
    draw: Callable
    trains: bool = True

    def study(self, folder, budget="default", device="cpu"):
        """The `Study` of a budget, with its runs in `folder`; on a GPU, the settings say so.

        Raises ValueError if there is nothing to train on a GPU.
        """
        settings = self.settings[budget]
        if device != "cpu":
            if not self.trains:
                raise ValueError(f"{self.name} trains no network, so there is nothing for a GPU: leave --device out")
            settings = [setting | {"device": device} for setting in settings]
        return Study(Path(folder), self.run, settings)
