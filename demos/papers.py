"""Reproduce the figures and tables of the documents.

python demos/papers.py list                      what there is
python demos/papers.py run NAME [--quick]        compute, draw, write NAME.csv; a killed run goes on where it was
python demos/papers.py run NAME --device gpu     the same on a GPU, which the runs share
python demos/papers.py status [NAME]             what is done, running, failed, and the time left
"""

from pathlib import Path

from skeleton import parser, share, start  # first: it imports vae before NumPy

import nn
from nn.files import writable_folder
from vae.evaluation import plots
from vae.papers import EXPERIMENTS
from vae.papers.experiment import BUDGETS
from vae.study import write_csv

OUTPUT = Path("outputs/papers")
SUFFIXES = {"cpu": "", "gpu": "-gpu"}  # of an experiment's folder


def main(arguments=None):
    start(parse, lambda options: options.command(options), arguments)


def parse(arguments):
    command = parser(__doc__)
    commands = command.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("list", help="every experiment, what it reproduces, and its runs").set_defaults(
        command=list_experiments
    )
    run = commands.add_parser("run", help="compute one experiment and draw it")
    run.add_argument("name", metavar="NAME", choices=EXPERIMENTS, help="as in the list")
    budget = run.add_mutually_exclusive_group()
    for name, words in (("quick", "minutes"), ("full", "as many runs and epochs as the document")):
        budget.add_argument(f"--{name}", dest="budget", action="store_const", const=name, help=words)
    share(run, "device", choices=list(SUFFIXES), help="where to train (default: cpu)")
    run.add_argument("--jobs", type=int, default=-1, help="processes, each with one thread; -1: one for each core")
    run.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask scheduler whose workers compute: docs/study.md")
    run.add_argument("--retry", action="store_true", help="try runs again that failed")
    run.add_argument("--output", type=Path, help=f"folder for the results (default: NAME-BUDGET in {OUTPUT}, or "
                     "NAME-BUDGET-gpu)")  # fmt: skip
    run.set_defaults(command=run_experiment, budget="default")
    status = commands.add_parser("status", help="how far the experiments are")
    status.add_argument("name", metavar="NAME", nargs="?", choices=EXPERIMENTS, help="one experiment only")
    status.add_argument("--output", type=Path, default=OUTPUT, help="folder that holds the experiments' folders")
    status.set_defaults(command=print_status)
    return command.parse_args(arguments)


def list_experiments(_):
    for name, experiment in EXPERIMENTS.items():
        sizes = ", ".join(f"{len(experiment.settings[budget])} {budget}" for budget in BUDGETS)
        print(f"{name}\n    {experiment.source}\n    runs: {sizes}")


def run_experiment(options):
    experiment = EXPERIMENTS[options.name]
    folder = options.output or OUTPUT / f"{options.name}-{options.budget}{SUFFIXES[options.device]}"
    study = experiment.study(folder / "runs", options.budget, options.device)
    if options.scheduler is None:
        nn.choose_device(options.device)
    output = writable_folder(folder)
    print(f"{options.name}: {experiment.source}\n{study.status()}", flush=True)
    rows = study.execute(options.jobs, options.scheduler, retry=options.retry)
    write_csv(output / f"{options.name}.csv", rows)
    done = [row for row in rows if row["status"] == "done"]
    figures = experiment.draw(done, study.folder_of) if done else {}
    for name, figure in figures.items():
        plots.save(figure, output / f"{name}.png")
    print(f"{study.status()}\n{', '.join([f'{options.name}.csv', *(f'{name}.png' for name in figures)])}: in {output}/")
    if len(done) < len(rows):
        print("The same command with --retry tries the failed runs again.")


def print_status(options):
    begun = [
        (name, budget, device, folder)
        for name in ([options.name] if options.name else EXPERIMENTS)
        for budget in BUDGETS
        for device, suffix in SUFFIXES.items()
        if (folder := options.output / f"{name}-{budget}{suffix}").exists()
    ]
    for name, budget, device, folder in begun:
        words = f"{name}, {budget}{', on a GPU' if device == 'gpu' else ''}"
        print(f"{words}: {EXPERIMENTS[name].study(folder / 'runs', budget, device).status()}")
    if not begun:
        print(f"There is no folder {options.name or 'NAME'}-BUDGET in {options.output}/: nothing was begun there.")


if __name__ == "__main__":
    main()
