"""The list of unforeseen mistakes still fits the solutions, and its script asks what a student asks."""

import pytest
import unforeseen

from labs.harness.labs import all_labs, find_lab
from labs.harness.mistakes import Mistake, plant
from labs.harness.references import references
from labs.harness.running import verdicts_on
from labs.harness.stub import full_solution

LABS = all_labs()
SIGN = ("centre", "X - X.mean(axis=0)", "X + X.mean(axis=0)", "the mean's sign")
RIGHT = ("centre", "X.mean(axis=0)", "X.sum(axis=0) / len(X)", "nothing: the same in other words")
RAISES = ("centre", "X.mean(axis=0)", "Y.mean(axis=0)", "a wrong variable")


@pytest.mark.parametrize("number", unforeseen.LISTS)
def test_every_mistake_can_be_planted_and_has_a_name_of_its_own(number, lab):
    mistakes, source = unforeseen.mistakes_of(number)[lab.number], full_solution(lab)
    assert len(mistakes) > 10
    assert len({unforeseen.key_of(lab, mistake) for mistake in mistakes}) == len(mistakes)
    for mistake in mistakes:
        planted = plant(source, mistake)
        assert planted != source
        compile(planted, lab.file_name, "exec")


@pytest.mark.parametrize("number", unforeseen.LISTS)
def test_every_verdict_is_on_a_mistake_of_the_list(number):
    judged, listed = unforeseen.judged_of(number), unforeseen.mistakes_of(number)
    keys = {unforeseen.key_of(lab, mistake) for lab in LABS for mistake in listed[lab.number]}
    assert judged.keys() <= keys
    assert {verdict for verdict, _ in judged.values()} <= set(unforeseen.VERDICTS) - {"passed", "not judged"}


@pytest.mark.parametrize("entry", [SIGN, RAISES], ids=["differs", "raises"])
def test_the_answer_is_the_one_that_a_student_reads(entry, tmp_path):
    lab, mistake = find_lab(0), Mistake(*entry)
    file = tmp_path / "lab0.py"
    file.write_text(plant(full_solution(lab), mistake))
    known = references(lab)
    (verdict,) = verdicts_on(lab, file, ["centre"], known)
    assert verdict.message
    assert unforeseen.answer_to(lab, mistake, known) == f"centre: {verdict.mistake or '(no name)'}\n{verdict.message}"


def test_the_table_counts_what_passes_and_what_nobody_has_judged(monkeypatch, capsys):
    monkeypatch.setattr(unforeseen, "mistakes_of", lambda number: {0: [Mistake(*SIGN), Mistake(*RIGHT)]})
    monkeypatch.setattr(unforeseen, "judged_of", lambda number: {})
    monkeypatch.setattr("sys.argv", ["unforeseen.py", "--lab", "0"])
    unforeseen.main()
    assert dict(counts(capsys)) == {"mistakes": 2, "passed": 1, "not judged": 1}
    key = unforeseen.key_of(find_lab(0), Mistake(*SIGN))
    said = unforeseen.answer_to(find_lab(0), Mistake(*SIGN), references(find_lab(0)))
    for seen, verdict in ((unforeseen.hash_of(said), "named"), ("another", "not judged")):
        monkeypatch.setattr(unforeseen, "judged_of", lambda number, seen=seen: {key: ["named", seen]})
        unforeseen.main()
        assert dict(counts(capsys)) == {"mistakes": 2, "passed": 1, verdict: 1}


def counts(capsys):
    """(column, number) of the table's last line, without zeros."""
    *_, row = capsys.readouterr().out.splitlines()
    columns = ("mistakes", *unforeseen.VERDICTS)
    return [(column, int(number)) for column, number in zip(columns, row.split()[1:], strict=True) if int(number)]
