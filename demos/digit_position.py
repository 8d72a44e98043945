"""Train deep beta-VAEs on one digit at many positions and draw the thesis's Figure 5.

ELBO, true inference error, reconstruction and KL over beta, and what the two latents do at small and large beta.
Writes a table and figures; a killed run goes on where it was.  The same with fixed budgets is
``papers.py run inference_position``.
"""

from pathlib import Path

from digit_mixing import compare, parser  # the same experiment on other images; first, for vae before NumPy
from skeleton import start

from vae.papers import inference_position


def main(arguments=None):
    start(parse, lambda options: compare(options, inference_position, digit=options.digit), arguments)


def parse(arguments):
    command = parser(__doc__, inference_position.BETAS, Path("outputs/digit_position"))
    command.add_argument("--digit", type=int, default=3, help="the digit that moves")
    return command.parse_args(arguments)


if __name__ == "__main__":
    main()
