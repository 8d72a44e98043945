"""What a diagnosis says, and how it says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, named if it could be, or the statement that nothing is.

    Attributes
    ----------
    ok : nothing wrong was found.
    name : a short stable key such as ``"batch not divided"``, or None if the mistake could only be located.
    location : where the array differs ("rows 0 and 3", "border", "everywhere", "the term through the mean"), or None.
    message : what was seen and where to look, in sentences to a student.
    stage : how far the diagnosis came: ``"written"``, ``"shape"``, ``"changed"``, ``"forward"``, ``"gradient"``,
        ``"state"`` or ``"passed"``.
    array : which array is wrong ("dx", "weight.grad"), or None.
    others : further names that explain the same numbers as well; empty where the name is certain.
    """

    ok: bool
    message: str
    name: str | None = None
    location: str | None = None
    stage: str = "gradient"
    array: str | None = None
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names that explain the numbers: none, one, or several which cannot be told apart."""
        return () if self.name is None else (self.name, *self.others)

    def __str__(self):
        return self.message
