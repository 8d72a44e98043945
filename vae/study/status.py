"""How far a study is."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Status:
    """The runs of a study by their state; ``print(status)`` shows it.

    done, failed, running, waiting : lists of runs.  running: some process computes it now.
    errors : what the failed ones ended with.
    seconds_left : an estimate, None before any run is done.
    """

    done: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    running: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    seconds_left: float | None = None

    @classmethod
    def of(cls, runs):
        """Look at the folders of the runs."""
        status, rows = cls(), []
        for run in runs:
            row = run.row()
            if row is None:
                (status.running if run.is_claimed() else status.waiting).append(run)
            elif row["status"] == "done":
                status.done.append(run)
                rows.append(row)
            else:
                status.failed.append(run)
                status.errors.append(row["error"])
        if rows:
            left = [remaining(run, rows) for run in (*status.running, *status.waiting)]
            status.seconds_left = sum(left) / max(1, len(status.running))
        return status

    @property
    def summary(self):
        """One line."""
        n = sum(map(len, (self.done, self.failed, self.running, self.waiting)))
        parts = [f"{len(self.done)} of {n} runs done"]
        for name in ("failed", "running", "waiting"):
            if runs := getattr(self, name):
                parts.append(f"{len(runs)} {name}")
        if self.seconds_left:
            parts.append(f"about {duration(self.seconds_left)} left")
        return ", ".join(parts)

    def __str__(self):
        lines = [self.summary]
        lines += [f"  running: {run}{epoch(run)}" for run in self.running]
        lines += [f"  failed: {run}: {error}" for run, error in zip(self.failed, self.errors, strict=True)]
        lines += [f"  interrupted: {run}{epoch(run)}" for run in self.waiting if epoch(run)]
        return "\n".join(lines)


def remaining(run, rows):
    """Seconds that a run will still take: as those finished ones took that share the most settings with it."""
    shared = [sum(row.get(name) == value for name, value in run.setting.items()) for row in rows]
    alike = [row["seconds"] for row, count in zip(rows, shared, strict=True) if count == max(shared)]
    return max(0.0, float(np.mean(alike)) - sum(run.history().get("seconds", ())))


def epoch(run):
    """ ", epoch 3 of 50" of a run in training, as far as it is known."""
    done = run.history().get("epoch")
    if not done:
        return ""
    most = run.setting.get("max_epochs")
    return f", epoch {done[-1]}" + (f" of {most}" if most else "")


def duration(seconds):
    """In words: "40 s", "12 min", "3 h 5 min"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
