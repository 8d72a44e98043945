"""The command line: one function for each command."""

import argparse
import os
import sys
from pathlib import Path

from . import terminal
from .labs import LabError, all_labs, find_lab
from .running import submission_in, verdicts_on
from .starting import start

DONE, SOME_FAILED, PROBLEM = 0, 1, 2  # exit status


def main(arguments=None):
    """Run a command; return the exit status: 0 all passed, 1 some failed, 2 wrong usage or a problem of ours."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console without some letters shows a ? for them
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    if options.command is None:
        _parser().print_help()
        return PROBLEM
    try:
        return options.run(options)
    except LabError as error:
        terminal.say_problem(error)
    except KeyboardInterrupt:
        print(file=sys.stderr)
    except BrokenPipeError:  # who read it has seen enough (`| head`): nothing more is said, not even at the exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        terminal.say_problem(f"{error.strerror or error}: {error.filename or ''}")
    except Exception as error:
        if os.environ.get("LABS_TRACEBACK"):
            raise
        terminal.say_problem(
            f"the checker itself went wrong ({type(error).__name__}: {error}). "
            "Tell your lecturer; with LABS_TRACEBACK=1 it says where."
        )
    return PROBLEM


def list_command(options):
    for lab in all_labs():
        print(f"{lab.number}  {lab.title}  {terminal.paint(lab.time, 'dim')}")
    return DONE


def start_command(options):
    lab = find_lab(options.lab)
    file, task = start(lab, options.folder)
    print(f"Read {task}, and write your code into {file}.")
    where = "" if Path(options.folder).resolve() == Path.cwd() else f' --folder "{Path(options.folder)}"'
    print(f"Then:  python -m labs check {lab.number}{where}")
    return DONE


def check_command(options):
    lab = find_lab(options.lab)
    return check_once(lab, submission_in(options.folder, lab), options.names)


def check_once(lab, file, names):
    """Print each verdict as soon as it is there; return the exit status."""
    verdicts = []
    for verdict in verdicts_on(lab, file, names):
        print(terminal.verdict_lines(verdict), flush=True)
        verdicts.append(verdict)
    print(terminal.summary_line(verdicts))
    return DONE if all(verdict.passed for verdict in verdicts) else SOME_FAILED


def watch_command(options):
    from .watching import watch

    lab = find_lab(options.lab)
    return watch(lab, submission_in(options.folder, lab), options.names, check_once)


def notebook_command(options):
    from .notebook import write_notebook

    print(write_notebook(find_lab(options.lab), options.folder))
    return DONE


def build_command(options):
    from .release import build

    labs = all_labs(Path(options.labs)) if options.labs else None
    for path in build(options.out, options.upto, options.with_solutions, options.seed, labs):
        print(path)
    return DONE


def grade_command(options):
    from .grading import grade

    results = grade(options.submission, options.lab, options.out, options.references)
    print(f"{results['score']:g} points; see {options.out}")
    return DONE


def report_command(options):
    from .report import report

    report(options.folder, options.lab, options.out, options.references)
    return DONE


def _parser():
    parser = argparse.ArgumentParser(prog="python -m labs", description="A course in labs: gradients by hand.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(name, run, help):
        added = commands.add_parser(name, help=help, description=help)
        added.set_defaults(run=run)
        return added

    def folder(added):
        added.add_argument("--folder", default=".", help="where your files are (default: here)")

    command("list", list_command, "the labs, and how long each takes")
    added = command("start", start_command, "put a lab's files into a folder")
    added.add_argument("lab", type=int, help="the lab's number")
    added.add_argument("folder", help="your folder; it is made if it is not there")
    for name, run, help in (
        ("check", check_command, "check what you have written"),
        ("watch", watch_command, "check again whenever you save"),
    ):
        added = command(name, run, help)
        added.add_argument("lab", type=int, help="the lab's number")
        added.add_argument("names", nargs="*", metavar="NAME", help="only these parts, such as Dense.backward")
        folder(added)
    added = command("notebook", notebook_command, "make a notebook that imports your file, to look and try")
    added.add_argument("lab", type=int, help="the lab's number")
    folder(added)
    if _have("release"):
        _add_build(command)
    if _have("grading"):
        _add_grade(command)
    if _have("report"):
        _add_report(command)
    return parser


def _have(module):
    """Whether this edition has the module: a student's has not those of the lecturer."""
    return (Path(__file__).parent / f"{module}.py").exists()


def _add_build(command):
    added = command("build", build_command, "make student.zip, instructor.zip and autograder zips")
    added.add_argument("--upto", type=int, help="the last lab that students get (default: all)")
    added.add_argument("--with-solutions", type=int, default=-1, metavar="N", help="add the solutions of labs up to N")
    added.add_argument("--seed", type=int, help="of the hidden checks: choose one and keep it to yourself")
    added.add_argument("--labs", help="another folder of labs than ours: your copy, with siblings of your own")
    added.add_argument("--out", default="dist", help="where the zips go (default: dist)")


def _add_grade(command):
    added = command("grade", grade_command, "grade one submission (a file or a folder)")
    added.add_argument("submission", help="the student's file, or the folder it is in")
    added.add_argument("--lab", type=int, help="the lab's number (default: from the file's name)")
    added.add_argument("--out", default="results.json", help="the results, in Gradescope's format")
    added.add_argument("--references", help="the hidden checks' references.npz (default: the visible checks)")


def _add_report(command):
    added = command("report", report_command, "grade a folder of submissions into one table")
    added.add_argument("folder", help="one file or folder for each student")
    added.add_argument("--lab", type=int, required=True, help="the lab's number")
    added.add_argument("--out", default="report.csv", help="the table")
    added.add_argument("--references", help="the hidden checks' references.npz (default: the visible checks)")
