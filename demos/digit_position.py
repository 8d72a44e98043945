"""Train deep beta-VAEs on one digit at many positions and draw the thesis's Figure 5.

ELBO, true inference error, reconstruction and KL over beta, and what the two latents do at small and large beta.
Writes figures and results.json; a killed run goes on where it was.
"""

from pathlib import Path

from digit_mixing import compare, completed, parser  # the same experiment on other images; first, for vae before NumPy
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
    digit = datasets.load_mnist().of_class(options.digit).images[0]
    data, new = (datasets.DigitPositions(digit, options.images, seed=options.seed + step) for step in (0, 1))
    compare(options, data, new, inference.truth_of_positions)


if __name__ == "__main__":
    main()
