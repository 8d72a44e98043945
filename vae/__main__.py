"""``python -m vae``: what there is, and which version."""

import argparse
import platform
import textwrap

import numpy as np

import vae

OVERVIEW = """bare-vae {version}: {about}

    model = vae.BetaVAE("shapes-dense", latent_dim=10, beta=4).fit(images)
    vae.evaluate(model, data)         every measure and metric, on one page

networks    {networks}
metrics     {metrics}

    python -m vae.explore MODEL.npz   the model as a page for the browser
    python -m datasets list           the data sets, and which of them are here
    python -m nn.selftest             does everything work on this machine?
    python -m labs list               the course
"""


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m vae", description="Say what there is.")
    parser.add_argument("--version", action="version", version=version())
    parser.parse_args(arguments)
    print(overview(), end="")


def version():
    """The version, with those that a bug report needs."""
    return f"bare-vae {vae.__version__} (Python {platform.python_version()}, NumPy {np.__version__})"


def overview():
    metrics = sorted(set(filter(str.islower, vae.metrics.__all__)) - {"baselines", "compare", "evaluate"})
    return OVERVIEW.format(
        version=vae.__version__, about=vae.__doc__, networks=in_lines(vae.ARCHITECTURES), metrics=in_lines(metrics)
    )


def in_lines(names):
    """The names one after another, as an indented paragraph."""
    return textwrap.fill(", ".join(names), width=90, subsequent_indent=" " * 12)


if __name__ == "__main__":
    main()
