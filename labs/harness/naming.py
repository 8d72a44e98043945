"""Asks `nn.diagnosis` which mistake makes a student's array wrong.

What an array may be explained by (facts) comes from the lab's ``mistakes.py``, ``facts(part, inputs, truth)``, which
returns {"dx/terms/through the mean": array, ...}: the array's name, one of `diagnose`'s arguments, and a name for messages.
``dx/axes/`` alone holds the names of its axes.
"""

from nn.diagnosis import diagnose

KINDS = ("sizes", "constants", "quantities", "terms", "mutants", "summands")


def name_mistake(name, gs, reference):
    """(name, words) of the mistake that explains the arrays `gs` of every draw; no name if nothing does so."""
    truths = [truth[name] for truth in reference.truths]
    draws = [_of_array(name, facts) for facts in reference.facts]
    options = {kind: [facts.get(kind, {}) for facts in draws] for kind in KINDS if any(kind in facts for facts in draws)}
    axes = draws[0].get("axes", {}).get("")
    if axes is not None:
        options["axes"] = tuple(axes.tolist())
    finding = diagnose(gs, truths, name=name, **options)
    return " or ".join(finding.names), finding.message


def _of_array(name, facts):
    """{kind: {name: array}} of the facts about the array `name`."""
    found = {}
    for key, value in facts.items():
        array, kind, what = key.split("/", 2)
        if array == name:
            found.setdefault(kind, {})[what] = value.item() if kind in ("sizes", "constants") else value
    return found
