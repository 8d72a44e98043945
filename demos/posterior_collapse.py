"""Watch latents fall asleep as beta grows, and compare with the betas at which theory says they must.

Trains a linear and a deep beta-VAE (Gaussian likelihood, variance 1) on the 8x8 digits that scikit-learn ships, for
many betas.  The best linear latent along an eigenvector of the data's covariance has a KL of 1/2 log(eigenvalue / beta)
nats, and collapses where beta reaches the eigenvalue (docs/tractable.md).  Writes two figures, the table as CSV, and
results.json; a few minutes.
"""

import csv
from pathlib import Path

from skeleton import finish, parser, share, start  # first: it imports vae before NumPy
import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

import nn
import vae
from nn.files import atomic_write, writable_folder
from vae.evaluation import measures, plots
from vae.network.gaussian_code import INACTIVE
from vae.specification import Dense, Output

LATENTS = 10
ARCHITECTURES = {
    "linear": vae.Architecture([], [Output()]),
    "deep": vae.Architecture([Dense(128, "tanh")], [Dense(128, "tanh"), Output()]),
}


def main(arguments=None):
    start(parse, run, arguments)


def parse(arguments):
    command = parser(__doc__)
    command.add_argument("--betas", type=int, default=12, help="how many, evenly on a logarithmic axis from 0.1 to 20")
    command.add_argument("--epochs", type=int, default=100, help="passes over the 1,797 digits for each beta")
    share(command, "seed")
    share(command, "output", default=Path("outputs/posterior_collapse"))
    return command.parse_args(arguments)


def run(options):
    if options.betas < 2 or options.epochs < 1:
        raise ValueError("at least two betas and one epoch, please")
    output = writable_folder(options.output)
    digits = load_digits().data / 4  # (1797, 64), 0 to 4: so that initial weights make codes of about 1
    digits = digits - digits.mean(axis=0)
    eigenvalues = np.sort(np.linalg.eigvalsh(np.cov(digits.T)))[::-1][:LATENTS]
    betas = np.geomspace(0.1, 20, options.betas)
    theory = np.maximum(0, np.log(eigenvalues / betas[:, None]) / 2)  # (betas, latents)
    rows, kls, recorders = [], {}, {}
    for name, architecture in ARCHITECTURES.items():
        kls[name] = np.zeros((len(betas), LATENTS))
        for i, beta in enumerate(betas):
            kl, recorders[name, i] = train(architecture, float(beta), digits, options)
            kls[name][i] = np.sort(kl)[::-1]
            active, predicted = (int((values >= INACTIVE).sum()) for values in (kl, theory[i]))
            rows.append([name, f"{beta:.4g}", active, predicted, *(f"{value:.4f}" for value in kls[name][i])])
            print(f"{name}, beta = {beta:6.2f}: {active:2} active latents, linear theory {predicted:2}", flush=True)
    with atomic_write(output / "collapse.csv", "w") as file:
        head = ["network", "beta", "active", "active in linear theory", *(f"kl {k}" for k in range(LATENTS))]
        csv.writer(file, lineterminator="\n").writerows([head, *rows])
    plots.save(over_beta(betas, kls, theory), output / "collapse.png")
    middle = len(betas) // 2
    plots.save(plots.kl_over_training(recorders["deep", middle].history), output / "falling_asleep.png")
    finish(options, {"eigenvalues": eigenvalues.tolist(), "betas": betas.tolist()}, "Figures, collapse.csv")


def train(architecture, beta, digits, options):
    """The KL of each latent after training, and what a recorder noted of it."""
    model = vae.BetaVAE(
        architecture, LATENTS, beta, likelihood="gaussian", learning_rate=3e-3, max_epochs=options.epochs,
        random_state=options.seed, progress=False,
    )  # fmt: skip
    recorder = nn.Recorder(every=5)
    model.fit(digits, callbacks=[recorder])
    return measures.kl_per_latent(*model.encode(digits)), recorder


def over_beta(betas, kls, theory):
    """KL of each latent, the largest first, over beta; dotted what linear theory says."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    for axes, (name, kl) in zip(figure.subplots(1, len(kls), sharey=True), kls.items(), strict=True):
        for k in range(LATENTS):
            axes.plot(betas, kl[:, k], "o-", ms=3, color=f"C{k}")
            axes.plot(betas, theory[:, k], color=f"C{k}", lw=0.9, ls=":")
        axes.set(xscale="log", xlabel="beta", title=f"{name} network", ylim=(0, None))
        axes.grid(alpha=0.3)
    figure.axes[0].set_ylabel("KL of each latent (nats), the largest first")
    return figure


if __name__ == "__main__":
    main()
