"""Solve the tractable (linear) beta-VAE over beta and draw the thesis's Figure 3.

ELBO, the two inference errors, reconstruction and KL at the optimal parameters, in closed form, for data
x = A s + noise with a random mixing matrix A.  Writes a figure and results.json; takes seconds.
"""

from pathlib import Path

from skeleton import finish, parser, share, start  # first: it imports vae before NumPy
import numpy as np

from nn.files import writable_folder
from vae.evaluation import plots
from vae.papers import inference_tractable as tractable


def main(arguments=None):
    start(parse, run, arguments)


def parse(arguments):
    command = parser(__doc__)
    add = command.add_argument
    add("--sources", type=int, default=2, help="k, independent sources and latents")
    add("--observed", type=int, default=10, help="d, numbers in an observation")
    add("--noise-variance", type=float, default=1.0, help="v; at 1 the decoder's model can be the truth")
    add("--betas", type=int, default=200, help="how many betas, evenly on a logarithmic axis")
    share(command, "seed", help="of the mixing matrix, whose entries are N(0, 1)")
    share(command, "output", default=Path("outputs/tractable_beta"))
    return command.parse_args(arguments)


def run(options):
    if min(options.sources, options.observed) < 1 or options.betas < 3 or options.seed < 0:
        raise ValueError(
            "at least one source, one observed number, three betas and a seed that is not negative, please"
        )
    output = writable_folder(options.output)
    settings = tractable.settings(
        options.sources, options.observed, options.noise_variance, options.betas, options.seed
    )
    rows = [setting | tractable.run(setting, output) for setting in settings]
    curves, best = tractable.curves_of(rows)
    collapse, claims = tractable.collapse_of(settings[0]), tractable.claims_of(curves)

    print_table(rows, collapse)
    for name, beta in best.items():
        print(f"  {name} is {'largest' if name == 'elbo' else 'smallest'} at beta = {beta:.4g}")
    for name, holds in claims.items():
        print(f"  {name} never rises with beta: {'yes' if holds else 'NO'}")
    plots.save(tractable.figure(rows), output / "tractable_beta.png")
    results = {
        "mixing": tractable.mixing_of(settings[0]).tolist(), "collapse_betas": collapse.tolist(), "best_beta": best,
        "claims": claims, "curves": {name: values.tolist() for name, values in curves.items()},
    }  # fmt: skip
    finish(options, results, "tractable_beta.png")


def print_table(rows, collapse):
    """The curves at a dozen betas; what collapses where."""
    columns = ("elbo", "mie", "tie", "reconstruction", "kl")
    print("      beta" + "".join(f"{name:>16}" for name in columns) + "   latents in use")
    one = next(position for position, row in enumerate(rows) if row["beta"] == 1)
    for position in sorted({*np.linspace(0, len(rows) - 1, 12).astype(int), one}):
        row = rows[position]
        print(f"  {row['beta']:>8.3f}" + "".join(f"{row[name]:>16.4f}" for name in columns) + f"{row['in_use']:>17}")
    print("  latents collapse at beta = " + ", ".join(f"{beta:.3f}" for beta in sorted(collapse)))


if __name__ == "__main__":
    main()
