"""A course of training in which the latents wake up one after the other, in line with the factors."""

from nn.schedules import Cosine, Hold, Linear
from nn.type_hints import Rate

FALLS_FROM = 10  # times the final beta
FALLING, HELD = 0.15, 0.5  # of the training: beta falls; the learning rate stays where it begins
LEARNING_RATE, LAST = 2e-3, 2e-4  # at the first step and at the last
MOMENTUM = 0.99  # of batch normalisation: the averages of a thousand steps would be those of other networks


def annealed(beta: float, steps: int) -> dict[str, Rate]:
    """Settings of a `BetaVAE` whose bottleneck opens slowly: ``BetaVAE(..., **annealed(beta=4, steps=5600))``.

    Beta falls in equal steps from ten times its final value during the first 15 % of the training.  The learning rate
    is twice Adam's usual one for the first half, and falls by half a cosine in the second.  At a high beta only what
    matters most is worth its nats, and turns into line with the factors; what matters less joins later, in latents that
    are still free.
    The running averages of batch normalisation look back over a hundred steps, since the networks change fast.
    docs/disentangling.md shows it, and says why.

    beta : the final one, at least 0.
    steps : of the whole training: ``len(images) // batch_size`` for each epoch.

    Returns {"beta": ..., "learning_rate": ..., "batch_norm_momentum": ...}.
    Raises ValueError for a negative beta, or no step.
    """
    if not beta >= 0:
        raise ValueError(f"beta must be a number of at least 0, got {beta}")
    if not steps >= 1:
        raise ValueError(f"annealed needs at least one step of training, got {steps}")
    falling, held = (max(1, round(share * steps)) for share in (FALLING, HELD))
    return {
        "beta": Linear(FALLS_FROM * beta, beta, falling),
        "learning_rate": Hold(held, Cosine(LEARNING_RATE, max(1, steps - held), LAST)),
        "batch_norm_momentum": MOMENTUM,
    }
