"""What to call the latents of a model, and in which order to show them."""

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from datasets import FactorDataset

from ..network.gaussian_code import INACTIVE
from . import measures

HALF = 0.5  # of a latent's variance must be explained by factors that it is called after
ONE_MORE = 0.1  # how much more a second factor must explain to stand in the name


@dataclass(frozen=True)
class Latents:
    """The latents as figures show them: the busiest first, each with the factors that it follows.

    kl : (latents,), the mean KL of each, in nats.
    explained : {names of one or two factors: (latents,)}, the share of each latent's variance that they explain
        (`measures.variance_explained`); empty where no factors are known.
    """

    kl: np.ndarray
    explained: dict[tuple[str, ...], np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(cls, mean: np.ndarray, log_variance: np.ndarray, data: FactorDataset | None = None) -> "Latents":
        """Those of codes, mean and log_variance (n, latents), of `data`; None where no factors are known."""
        explained = {}
        for count in (1, 2) if data is not None else ():
            for columns in map(list, combinations(range(len(data.factor_names)), count)):
                names = tuple(data.factor_names[k] for k in columns)
                sizes = np.array(data.factor_sizes)[columns]
                explained[names] = measures.variance_explained(mean, data.factors[:, columns], sizes)
        return cls(measures.kl_per_latent(mean, log_variance), explained)

    def __len__(self):
        return len(self.kl)

    @property
    def order(self) -> np.ndarray:
        """The latents, the one with the largest KL first."""
        return np.argsort(-self.kl)

    @property
    def active(self) -> list[int]:
        """Those of `order` that carry information."""
        return [j for j in self.order if not self.inactive(j)]

    def inactive(self, j: int) -> bool:
        """Whether latent j carries next to nothing."""
        return self.kl[j] < INACTIVE

    def factors(self, j: int) -> tuple[str, ...]:
        """The names of the one or two factors that explain at least half of latent j's variance; () if none do."""
        shares = {names: shares[j] for names, shares in self.explained.items()}
        if self.inactive(j) or not shares or max(shares.values()) < HALF:
            return ()
        return max(shares, key=lambda names: shares[names] - ONE_MORE * len(names))

    def most(self, *names: str) -> float:
        """The largest share of an active latent's variance that these factors explain; 0 if no latent is active."""
        return float(max((self.explained[names][j] for j in self.active), default=0))

    def name(self, j: int) -> str:
        """For example ``"z3 = x"`` or ``"z5"``."""
        return f"z{j} = {', '.join(self.factors(j))}" if self.factors(j) else f"z{j}"

    def title(self, j: int) -> str:
        """The name, and the KL or that there is none."""
        return f"{self.name(j)}: {'inactive' if self.inactive(j) else f'{self.kl[j]:.1f} nats'}"

    def colour(self, j: int) -> str:
        """Of the title: grey for an inactive latent."""
        return "gray" if self.inactive(j) else "black"
