"""Many trainings, one table: settings, runs that survive being killed, and what they measured."""

from .data import mapped, shapes_set
from .grid import grid
from .study import Study
from .table import read_csv, write_csv

__all__ = ["Study", "grid", "mapped", "read_csv", "shapes_set", "write_csv"]
