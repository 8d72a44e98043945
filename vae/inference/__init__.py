"""How far a code is from the truth, where the truth is known: the true inference error of any encoder."""

from .terms import inference_terms, linear_terms
from .truth import TrueInferenceError, Truth, true_inference_error, truth_of_mixed, truth_of_positions

__all__ = [
    "TrueInferenceError",
    "Truth",
    "inference_terms",
    "linear_terms",
    "true_inference_error",
    "truth_of_mixed",
    "truth_of_positions",
]
