"""Train deep beta-VAEs on one digit at many positions and draw the thesis's Figure 5.

ELBO, true inference error, reconstruction and KL over beta, and what the two latents do at small and large beta.
Writes figures and results.json; a killed run goes on where it was.
"""

from pathlib import Path

# The same experiment on other images; first, since it imports vae before NumPy.
from digit_mixing import compare, completed, parser, train_and_measure
from skeleton import start

import datasets
from vae import inference

BETAS = (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)


def main(arguments=None):
    start(parse, position, arguments)


def parse(arguments):
    command = parser(__doc__, BETAS, Path("outputs/digit_position"))
    command.add_argument("--digit", type=int, default=3, help="the digit that moves")
    return completed(command.parse_args(arguments))


def position(options):
    datasets.load_mnist().of_class(options.digit)  # that there is such a digit, before any work
    compare(options, {"digit": options.digit}, train_position)


def train_position(setting, folder):
    digit = datasets.load_mnist().of_class(setting["digit"]).images[0]
    data, new = (
        datasets.DigitPositions(digit, setting["images"], seed=seed) for seed in (setting["seed"], setting["seed"] + 1)
    )
    return train_and_measure(setting, folder, data, new, inference.truth_of_positions)


if __name__ == "__main__":
    main()
