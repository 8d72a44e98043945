"""Is a training step slower than it was?  This checkout and another one, each in a process of its own, in turns.

    git worktree add --detach ../before COMMIT
    python tests/benchmarks/two_checkouts.py ../before

While one side computes, the other one waits, so that both see the same machine, whose speed drifts.  A ratio is the
median over the turns of this checkout's time over the other's.  Where arrays lie in memory differs from process to
process by some per cent: hence several starts, a column for each.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

STEPS = {
    "shapes-dense": 5, "shapes-conv": 3, "mnist-dense": 30, "mnist-conv": 15, "frey-conv": 3, "digits-conv": 2,
    "mixing-dense": 50,
}  # fmt: skip
HERE = Path(__file__).parents[2]
WORKER = """
import sys, time
import nn
sys.path[:0] = ["tests/oracles", "tests/benchmarks"]
from torch_networks import EXPERIMENTS
from training_step import minibatch, our_step
experiment = EXPERIMENTS[sys.argv[1]]
step, *_ = our_step(experiment, *minibatch(experiment))
for line in sys.stdin:
    step()
    start = time.perf_counter()
    for _ in range(int(line)):
        step()
    print((time.perf_counter() - start) / int(line), flush=True)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path, help="the other checkout")
    parser.add_argument("--networks", nargs="+", choices=STEPS, default=list(STEPS), metavar="NAME")
    parser.add_argument("--turns", type=int, default=14, help="of each side")
    parser.add_argument("--starts", type=int, default=2, help="of both processes")
    options = parser.parse_args()
    if not (options.before / "tests" / "benchmarks" / "training_step.py").exists():
        sys.exit(f"{options.before} is no checkout of this project: git worktree add --detach {options.before} COMMIT")
    print("network: now / before, a number for each start")
    for name in options.networks:
        ratios = [compare(name, options.before, options.turns) for _ in range(options.starts)]
        print(f"{name}: {'  '.join(f'{ratio:.3f}' for ratio in ratios)}", flush=True)


def compare(name, before, turns):
    """The median ratio of the turns."""
    sides = [start(name, folder) for folder in (HERE, before)]
    ratios = []
    for turn in range(turns):
        order = sides if turn % 2 else sides[::-1]
        seconds = {id(side): ask(side, STEPS[name]) for side in order}
        ratios.append(seconds[id(sides[0])] / seconds[id(sides[1])])
    for side in sides:
        side.communicate()
    return statistics.median(ratios)


def start(name, folder):
    """A process of that checkout, which takes as many steps as it is told."""
    environment = os.environ | {"PYTHONPATH": str(folder.resolve())}
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, name], cwd=folder, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def ask(side, steps):
    """Seconds for one of its steps."""
    side.stdin.write(f"{steps}\n")
    side.stdin.flush()
    answer = side.stdout.readline()
    if not answer:
        sys.exit("a checkout's process ended: see its error above")
    return float(answer)


if __name__ == "__main__":
    main()
