"""The tractable beta-VAE: its propositions as properties, its closed forms against samples and against the layers.

HYPOTHESIS_CASES=500 python -m pytest tests/vae/test_tractable.py tries every property on 500 cases instead of 100.
"""

import itertools
import os

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment
from scipy.stats import multivariate_normal

import nn
import vae
from vae.tractable import ConvergenceError, LinearBetaVAE

cases = settings(max_examples=int(os.environ.get("HYPOTHESIS_CASES", 100)), deadline=None, derandomize=True)
mixings = st.tuples(st.integers(1, 6), st.integers(1, 4)).flatmap(lambda shape: arrays(float, shape, elements=entries))
entries = st.floats(-4, 4, allow_subnormal=False).map(lambda number: round(number, 3))
noises = st.floats(0.05, 5)
betas = st.floats(0.01, 60)
seeds = st.integers(0, 2**32 - 1)


def random_model(seed, d=5, k=3, noise_variance=0.7, beta=1.5):
    return LinearBetaVAE(np.random.default_rng(seed).normal(size=(d, k)), noise_variance, beta)


def random_parameters(model, seed):
    rng, (d, k) = np.random.default_rng(seed), model.mixing.shape
    return rng.normal(size=(d, k)), rng.normal(size=(k, d)) / 3, np.exp(rng.normal(size=k))


def at_most(smaller, larger):
    return smaller <= larger + 1e-7 * (1 + abs(larger))


@cases
@given(mixings, noises, betas, betas)
def test_objective_kl_and_reconstruction_do_not_increase_with_beta(mixing, noise, beta, other):
    """Propositions 1 and 2, for the best solution; reconstruction is E log p(x|z), so it gets worse."""
    small, large = (LinearBetaVAE(mixing, noise, b).solve() for b in sorted((beta, other)))
    assert at_most(large.objective, small.objective)
    assert at_most(large.kl, small.kl)
    assert at_most(large.reconstruction, small.reconstruction)


@cases
@given(mixings, noises, betas, betas)
def test_elbo_rises_until_beta_1_and_falls_from_there(mixing, noise, beta, other):
    """Proposition 3 and a little more: the ELBO does not only have its maximum at 1."""
    near, far = sorted((beta, other), key=lambda b: abs(b - 1))
    solutions = [LinearBetaVAE(mixing, noise, b).solve() for b in (1.0, near, far)]
    assert at_most(solutions[1].elbo, solutions[0].elbo)
    if (near < 1) == (far < 1):
        assert at_most(solutions[2].elbo, solutions[1].elbo)


@cases
@given(mixings, noises, betas, seeds)
def test_with_a_fixed_decoder_mie_is_smallest_at_beta_1(mixing, noise, beta, seed):
    D = np.random.default_rng(seed).normal(size=mixing.shape)
    fixed = [
        model.evaluate(D, *model.best_encoder(D)) for b in (1.0, beta) for model in [LinearBetaVAE(mixing, noise, b)]
    ]
    assert at_most(fixed[0].mie, fixed[1].mie)
    assert at_most(fixed[1].elbo, fixed[0].elbo)
    assert fixed[0].log_likelihood == pytest.approx(fixed[1].log_likelihood)


@cases
@given(mixings, noises, betas)
def test_with_a_trained_decoder_mie_is_zero_at_beta_1(mixing, noise, beta):
    """The best decoder has orthogonal columns, so that its posterior is diagonal: a factorised encoder can be exact."""
    assert LinearBetaVAE(mixing, noise, 1.0).solve().mie == pytest.approx(0, abs=1e-7)
    assert LinearBetaVAE(mixing, noise, beta).solve().mie >= -1e-9


@cases
@given(mixings, noises, betas, seeds)
def test_log_likelihood_is_elbo_plus_mie(mixing, noise, beta, seed):
    model = LinearBetaVAE(mixing, noise, beta)
    for values in (model.solve(), model.evaluate(*random_parameters(model, seed))):
        assert values.log_likelihood == pytest.approx(values.elbo + values.mie, rel=1e-10, abs=1e-10)
        assert min(values.kl, values.mie, values.tie) >= -1e-9
        assert values.objective == pytest.approx(values.reconstruction - beta * values.kl)


@cases
@given(mixings, noises, betas)
def test_a_solution_is_stationary_and_is_the_principal_components(mixing, noise, beta):
    model = LinearBetaVAE(mixing, noise, beta)
    solution = model.solve()
    for gradient in model.gradients(solution.D, solution.W, solution.S):
        np.testing.assert_allclose(gradient, 0, atol=1e-6)
    D = model.principal_components()
    assert solution.objective == pytest.approx(model.evaluate(D, *model.best_encoder(D)).objective, rel=1e-9, abs=1e-9)


@cases
@given(mixings, noises, betas, seeds)
def test_no_parameters_are_better(mixing, noise, beta, seed):
    model = LinearBetaVAE(mixing, noise, beta)
    solution, rng = model.solve(), np.random.default_rng(seed)
    parameters = solution.D, solution.W, np.log(solution.S)
    for size in (1e-3, 0.1, 1):
        D, W, log_S = (array + size * rng.normal(size=array.shape) for array in parameters)
        assert at_most(model.evaluate(D, W, np.exp(log_S)).objective, solution.objective)


@cases
@given(mixings, noises, betas)
def test_latents_whose_variance_is_not_worth_beta_collapse(mixing, noise, beta):
    """A latent is in use for each eigenvalue of C above beta; where beta is above them all, none is."""
    model = LinearBetaVAE(mixing, noise, beta)
    eigenvalues = np.linalg.eigvalsh(model.covariance)[::-1][: mixing.shape[1]]
    solution = model.solve()
    if np.abs(eigenvalues - beta).min() > 1e-6:
        assert (np.abs(solution.W).max(axis=1) > 0).sum() == (eigenvalues > beta).sum()
    collapsed = LinearBetaVAE(mixing, noise, 1.01 * eigenvalues[0]).solve()
    assert collapsed.kl == collapsed.mie == 0
    assert not collapsed.D.any()


def test_beta_where_a_latent_is_about_to_collapse():
    for beta in (1.9, 2 - 1e-9, 2.0, 2 + 1e-9, 2.1):
        solution = LinearBetaVAE([[1.0]], 1.0, beta).solve()
        assert np.square(solution.D).item() == pytest.approx(max(2 - beta, 0), abs=1e-8)


@cases
@given(mixings, noises, betas, seeds)
def test_what_does_not_depend_on_the_choice_of_axes(mixing, noise, beta, seed):
    """Rotating the data changes nothing; rotating the sources changes nothing that the model can see, only TIE."""
    rng = np.random.default_rng(seed)
    data_axes, source_axes = (np.linalg.qr(rng.normal(size=(n, n)))[0] for n in mixing.shape)
    for turned in (data_axes @ mixing, mixing @ source_axes):
        one, other = (LinearBetaVAE(a, noise, beta).solve() for a in (mixing, turned))
        for name in ("objective", "kl", "reconstruction", "elbo", "mie", "log_likelihood"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-6, abs=1e-6), name


@pytest.mark.parametrize("seed", range(20))
def test_tie_follows_the_names_of_the_sources(seed):
    model = random_model(seed)
    renamed = LinearBetaVAE(model.mixing[:, [2, 0, 1]] * [1, -1, -1], 0.7, 1.5)
    assert model.solve().tie == pytest.approx(renamed.solve().tie)
    assert model.solve().tie_matched == pytest.approx(renamed.solve().tie_matched)


@pytest.mark.parametrize("seed", range(20))
def test_tie_matched_is_the_minimum_over_signed_permutations(seed):
    model = random_model(seed, beta=1 + seed / 5)
    solution = model.solve()
    ties = [
        model.evaluate(solution.D, np.array(signs)[:, None] * solution.W[list(order)], solution.S[list(order)]).tie
        for order in itertools.permutations(range(3))
        for signs in itertools.product((1, -1), repeat=3)
    ]
    assert solution.tie_matched == pytest.approx(min(ties))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("beta", [0.05, 1.5, 4.0, 100.0])
def test_every_start_climbs_to_the_same_objective(seed, beta):
    model = random_model(seed, beta=beta)
    rng = np.random.default_rng(seed)
    best = model.solve(starts=2, seed=seed).objective
    for start in (rng.normal(size=(5, 3)), 10 * rng.normal(size=(5, 3))):
        values = [model.evaluate(D, *model.best_encoder(D)).objective for D in (start, model.alternate(start))]
        assert values[0] <= values[1] == pytest.approx(best, abs=1e-8)


def test_equal_columns_are_no_trap():
    """From this symmetric A the plain alternation of the stationary conditions walks onto a saddle."""
    model = LinearBetaVAE([[1.0, 0.5], [0.5, 1.0]], 1.0, 1.0)
    D = model.mixing
    for _ in range(50):
        W, S = model.best_encoder(D)
        WC = W @ model.covariance
        D = np.linalg.solve(WC @ W.T + np.diag(S), WC).T
    assert np.abs(model.gradients(D, *model.best_encoder(D))[0]).max() < 1e-9
    assert model.evaluate(D, *model.best_encoder(D)).objective < model.solve().objective - 0.05


@pytest.mark.parametrize("seed", range(5))
def test_gradients_are_the_derivatives_of_the_objective(seed):
    model = random_model(seed)
    parameters, h = random_parameters(model, seed), 1e-5
    for which, gradient in enumerate(model.gradients(*parameters)):
        for index in np.ndindex(gradient.shape):
            values = []
            for step in (h, -h):
                moved = [array.copy() for array in parameters]
                moved[which][index] += step
                values.append(model.evaluate(*moved).objective)
            assert (values[0] - values[1]) / (2 * h) == pytest.approx(gradient[index], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("at_solution", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_closed_forms_agree_with_samples(seed, at_solution):
    """Posteriors by conditioning in the joint Gaussian of sources and data, averages over 200,000 draws."""
    model, rng, n = random_model(seed), np.random.default_rng(seed), 200_000
    values = model.solve() if at_solution else model.evaluate(*random_parameters(model, seed))
    D, W, S, C = values.D, values.W, values.S, model.covariance
    d, k = D.shape
    x = rng.normal(size=(n, k)) @ model.mixing.T + np.sqrt(0.7) * rng.normal(size=(n, d))
    z = x @ W.T + np.sqrt(S) * rng.normal(size=(n, k))

    def log_normal(difference, covariance):
        return multivariate_normal.logpdf(difference, np.zeros(len(covariance)), covariance)

    def log_posterior(mixing, noise):
        gain = np.linalg.solve(mixing @ mixing.T + noise * np.eye(d), mixing).T
        return log_normal(z - x @ gain.T, np.eye(k) - gain @ mixing)

    log_q = log_normal(z - x @ W.T, np.diag(S))
    reconstruction, kl = log_normal(x - z @ D.T, np.eye(d)), log_q - log_normal(z, np.eye(k))
    estimates = {
        "reconstruction": reconstruction, "kl": kl, "objective": reconstruction - 1.5 * kl, "elbo": reconstruction - kl,
        "log_likelihood": log_normal(x, D @ D.T + np.eye(d)),
        "mie": log_q - log_posterior(D, 1.0), "tie": log_q - log_posterior(model.mixing, 0.7),
    }  # fmt: skip
    np.testing.assert_allclose(x.T @ x / n, C, atol=0.1)
    for name, draws in estimates.items():
        assert abs(draws.mean() - getattr(values, name)) < 5 * draws.std() / np.sqrt(n) + 1e-12, name


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("beta", [0.1, 1.0, 3.0, 8.0])
def test_the_curves_of_kl_and_tie_over_beta(seed, beta):
    """docs/tractable.md, sections 4 and 6: sums over the eigenvalues above beta."""
    model, noise = random_model(seed, beta=beta), 0.7
    _, sigma, components = np.linalg.svd(model.mixing, full_matrices=False)  # A = U diag(sigma) V^T
    source, component = linear_sum_assignment(-np.abs(components.T))
    c, sigma = np.abs(components.T[source, component]), sigma[component]
    used = sigma**2 + noise > beta
    half_log = np.log((sigma[used] ** 2 + noise) / beta) / 2
    gain = c[used] * sigma[used] * np.sqrt(sigma[used] ** 2 + noise - beta) / noise
    collapsed = random_model(seed, beta=1000.0).solve()
    assert model.solve().kl == pytest.approx(half_log.sum())
    assert model.solve().tie == pytest.approx(collapsed.tie + (half_log - gain).sum())


@cases
@given(mixings, noises, st.floats(0.01, 1))
def test_tie_falls_with_beta_up_to_the_noise_variance(mixing, noise, fraction):
    """So that its best beta is at least v: not 1, where ELBO and MIE are best (docs/tractable.md, section 6).

    If both solutions give the components of C to the same latents: with several equally good ways they need not.
    """
    below, at = (LinearBetaVAE(mixing, noise, beta).solve() for beta in (fraction * noise, noise))
    cosines = np.sum(below.D * at.D, axis=0) ** 2
    assume(np.allclose(cosines, np.sum(below.D**2, axis=0) * np.sum(at.D**2, axis=0)))
    used_below, used = (np.abs(solution.D).max(axis=0) > 1e-9 for solution in (below, at))
    assume((used <= used_below).all())
    assert at_most(at.tie, below.tie)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("noise", [0.3, 1.0, 3.0])
def test_tie_is_best_at_a_beta_between_the_noise_variance_and_the_collapse(seed, noise):
    betas = noise * np.geomspace(0.1, 100, 61)
    models = [random_model(seed, noise_variance=noise, beta=beta) for beta in betas]
    ties = [model.solve().tie for model in models]
    best = np.argmin(ties)
    assert noise <= betas[best] + 1e-9 < np.linalg.eigvalsh(models[0].covariance)[-1]
    assert ties[best] < min(ties[0], ties[-1]) - 0.1


@cases
@given(st.integers(1, 5).flatmap(lambda d: arrays(float, (d, 1), elements=entries)), noises)
def test_with_one_source_tie_is_zero_where_beta_is_the_noise_variance(mixing, noise):
    assert LinearBetaVAE(mixing, noise, noise).solve().tie == pytest.approx(0, abs=1e-7)


class LayerModel:
    """The same model out of layers: minus the objective, its gradient in the parameters' grad.

    `GaussianCode` is a Dense layer for the mean and one whose exponential is the variance, here right behind x.
    """

    def __init__(self, d, k, beta, rng):
        self.code = vae.GaussianCode(d, k, rng=rng, dtype=np.float64)
        self.code.log_variance.weight.data[...] = 0  # random ones would make exp(w x) overflow for data this large
        self.decoder = nn.Dense(k, d, rng=rng, dtype=np.float64)
        self.parameters = [*self.code.parameters(), *self.decoder.parameters()]
        self.beta = beta

    def loss(self, x, noise):
        for parameter in self.parameters:
            parameter.zero_grad()
        reconstructed = self.decoder.forward(self.code.forward(x, noise=noise))
        nll, gradient = nn.losses.gaussian_nll(reconstructed, x, variance=1.0)
        self.code.backward(self.decoder.backward(gradient), dkl=self.beta / len(x))
        return nll + self.beta * self.code.kl.sum() / len(x)

    def set(self, D, W, S):
        self.code.mean.weight.data[...], self.decoder.weight.data[...] = W.T, D.T
        self.code.log_variance.weight.data[...], self.code.log_variance.bias.data[...] = 0, np.log(S)

    def get(self):
        return self.decoder.weight.data.T, self.code.mean.weight.data.T, np.exp(self.code.log_variance.bias.data)


def exact_samples(model, rng, n=100):
    """x and noise whose averages of every odd and every quadratic term are exactly those of the distributions."""
    (d, k), root = model.mixing.shape, np.linalg.cholesky(model.covariance)
    draws = rng.normal(size=(n, d + k))
    Q = np.linalg.qr(np.concatenate([draws, -draws]))[0] * np.sqrt(2 * n)
    return Q[:, :d] @ root.T, Q[:, d:]


@pytest.mark.parametrize("seed", range(5))
def test_the_layers_have_the_objective_and_the_gradient_of_the_closed_form(seed):
    """Not only within sampling error: loss and gradient are quadratic in (x, noise), so matched moments suffice."""
    model, rng = random_model(seed), np.random.default_rng(seed)
    layers, (x, noise) = LayerModel(5, 3, 1.5, rng), exact_samples(model, rng)
    D, W, S = random_parameters(model, seed)
    layers.set(D, W, S)
    assert -layers.loss(x, noise) == pytest.approx(model.evaluate(D, W, S).objective, rel=1e-10)
    dD, dW, dS = model.gradients(D, W, S)
    np.testing.assert_allclose(-layers.decoder.weight.grad.T, dD, atol=1e-9)
    np.testing.assert_allclose(-layers.code.mean.weight.grad.T, dW, atol=1e-9)
    np.testing.assert_allclose(-layers.code.log_variance.bias.grad, dS * S, atol=1e-9)
    for parameter in (layers.code.log_variance.weight, layers.code.mean.bias, layers.decoder.bias):
        np.testing.assert_allclose(parameter.grad, 0, atol=1e-9)


def test_the_layers_gradient_vanishes_at_the_solution_within_sampling_error():
    model, rng, n = random_model(0), np.random.default_rng(0), 100_000
    solution, layers = model.solve(), LayerModel(5, 3, 1.5, rng)
    layers.set(solution.D, solution.W, solution.S)
    x = rng.normal(size=(n, 5)) @ np.linalg.cholesky(model.covariance).T
    layers.loss(x, rng.normal(size=(n, 3)))
    assert max(np.abs(parameter.grad).max() for parameter in layers.parameters) < 0.1
    layers.loss(*exact_samples(model, rng))
    assert max(np.abs(parameter.grad).max() for parameter in layers.parameters) < 1e-8


@pytest.mark.parametrize("beta", [0.5, 1.0, 3.0])
def test_adam_trains_the_layers_to_the_closed_form(beta):
    model, rng = random_model(3, d=4, k=2, noise_variance=1.0, beta=beta), np.random.default_rng(3)
    layers, root = LayerModel(4, 2, beta, rng), np.linalg.cholesky(model.covariance)
    for learning_rate, steps in ((2e-2, 3000), (2e-3, 1000)):
        adam = nn.Adam(layers.parameters, learning_rate)
        for _ in range(steps):
            layers.loss(rng.normal(size=(256, 4)) @ root.T, rng.normal(size=(256, 2)))
            adam.step()
    best, reached = model.solve(), model.evaluate(*layers.get())
    assert best.objective - 0.02 < reached.objective <= best.objective
    assert reached.elbo == pytest.approx(best.elbo, abs=0.05)
    assert reached.kl == pytest.approx(best.kl, abs=0.1)
    x, noise = rng.normal(size=(100_000, 4)) @ root.T, rng.normal(size=(100_000, 2))
    assert -layers.loss(x, noise) == pytest.approx(best.objective, abs=0.05)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([1.0, 2.0], 1.0, 1.0), ValueError, r"mixing has shape \(2,\): expected \(d, k\)"),
        ((np.zeros((0, 2)), 1.0, 1.0), ValueError, r"mixing has shape \(0, 2\): expected \(d, k\)"),
        (([["a"]], 1.0, 1.0), TypeError, "mixing has dtype <U1: expected real numbers"),
        (([[1j]], 1.0, 1.0), TypeError, "mixing has dtype complex128: expected real numbers"),
        (([[np.nan]], 1.0, 1.0), ValueError, "mixing must hold finite numbers"),
        (([[1e200]], 1.0, 1.0), ValueError, "overflows: scale the data down"),
        (([[1.0]], 0.0, 1.0), ValueError, "noise_variance must be a positive number, got 0.0"),
        (([[1.0]], np.inf, 1.0), ValueError, "noise_variance must be a positive number, got inf"),
        (([[1.0]], 1.0, 0), ValueError, r"beta must be a positive number \(at 0 the KL .* is infinite\), got 0"),
        (([[1.0]], 1.0, -1.0), ValueError, "beta must be a positive number"),
        (([[1.0]], 1.0, np.nan), ValueError, "beta must be a positive number"),
        (([[1.0]], 1.0, "4"), ValueError, "beta must be a positive number .* got '4'"),
        (([[1.0]], 1.0, True), ValueError, "beta must be a positive number .* got True"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow")
def test_mistakes_are_answered_in_one_sentence(arguments, error, words):
    with pytest.raises(error, match=words):
        LinearBetaVAE(*arguments)


def test_an_alternation_without_time_says_so():
    with pytest.raises(ConvergenceError, match=r"did not converge in 1 iterations .* raise max_iterations"):
        random_model(0).alternate(np.ones((5, 3)), max_iterations=1)


def test_everything_is_float64_and_the_package_knows_the_module():
    solution = vae.tractable.LinearBetaVAE(np.eye(3, 2, dtype=np.float32), 1, 2).solve()
    assert solution.D.dtype == solution.W.dtype == solution.S.dtype == np.float64
    assert all(type(value) is float for name, value in vars(solution).items() if name not in "DWS")
