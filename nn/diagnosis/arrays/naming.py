"""The five techniques in order, and what keeps them from false names.

A name is given only if the candidate is the gradient in all draws, to 1e-6, and is no near copy of the truth.  The
first technique with a name ends the search; if several of its candidates fit, all are told, since they are the same
numbers.
"""

import numpy as np

from .dictionary import short_formula
from .error_along import error_along
from .error_formula import error_formula
from .evidence import RIGHT, distance, scale
from .factors import constant_ratio
from .finding import Finding
from .known_factor import known_factor
from .location import locate, place_of, wrong_elements
from .mutants import known_mutants, matching, mutants_with_nan
from .single_number import error_of_number
from .one_quantity import depends_on_one
from .operators import moved_about, moved_partly
from .powers import power_of_a_quantity, product_of_powers
from .products import wrong_factor
from .rank import wrong_as_matrix
from .reordered import bent, out_of_order, spread_out
from .regression import something_added, wrong_summands, wrong_terms
from .rest import power_of_the_rest
from .row_sums import wrong_sums
from .spans import named_along, wrong_along
from .summed import product_of_tables, summed_formula

TOLD = 3  # so many names at most
SINGLE_PRECISION = 2e-6  # a relative error up to this is what float32 leaves


def name_gradient(evidence, further=(), observe=None):
    """The `Finding` for one array.

    further : functions of the evidence that return matches, tried after the five techniques.
    observe : more of them, for a gradient of which only elements could be listed; their matches need no name.
    """
    finding = wrong_shape(evidence)
    if finding:
        return finding
    if evidence.is_right():
        return Finding(True, f"your {evidence.label} is right", stage="passed")
    if _is_rounded(evidence):
        message = f"your {evidence.label} is right to about 7 digits only. Look for float32 on the way to it."
        return Finding(False, message, "float32 inside", "everywhere", array=evidence.label)
    return _finding(explanations(evidence, further, observe), evidence)


def explanations(evidence, further=(), observe=None):
    """The best matches for a wrong gradient: names which fit equally well, or one observation, which may be vague."""
    return _named(evidence, further) or [_located(evidence, observe)]


def _located(evidence, observe):
    found = locate(evidence)
    if found.name is None and found.vague:
        techniques = observe or OBSERVATIONS
        found = next((match for technique in techniques for match in technique(evidence)), found)
    return found


def _named(evidence, further):
    if not all(np.isfinite(g).all() for g in evidence.gradient):
        same = mutants_with_nan(evidence)
        return same[:TOLD]
    seen = []
    for technique in (*TECHNIQUES, *further):
        matches = technique(evidence)
        named = {match.name: match for match in matches if match.name}
        if named:
            return list(named.values())[:TOLD]
        seen += matches
        if technique is constant_ratio and matches:
            break  # nothing is more exact
    return seen[:1]


def _mutants_and_operators(evidence):
    return matching([*known_mutants(evidence), *moved_about(evidence)], evidence) or moved_partly(evidence)


TECHNIQUES = (
    constant_ratio, _mutants_and_operators, power_of_a_quantity, wrong_terms, short_formula, product_of_powers,
    something_added, wrong_summands, named_along, summed_formula, product_of_tables,
)  # fmt: skip


def _known_factor(evidence):
    return known_factor(evidence, lambda other: explanations(other, observe=SIMPLE))


SIMPLE = (error_formula, error_along, depends_on_one)
OBSERVATIONS = (
    error_of_number, out_of_order, spread_out, wrong_along, _known_factor, wrong_factor, error_formula, error_along,
    depends_on_one, power_of_the_rest, bent, wrong_sums, wrong_as_matrix,
)  # fmt: skip


def _finding(matches, evidence):
    first = matches[0]
    message = f"{first.seen[:1].upper()}{first.seen[1:]}."
    if first.look:
        message += f" {first.look}"
    for other in matches[1:]:
        message += f" Or, with the same numbers: {other.seen}."
    others = tuple(match.name for match in matches[1:])
    location = _place(evidence) if first.name and first.location == "everywhere" else first.location
    return Finding(False, message, first.name, location, array=evidence.label, others=others)


def _place(evidence):
    """Where the gradient is wrong by a mistake that has a name, which may be in a part only."""
    wrong, total = (sum(int(f(m)) for m in wrong_elements(evidence)) for f in (np.sum, np.size))
    return place_of(evidence) or f"{'nearly everywhere: ' if wrong > 0.9 * total else ''}in {wrong} of {total} elements"


def _is_rounded(evidence):
    errors = [distance(g, t) / scale(t) for g, t in zip(evidence.gradient, evidence.truth, strict=True)]
    return (
        max(errors) <= SINGLE_PRECISION
        and min(errors) > RIGHT / 100
        and all((g != t).mean() > 0.5 for g, t in zip(evidence.gradient, evidence.truth, strict=True))
    )


def wrong_shape(evidence):
    """A finding if the gradient's shape is not the truth's, else None."""
    pairs = list(zip(evidence.gradient, evidence.truth, strict=True))
    if all(g.shape == t.shape for g, t in pairs):
        return None
    g, t = next(pair for pair in pairs if pair[0].shape != pair[1].shape)
    sizes = evidence.sizes[0]
    seen = f"Your {evidence.label} has the shape {g.shape}, and it should have {t.shape}."
    name, look = _shape_name(g, t, sizes)
    if name is None and all(a.ndim == b.ndim for a, b in pairs):
        look = _wrong_lengths([a.shape for a, _ in pairs], [b.shape for _, b in pairs])
    return Finding(False, f"{seen} {look}".strip(), name, "shape", "shape", evidence.label)


def _wrong_lengths(mine, right):
    """Words for the axes whose lengths are wrong, with the lengths of all draws."""
    if all(sorted(a) == sorted(b) for a, b in zip(mine, right, strict=True)):
        return "The lengths are right, and stand in another order: have axes changed places?"
    words = []
    for axis, lengths in enumerate(zip(zip(*mine, strict=True), zip(*right, strict=True), strict=True)):
        off = [a - b for a, b in zip(*lengths, strict=True)]
        if any(off):
            always = (
                f"by {abs(off[0])} in all draws"
                if len(set(off)) == 1
                else f"by {', '.join(map(str, off))} (draw by draw)"
            )
            long = "too long" if off[0] > 0 else "too short"
            words.append(f"axis {axis} is {long if len(set(off)) == 1 else 'off'} {always}")
    return f"Of its axes, {' and '.join(words)}: which numbers make up that length?"


def _shape_name(g, t, sizes):
    if g.size == t.size and np.squeeze(g).shape == np.squeeze(t).shape:
        name = f"kept as {g.shape}" if g.ndim > t.ndim else f"squeezed to {g.shape}"
        return name.replace(str(g.shape), "(1, n)") if g.ndim == 2 and g.shape[0] == 1 else name, (
            "Only axes of length 1 differ: look at keepdims and at the shape the array is made with."
        )
    if g.ndim == t.ndim == 2 and g.shape == t.shape[::-1]:
        return "transposed", "The two axes are exchanged: compare the order of the two factors of the product."
    if g.ndim > t.ndim and g.shape[g.ndim - t.ndim :] == t.shape:
        return "not summed over the batch", f"The axis of length {g.shape[0]} in front was to be summed over."
    if g.ndim == 0 or g.size == 1:
        return "summed over everything", "One axis too many is summed over."
    known = [name for name, size in sizes.items() if g.ndim == 1 and size == g.size]
    if g.ndim <= t.ndim and t.ndim == 1 and known:
        return "summed over the wrong axis", f"{g.size} is the {known[0]} size: which axis is to disappear in the sum?"
    if g.ndim < t.ndim:
        return "summed over too many axes", "An axis is missing: look at the sums."
    return None, "Compare the shapes of all factors."
