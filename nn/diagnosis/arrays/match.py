"""What one technique found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Match:
    """An explanation of the gradient: its key (None: only an observation), what was seen, and where to look."""

    name: str | None
    seen: str
    look: str = ""
    location: str = "everywhere"
    vague: bool = False  # the location says little: everywhere, or only a list of elements


def number(value):
    """A number as a student would write it: 5, -1, 1/7, 0.3162."""
    if abs(value - round(value)) < 1e-6 * max(1, abs(value)):
        return str(round(value))
    if value and abs(1 / value - round(1 / value)) < 1e-6 * abs(1 / value) and abs(1 / value) < 1e6:
        return f"{'-' if value < 0 else ''}1/{abs(round(1 / value))}"
    return f"{value:.4g}"


def numbers(values):
    """The values of the draws, once if they are all the same."""
    texts = [number(value) for value in values]
    return texts[0] if len(set(texts)) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]} (draw by draw)"
