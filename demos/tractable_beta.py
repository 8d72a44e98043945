"""Solve the tractable (linear) beta-VAE over beta and draw the thesis's Figure 3.

ELBO, the two inference errors, reconstruction and KL at the optimal parameters, in closed form, for data
x = A s + noise with a random mixing matrix A.  Writes a figure and results.json; takes seconds.
"""

from pathlib import Path

from skeleton import finish, parser, share, start  # first: it imports vae before NumPy
import numpy as np

from nn.files import writable_folder
from vae.evaluation import plots
from vae.tractable import LinearBetaVAE
from vae.tractable.plots import over_beta

QUANTITIES = ("elbo", "mie", "tie", "tie_matched", "reconstruction", "kl", "objective", "log_likelihood")


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
    mixing = np.random.default_rng(options.seed).normal(size=(options.observed, options.sources))
    covariance = LinearBetaVAE(mixing, options.noise_variance, 1.0).covariance
    collapse = np.sort(np.linalg.eigvalsh(covariance))[::-1][: options.sources]
    output = writable_folder(options.output)

    ends = 0.1 * min(1, options.noise_variance), 2 * max(1, collapse[0])
    betas = np.unique([*np.geomspace(*ends, options.betas), 1.0, options.noise_variance])
    solutions = [LinearBetaVAE(mixing, options.noise_variance, beta).solve() for beta in betas]
    curves = {name: np.array([getattr(solution, name) for solution in solutions]) for name in QUANTITIES}
    best = {"elbo": betas[curves["elbo"].argmax()]} | {
        name: betas[curves[name].round(12).argmin()]  # the first beta, where round-off makes the difference
        for name in ("mie", "tie", "tie_matched")
    }
    claims = {
        f"{name} never rises with beta": bool((np.diff(curves[name]) <= 1e-9).all())
        for name in ("objective", "kl", "reconstruction")
    }

    print_table(betas, curves, collapse)
    for name, beta in best.items():
        print(f"  {name} is {'largest' if name == 'elbo' else 'smallest'} at beta = {beta:.4g}")
    for claim, holds in claims.items():
        print(f"  {claim}: {'yes' if holds else 'NO'}")
    plots.save(over_beta(betas, curves, best, collapse), output / "tractable_beta.png")
    results = {
        "mixing": mixing.tolist(), "collapse_betas": collapse.tolist(), "best_beta": best, "claims": claims,
        "beta": betas.tolist(), "curves": {name: values.tolist() for name, values in curves.items()},
    }  # fmt: skip
    finish(options, results, "tractable_beta.png")


def print_table(betas, curves, collapse):
    """The curves at a dozen betas; what collapses where."""
    columns = ("elbo", "mie", "tie", "reconstruction", "kl")
    print("      beta" + "".join(f"{name:>16}" for name in columns) + "   latents in use")
    shown = np.linspace(0, len(betas) - 1, 12).astype(int)
    for i in sorted({*shown, int(np.searchsorted(betas, 1.0))}):
        in_use = int((collapse > betas[i]).sum())
        print(f"  {betas[i]:>8.3f}" + "".join(f"{curves[name][i]:>16.4f}" for name in columns) + f"{in_use:>17}")
    print("  latents collapse at beta = " + ", ".join(f"{beta:.3f}" for beta in sorted(collapse)))


if __name__ == "__main__":
    main()
