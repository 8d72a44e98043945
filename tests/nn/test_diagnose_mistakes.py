"""Planted mistakes get their names, unforeseen ones a name or a place, arbitrary corruptions no name."""

from collections import Counter

import naming
import planted
import pytest

import nn

SLOW = (planted.Conv, planted.TwoLayers)


@pytest.mark.parametrize("mistake", planted.CLASSIC, ids=lambda mistake: mistake.title.replace("\n", " "))
def test_a_classic_mistake_gets_its_name_and_no_other(mistake):
    finding = naming.diagnosed(mistake)
    assert not finding.ok
    if mistake.name:
        assert finding.names == (mistake.name,)
    else:
        assert finding.stage == "forward"  # forward and backward consistently wrong: only the reference knows


@pytest.mark.parametrize(
    "subject", dict.fromkeys([*(m.subject for m in planted.CLASSIC), planted.TwoLayers]), ids=lambda s: s.__name__
)
def test_nothing_is_found_in_what_is_right(subject):
    right = subject() if isinstance(subject, type) else subject
    finding = nn.diagnose(right, *planted.arguments(subject), **planted.options(subject))
    assert finding.ok, finding
    assert finding.stage == "passed"


def test_nine_in_ten_unforeseen_mistakes_get_a_name_or_a_place():
    some = [mistake for mistake in planted.UNFORESEEN if mistake.subject not in SLOW][::2]
    findings = [naming.diagnosed(mistake) for mistake in some]
    assert not any(finding.ok for finding in findings)
    placed = [finding for finding in findings if finding.name or finding.location != "everywhere"]
    assert len(placed) >= 0.9 * len(findings)


def test_arbitrary_corruptions_get_no_name():
    subjects = [planted.Dense, planted.Tanh, planted.Softmax, planted.BatchNorm, planted.kl, planted.cross_entropy]
    total = sum(naming.of_corruptions(200, 1, subjects).values(), Counter())
    assert total.total() > 180
    assert total["falsely named"] < 2
