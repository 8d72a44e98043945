"""How disentangled a code is.

Every metric takes codes and factors, two arrays, or a function from images to codes and a data set with known factors;
and a numpy Generator and its sample counts, whose defaults are the papers'.  It returns a `Score`, a float that knows
its sampling error, its chance level and its settings.
"""

from . import baselines
from .active_latents import active_latents
from .beta_vae_score import beta_vae_score
from .covariance_gap import covariance_gap
from .dci import DCI, dci
from .difference import difference_score
from .evaluation import Scores, evaluate
from .explicitness import explicitness
from .factor_vae_score import factor_vae_score
from .modularity import modularity
from .mutual_information_gap import mutual_information_gap
from .sap import sap_score
from .score import Comparison, Score, compare
from .total_correlation import total_correlation

__all__ = [
    "DCI",
    "Comparison",
    "Score",
    "Scores",
    "active_latents",
    "baselines",
    "beta_vae_score",
    "compare",
    "covariance_gap",
    "dci",
    "difference_score",
    "evaluate",
    "explicitness",
    "factor_vae_score",
    "modularity",
    "mutual_information_gap",
    "sap_score",
    "total_correlation",
]
