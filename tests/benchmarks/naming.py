"""How often `nn.diagnose` gives the right name, only a place, nothing, or a false name.

Three tables, with one seed: the classic mistakes and the unforeseen ones of `planted`, both in whole layers; and
arbitrary corruptions of right gradients, which have no name and must be given none.

    python tests/benchmarks/naming.py [--corruptions 1000] [--seed 0]
"""

import argparse
from collections import Counter

import numpy as np
import planted
from tqdm import tqdm

import nn
from nn.diagnosis.case import cases_of
from nn.diagnosis.formulas import known_about
from nn.diagnosis.from_jacobian import evidence_of
from nn.diagnosis.arrays.naming import name_gradient
from nn.diagnosis.substitution import substituted

SUBJECTS = [
    planted.Dense,
    planted.Tanh,
    planted.Sigmoid,
    planted.ReLU,
    planted.Softmax,
    planted.BatchNorm,
    planted.squared_error,
    planted.cross_entropy,
    planted.bernoulli,
    planted.kl,
    planted.Sample,
    planted.Conv,
]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--corruptions", type=int, default=1000, help="how many arbitrary corruptions are tried")
    options.add_argument("--seed", type=int, default=0)
    options = options.parse_args()
    print_table("mistakes", {"classic": of_classic(), "unforeseen": of_unforeseen()})
    print()
    print_table("arbitrary corruptions", of_corruptions(options.corruptions, options.seed, progress=True))


def print_table(title, counts):
    """A Markdown table: a row for each kind, and their sum."""
    columns = ("named right", "located", "nothing", "falsely named")
    print(f"| {title} | " + " | ".join((*columns, "tried")) + " |")
    print("|---|" + "---:|" * (len(columns) + 1))
    rows = {**counts, "**all**": sum(counts.values(), Counter())}
    for kind, count in rows.items():
        print(f"| {kind} | " + " | ".join(str(count[c]) for c in columns) + f" | {count.total()} |")


def diagnosed(mistake):
    """The finding for a planted mistake."""
    arguments = (mistake.shape,) if mistake.shape else planted.arguments(mistake.subject)
    return nn.diagnose(mistake.make(), *arguments, **planted.options(mistake.subject))


def of_classic():
    """Counts for mistakes with a name to be given; with another name they are falsely named."""
    counts = Counter()
    for mistake in tqdm(planted.CLASSIC, "classic", leave=False):
        finding = diagnosed(mistake)
        wanted = mistake.name in finding.names or (not mistake.name and finding.stage == "forward")
        counts["named right" if wanted else "falsely named" if finding.name else "located"] += 1
    return counts


def of_unforeseen():
    """Counts for mistakes without a name of their own.

    Every name says something that the gradient is exactly, in all draws, so it is counted as right; "everywhere" alone
    is not a place.
    """
    counts = Counter()
    for mistake in tqdm(planted.UNFORESEEN, "unforeseen", leave=False):
        finding = diagnosed(mistake)
        placed = not finding.ok and finding.location != "everywhere"
        counts["named right" if finding.name else "located" if placed else "nothing"] += 1
    return counts


def of_corruptions(number, seed, subjects=SUBJECTS, progress=False):
    """{kind: counts} over `number` corruptions, each of a random array of a random subject."""
    rng = np.random.default_rng(seed)
    arrays = [array for subject in subjects for array in right_gradients(subject)]
    counts = {kind: Counter() for kind in CORRUPTIONS}
    for k in tqdm(range(number), "corruptions", disable=not progress, leave=False):
        kind = list(CORRUPTIONS)[k % len(CORRUPTIONS)]
        evidence, further = arrays[rng.integers(len(arrays))]
        evidence.gradient = corrupted(kind, evidence.truth, int(rng.integers(2**31)))
        if evidence.is_right():
            continue  # nothing was hit
        finding = name_gradient(evidence, further)
        result = verdict(kind, finding)
        counts[kind][result] += 1
        if result == "falsely named":
            tqdm.write(f"falsely named: {kind} of {evidence.label} {evidence.truth[0].shape}: {finding.names}")
    return counts


def verdict(kind, finding):
    """A name is right only where the corruption has one."""
    if finding.name:
        return "named right" if finding.name in NAMES.get(kind, ()) else "falsely named"
    return "nothing" if finding.location == "everywhere" else "located"


def right_gradients(subject):
    """(evidence, further techniques) for each gradient of a right layer or loss."""
    made = subject() if isinstance(subject, type) else subject
    x, *more = planted.arguments(subject)
    cases = cases_of(made, x, more, 0, True)
    for case in cases:
        case.run()
    known = [known_about(case) for case in cases]
    for label in cases[0].gradients:
        evidence = evidence_of(label, cases, {}, [k.get(label, {}) for k in known])
        yield evidence, [] if subject is planted.Conv or cases[0].is_loss else [substituted(label, cases)]


def corrupted(kind, truths, seed):
    """The truths of all draws, corrupted by the same rule: random numbers of the rule are those of the seed."""
    return [CORRUPTIONS[kind](t.copy(), np.random.default_rng(seed)) for t in truths]


def _somewhere(t, rng, count):
    return np.unravel_index(rng.choice(t.size, min(count, t.size), replace=False), t.shape)


def few_elements(t, rng):
    t[_somewhere(t, rng, int(rng.integers(1, 4)))] += rng.normal() * np.abs(t).max()
    return t


def few_zeros(t, rng):
    t[_somewhere(t, rng, int(rng.integers(1, 4)))] = 0
    return t


def two_exchanged(t, rng):
    places = _somewhere(t, rng, 2)
    t[places] = t[places][::-1].copy()
    return t


def scaled_along_an_axis(t, rng):
    axis = int(rng.integers(t.ndim))
    return t * rng.uniform(0.3, 3, t.shape[axis]).reshape([-1 if k == axis else 1 for k in range(t.ndim)])


def one_index_scaled(t, rng):
    axis = int(rng.integers(t.ndim))
    np.moveaxis(t, axis, 0)[rng.integers(t.shape[axis])] *= rng.uniform(0.3, 3)
    return t


def scaled(t, rng):
    return t * rng.uniform(0.3, 3)


def noise(t, rng):
    return t + 10.0 ** rng.uniform(-4, 0) * np.abs(t).max() * rng.normal(size=t.shape)


def relative_noise(t, rng):
    return t * (1 + 10.0 ** rng.uniform(-4, 0) * rng.normal(size=t.shape))


def other_numbers(t, rng):
    return rng.normal(size=t.shape) * np.abs(t).max()


def mixed_with_noise(t, rng):
    return rng.uniform(0.5, 2) * t + rng.uniform(0.1, 1) * rng.normal(size=t.shape) * np.abs(t).max()


def permuted(t, rng):
    order = np.arange(t.size)
    while np.array_equal(np.abs(np.diff(order) % t.size), np.full(t.size - 1, abs(order[1] - order[0]) % t.size)):
        if t.size < 4:
            return t * rng.uniform(0.3, 3, t.shape)  # every order of so few is a rotation or a reversal
        order = rng.permutation(t.size)
    return t.ravel()[order].reshape(t.shape)


def rows_permuted(t, rng):
    return permuted(t, rng) if t.ndim == 1 or len(t) < 4 else t[np.roll(rng.permutation(len(t)), 1)]


def bent(t, rng):
    size = np.abs(t).max()
    u, a = t / size, rng.uniform(0.1, 0.9)
    bends = [u + a * u**3, np.tanh(a * u), u * (1 + a * np.sin(3 * u)), np.sinh(a * u), u + a * u**2, np.arctan(u / a)]
    return size * bends[rng.integers(len(bends))]


def waves(t, rng):
    phase = np.arange(t.size).reshape(t.shape) * rng.uniform(0.1, 2)
    return t * (1 + rng.uniform(0.1, 0.9) * np.sin(phase + rng.uniform(0, 6)))


def border(t, rng):
    inner = tuple(slice(1, -1) if size > 2 else slice(None) for size in t.shape)
    factor = np.full(t.shape, rng.uniform(0.3, 3))
    factor[inner] = 1
    return t * factor


def block_replaced(t, rng):
    block = tuple(slice(int(a), int(a) + int(rng.integers(1, 3))) for a in rng.integers(0, t.shape))
    t[block] = rng.normal() * np.abs(t).max()
    return t


def dropped(t, rng):
    return t * (rng.uniform(size=t.shape) > 0.2) / 0.8


def signs_flipped(t, rng):
    signs = rng.choice([-1.0, 1.0], t.size)
    signs[:2] = 1.0, -1.0  # or of a few elements all may be flipped, and that has a name
    return t * signs.reshape(t.shape)


def axis_mixed(t, rng):
    axis = int(rng.integers(t.ndim))
    matrix = rng.normal(size=(t.shape[axis],) * 2)
    return np.moveaxis(np.tensordot(matrix, t, (1, axis)), 0, axis)


def blurred(t, rng):
    axis, weight = int(rng.integers(t.ndim)), rng.uniform(0.1, 0.9)
    return (1 - weight) * t + weight * np.roll(t, 1, axis)


def ramp(t, rng):
    return t + rng.normal() * np.arange(t.size).reshape(t.shape) / t.size * np.abs(t).max()


def coarse(t, rng):
    step = rng.uniform(0.05, 0.3) * np.abs(t).max()
    return step * np.round(t / step)


def single_precision(t, rng):
    return t.astype(np.float32).astype(np.float64)


def half_precision(t, rng):
    return t.astype(np.float16).astype(np.float64)


def with_nan(t, rng):
    t[_somewhere(t, rng, 1)] = np.nan
    return t


CORRUPTIONS = {
    function.__name__.replace("_", " "): function
    for function in (
        few_elements, few_zeros, two_exchanged, scaled_along_an_axis, one_index_scaled, scaled, noise, relative_noise,
        other_numbers, mixed_with_noise, permuted, rows_permuted, bent, waves, border, block_replaced, dropped,
        signs_flipped, axis_mixed, blurred, ramp, coarse, single_precision, half_precision, with_nan,
    )
}  # fmt: skip
NAMES = {"single precision": ("float32 inside",)}

if __name__ == "__main__":
    main()
