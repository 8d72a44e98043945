"""The tractable beta-VAE: linear layers on Gaussian data, every term in closed form (thesis, chapter III).

    data      s ~ N(0, I_k),  x = A s + noise,  noise ~ N(0, v I_d),   so x ~ N(0, C),  C = A A^T + v I
    encoder   q(z|x) = N(W x, diag S)         decoder   p(x|z) = N(D z, I)         prior   p(z) = N(0, I)

The thesis is the one on inference in the beta-VAE; the equations that its text lost were derived anew.  The derivation,
step by step, is in docs/tractable.md.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment

from .linear_gaussian import expected_kl, expected_log_likelihood, posterior

TOLERANCE = 1e-9  # largest gradient of a solution, for data of unit size
DIAGONAL = 1e-12  # correlations smaller than this are round-off
NEGLIGIBLE = 1e-16  # squared lengths smaller than this, beside the largest, are round-off


class ConvergenceError(RuntimeError):
    """The alternation did not arrive at a solution in the steps that it was given."""


@dataclass(frozen=True)
class Solution:
    """Parameters of the linear beta-VAE and what they are worth: nats, averaged over the data distribution."""

    D: np.ndarray  # decoder, (d, k)
    W: np.ndarray  # encoder's mean, (k, d)
    S: np.ndarray  # encoder's variances, (k,)
    reconstruction: float  # E log p(x|z), larger is better
    kl: float  # E KL( q(z|x) || prior ), the thesis's conditional independence loss
    objective: float  # reconstruction - beta * kl
    elbo: float  # reconstruction - kl
    log_likelihood: float  # E log p(x), of the decoder's model; = elbo + mie
    mie: float  # model inference error, E KL( q(z|x) || the model's posterior )
    tie: float  # true inference error, E KL( q(z|x) || posterior of the true sources ), latent i for source i
    tie_matched: float  # the same, latents matched to sources by the best signed permutation


class LinearBetaVAE:
    """The beta-VAE whose encoder and decoder are one linear layer each, on data x = A s + noise.

    Parameters
    ----------
    mixing : A, (d, k), finite numbers.
    noise_variance : v > 0.
    beta : weight of the KL, > 0.  At 0 the best code has no noise at all, and its KL is infinite.

    Attributes: ``covariance``, C (d, d).  Everything is float64.  Raises ValueError or TypeError for anything else.
    """

    def __init__(self, mixing: ArrayLike, noise_variance: float, beta: float):
        self.mixing = _check_mixing(mixing)
        self.noise_variance = _check_positive("noise_variance", noise_variance)
        self.beta = _check_positive("beta", beta, " (at 0 the KL of the best code is infinite)")
        self.covariance = self.mixing @ self.mixing.T + self.noise_variance * np.eye(len(self.mixing))
        if not np.isfinite(self.covariance).all():
            raise ValueError("mixing is so large that A A^T overflows: scale the data down")

    def solve(self, starts: int = 0, seed: int = 0, max_iterations: int = 10_000) -> Solution:
        """The parameters that maximise the objective, and all quantities there: a `Solution`.

        The alternation (`alternate`) starts from D = A, and from `starts` random decoders (`seed` draws them); the
        principal components (`principal_components`) are one more candidate.  The best objective wins, and on equal
        terms the solution reached from D = A.

        Equally good solutions differ by a signed permutation of the latents, which TIE notices: ``tie`` and
        ``tie_matched`` are always those of the solution reached from D = A.  (It is among the best unless A has
        fewer than k independent columns.)

        Raises `ConvergenceError` if an alternation does not converge in `max_iterations` steps.
        """
        rng, scale = np.random.default_rng(seed), np.sqrt(np.diag(self.covariance).mean())
        randomly = [scale * rng.standard_normal(self.mixing.shape) for _ in range(starts)]
        decoders = [self.alternate(start, max_iterations) for start in [self.mixing, *randomly]]
        reached, *others = [self.evaluate(D, *self.best_encoder(D)) for D in [*decoders, self.principal_components()]]
        best = max(others, key=lambda solution: solution.objective)
        if reached.objective >= best.objective - 1e-9 * (1 + abs(best.objective)):
            return reached
        return replace(best, tie=reached.tie, tie_matched=reached.tie_matched)

    def evaluate(self, D: np.ndarray, W: np.ndarray, S: np.ndarray) -> Solution:
        """All quantities at any parameters D (d, k), W (k, d), S (k,): a `Solution`, though it may not be one.

        reconstruction = -1/2 ( d log 2 pi + tr[ (I - D W) C (I - D W)^T ] + tr[ D diag(S) D^T ] )
        kl             =  1/2 ( sum S + tr[ W C W^T ] - k - sum log S )
        mie, tie       =  the same divergence with the posterior of (D, 1) and of (A, v) in the prior's place

        ``tie_matched`` is the minimum over signed permutations wherever the codes are uncorrelated over the data, as
        they are at every solution; elsewhere an upper bound of it.
        """
        C, d, k = self.covariance, *D.shape
        residual = np.eye(d) - D @ W
        reconstruction = -(d * np.log(2 * np.pi) + np.sum((residual @ C) * residual) + np.sum(D**2 * S)) / 2
        kl = expected_kl(W, S, np.zeros_like(W), np.eye(k), C)
        truth = posterior(self.mixing, self.noise_variance)
        tie = expected_kl(W, S, *truth, C)
        order, sign = self._matching(W, S)
        matched = expected_kl(sign * W[order], S[order], *truth, C)
        return Solution(
            D=D, W=W, S=S, reconstruction=float(reconstruction), kl=kl,
            objective=float(reconstruction - self.beta * kl), elbo=float(reconstruction - kl),
            log_likelihood=expected_log_likelihood(D, C), mie=expected_kl(W, S, *posterior(D, 1.0), C),
            tie=tie, tie_matched=min(tie, matched),
        )  # fmt: skip

    def gradients(self, D: np.ndarray, W: np.ndarray, S: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The objective's derivatives for D, W and S, in these arrays' shapes.

        dD = C W^T - D (W C W^T + diag S)      dW = D^T (I - D W) C - beta W C
        dS_i = -1/2 [ (D^T D)_ii + beta (1 - 1 / S_i) ]
        """
        WC = W @ self.covariance
        dD = WC.T - D @ (WC @ W.T + np.diag(S))
        dW = D.T @ (self.covariance - D @ WC) - self.beta * WC
        dS = -(np.sum(D**2, axis=0) + self.beta * (1 - 1 / S)) / 2
        return dD, dW, dS

    def best_encoder(self, D: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The encoder that maximises the objective for a given decoder: W (k, d) and S (k,), from dW = 0 and dS = 0.

        W = (D^T D + beta I)^-1 D^T      S_i = beta / ( beta + (D^T D)_ii )
        """
        gram = D.T @ D
        return np.linalg.solve(gram + self.beta * np.eye(len(gram)), D.T), self.beta / (self.beta + np.diag(gram))

    def alternate(self, D: np.ndarray, max_iterations: int = 10_000) -> np.ndarray:
        """From the decoder D (d, k) uphill to a stationary one, by steps none of which lowers the objective.

        1. `best_encoder` for the decoder; done if the gradient for D is zero.
        2. The decoder for this encoder, D = C W^T M^-1 with M = W C W^T + diag S, the covariance of the codes over
           the data; then D M^(1/2), which speaks of the standardised codes M^(-1/2) z.  Together D = C W^T M^(-1/2).
        3. `_rotate` and `_set_lengths`: the two moves that step 2 makes only in the long run.

        Step 2 alone, without M^(1/2) and step 3, has the same stationary points but takes 10^5 steps where beta is
        small, and stays where it is when two columns of A have equal length.
        """
        tolerance = TOLERANCE * (1 + np.sqrt(np.linalg.norm(self.covariance)))
        for _ in range(max_iterations):
            D = self._set_lengths(self._rotate(D), shrink=0.5)
            W, S = self.best_encoder(D)
            gradient = np.abs(self.gradients(D, W, S)[0]).max()
            if gradient <= tolerance:
                return self._set_lengths(D)
            WC = W @ self.covariance
            values, vectors = np.linalg.eigh(WC @ W.T + np.diag(S))
            D = WC.T @ (vectors / np.sqrt(values)) @ vectors.T
        raise ConvergenceError(
            f"the alternation did not converge in {max_iterations} iterations (gradient {gradient:.1e}, "
            f"tolerance {tolerance:.1e}): raise max_iterations"
        )

    def principal_components(self) -> np.ndarray:
        """The best decoder in closed form: D = U (Lambda - beta)_+^(1/2), C = U Lambda U^T, largest eigenvalues first.

        A latent whose eigenvalue is at most beta has a column of zeros: it has collapsed into the prior.
        """
        d, k = self.mixing.shape
        values, vectors = np.linalg.eigh(self.covariance)
        used = min(d, k)
        D = np.zeros((d, k))
        D[:, :used] = (vectors * np.sqrt(np.maximum(values - self.beta, 0)))[:, ::-1][:, :used]
        return D

    def _rotate(self, D):
        """D R, R a rotation that makes D^T D diagonal: the best of all, since p(x) stays and sum log S rises.

        (Hadamard: a positive matrix's diagonal has the smallest product where the matrix is diagonal.)  Of the
        rotations that do so, the one that moves the latents least.
        """
        gram = D.T @ D + self.beta * np.eye(D.shape[1])
        scale = np.sqrt(np.diag(gram))
        if np.abs(gram / np.outer(scale, scale) - np.eye(len(gram))).max() <= DIAGONAL:
            return D
        R = np.linalg.eigh(gram)[1]
        R = R[:, linear_sum_assignment(-np.abs(R))[1]]
        return D @ (R * np.where(np.diag(R) < 0, -1, 1))

    def _set_lengths(self, D, shrink=0.0):
        """The best length for each of the orthogonal columns l u: l^2 = u^T C u - beta; 0 where this is negative.

        A column of zeros never comes back.  While u may still get better, let l^2 shrink only by a factor.
        """
        squares = np.sum(D**2, axis=0)
        u = np.divide(D, np.sqrt(squares), out=np.zeros_like(D), where=squares > NEGLIGIBLE * squares.max())
        lengths = np.maximum(np.sum(u * (self.covariance @ u), axis=0) - self.beta, shrink * squares)
        return u * np.sqrt(lengths)

    def _matching(self, W, S):
        """Which latent, (k,), and with which sign, (k, 1), stands for each source so that TIE is least.

        With codes uncorrelated over the data, only the last term of TIE depends on the signs and the order together:
        -sum_i sign_i (A^T C W^T / v)_(i, order_i), besides 1/2 (Q^-1)_ii E[z_order_i^2]: an assignment problem.
        """
        precision = posterior(self.mixing, self.noise_variance)[1]
        agreement = self.mixing.T @ self.covariance @ W.T / self.noise_variance
        power = np.sum((W @ self.covariance) * W, axis=1) + S
        order = linear_sum_assignment(np.outer(np.diag(precision), power) / 2 - np.abs(agreement))[1]
        sign = np.where(agreement[np.arange(len(order)), order] < 0, -1, 1)
        return order, sign[:, None]


def _check_mixing(mixing):
    mixing = np.asarray(mixing)
    if mixing.dtype.kind not in "fiu":
        raise TypeError(f"mixing has dtype {mixing.dtype}: expected real numbers")
    if mixing.ndim != 2 or mixing.size == 0:
        raise ValueError(f"mixing has shape {mixing.shape}: expected (d, k), a column for each source")
    if not np.isfinite(mixing).all():
        raise ValueError("mixing must hold finite numbers")
    return mixing.astype(np.float64)


def _check_positive(name, value, why=""):
    number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not number or not 0 < value < np.inf:
        raise ValueError(f"{name} must be a positive number{why}, got {value!r}")
    return float(value)
