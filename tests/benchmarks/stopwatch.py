"""A watch for the parts of something that is done again and again."""

import time
from collections import Counter

import numpy as np


class Stopwatch:
    """Adds up the seconds of functions by name, for every step anew; a call inside of another is part of the other."""

    def __init__(self):
        self.steps = []
        self._running = False

    def timed(self, function, *name):
        def call(*arguments, **options):
            if self._running:
                return function(*arguments, **options)
            self._running, start = True, time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                self.steps[-1][name] += time.perf_counter() - start
                self._running = False

        return call

    def run(self, step):
        """Take one step and time it."""
        self.steps.append(Counter())
        start = time.perf_counter()
        step()
        self.steps[-1]["whole",] = time.perf_counter() - start

    def milliseconds(self, *name):
        """The median over all steps; 0 for what has no such name."""
        return 1000 * float(np.median([times[name] for times in self.steps]))
