"""What `python -m labs check` tells a student about mistakes that nobody foresaw.

    python tests/benchmarks/unforeseen.py > answers.txt               the fifth list: each mistake, and what is said
    python tests/benchmarks/unforeseen.py --list 3 --lab 2            one lab of the third

Every mistake of ``unforeseen5_list.py`` is put into a copy of the lab's solution, and the lab's checks run on it as on
a student's file.  Below the answers stands a table of how they were judged, by hand: "named", the mistake in whatever
words; "located", the right array and the true part of it, or the true way in which it is wrong; "everywhere", the right
array and no more; "passed", no check noticed; "missed", what is said leads nowhere; "false", something untrue is said.
The judgements are kept in ``unforeseen5_verdicts.json``, each with its answer's hash: another answer is "not judged".
"""

import argparse
import contextlib
import hashlib
import importlib
import json
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from tqdm import tqdm

from labs.harness.child import EXPERIMENTS, load
from labs.harness.experiments import outcomes
from labs.harness.judging import FAILED, judge
from labs.harness.labs import all_labs, find_lab
from labs.harness.mistakes import Mistake, plant
from labs.harness.references import references
from labs.harness.sandbox import Answer, run_check
from labs.harness.stub import full_solution

LISTS = (3, 4, 5)
VERDICTS = ("named", "located", "everywhere", "passed", "missed", "false", "not judged")


def mistakes_of(number):
    """{lab: [`Mistake`]} of a list, each called by what is wrong and where."""
    listed = importlib.import_module(f"unforeseen{number}_list").MISTAKES
    return {lab: [Mistake(*entry) for entry in entries] for lab, entries in listed.items()}


def judged_of(number):
    """{mistake: [verdict, hash of the answer]} of a list."""
    return json.loads(Path(__file__).with_name(f"unforeseen{number}_verdicts.json").read_text(encoding="utf-8"))


def key_of(lab, mistake):
    return f"{lab.number} {mistake.part}: {mistake.name}"


def answer_to(lab, mistake, known):
    """What the lab's failed checks say: a block of lines for each; an empty text if all passed.

    ValueError if the mistake's text does not stand exactly once in the part of the solution.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / lab.file_name
        file.write_text(plant(full_solution(lab), mistake), encoding="utf-8")
        module, verdicts = load(f"lab{lab.number}_unforeseen", file), {}
        for check in lab.checks:
            answer = here(check, module, known[check.part].inputs) or run_check(
                check, lab.folder / "checks.py", known[check.part].inputs, file
            )
            ask = asking(check, module, known[check.part].inputs)
            verdicts[check.part] = judge(check, answer, known[check.part], verdicts, ask)
    failed = [verdict for verdict in verdicts.values() if verdict.status == FAILED]
    return "\n".join(f"{v.check.part}: {v.mistake or '(no name)'}\n{v.message}" for v in failed)


def here(check, module, draws):
    """The check's `Answer` without a process of its own, in a tenth of the time; None if it is more than numbers."""
    with contextlib.suppress(Exception), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        answers = [check.arrays(module, inputs) for inputs in draws]
        if all(array.dtype.kind in "biuf" for arrays in answers for array in arrays.values()):
            return Answer("done", draws=answers)
    return None


def asking(check, module, draws):
    """What the student's code does with changed inputs, without a process of its own."""
    return lambda: [outcomes(check, module, inputs, EXPERIMENTS / len(draws)) for inputs in draws]


def verdict_on(key, answer, judged):
    """How `answer` was judged; "passed" needs no judge, and for another answer than this one there is none."""
    if not answer:
        return "passed"
    verdict, seen = judged.get(key, ("not judged", ""))
    return verdict if seen == hash_of(answer) else "not judged"


def hash_of(answer):
    return hashlib.sha256(answer.encode()).hexdigest()[:12]


def table(verdicts):
    """Lines: for each lab, and for all, how many mistakes there are and how the answers were judged."""
    rows = {f"lab {lab}": Counter(found) for lab, found in verdicts.items()}
    rows["all"] = sum(rows.values(), Counter())
    lines = [f"{'':8}{'mistakes':>10}" + "".join(f"{verdict:>12}" for verdict in VERDICTS)]
    for name, row in rows.items():
        lines.append(f"{name:8}{row.total():>10}" + "".join(f"{row[verdict]:>12}" for verdict in VERDICTS))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--list", type=int, choices=LISTS, default=LISTS[-1], help="which list (default: the last)")
    parser.add_argument("--lab", type=int, help="the mistakes in one lab (default: in all)")
    options = parser.parse_args()
    mistakes, judged = mistakes_of(options.list), judged_of(options.list)
    labs = all_labs() if options.lab is None else [find_lab(options.lab)]
    verdicts = {lab.number: [] for lab in labs}
    with tqdm(total=sum(len(mistakes[lab.number]) for lab in labs), file=sys.stderr) as bar:
        for lab in labs:
            known = references(lab)
            for mistake in mistakes[lab.number]:
                key, answer = key_of(lab, mistake), answer_to(lab, mistake, known)
                verdict = verdict_on(key, answer, judged)
                verdicts[lab.number].append(verdict)
                print(f"--- {key}\n[{verdict} {hash_of(answer)}]\n{answer}\n", flush=True)
                bar.update()
    print("\n".join(table(verdicts)))


if __name__ == "__main__":
    main()
