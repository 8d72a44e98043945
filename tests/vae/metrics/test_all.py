"""What every metric has to do, on codes whose score is known."""

import numpy as np
import pytest

from vae import metrics


DCI = {"quick": True, "repeats": 2, "train": 600, "test": 300}
QUICK = {
    "difference_score": lambda *a, **k: metrics.difference_score(*a, **{"samples": 4000, "quick": True} | k),
    "beta_vae_score": lambda *a, **k: metrics.beta_vae_score(*a, **{"train": 1000, "test": 500} | k),
    "factor_vae_score": lambda *a, **k: metrics.factor_vae_score(*a, **{"train": 1000, "test": 500} | k),
    "mutual_information_gap": metrics.mutual_information_gap,
    "disentanglement": lambda *a, **k: metrics.dci(*a, **DCI | k).disentanglement,
    "completeness": lambda *a, **k: metrics.dci(*a, **DCI | k).completeness,
    "informativeness": lambda *a, **k: metrics.dci(*a, **DCI | k).informativeness,
    "sap_score": metrics.sap_score,
    "modularity": metrics.modularity,
    "explicitness": metrics.explicitness,
}
every_metric = pytest.mark.parametrize("name", QUICK)
# what codes equal to the factors reach; the linear machine of SAP cannot tell all values of a factor apart
AT_LEAST = dict.fromkeys(QUICK, 0.99) | {"sap_score": 0.4, "explicitness": 0.8}


@every_metric
def test_codes_equal_to_the_factors_score_near_one(name, identity, factors):
    score = QUICK[name](identity, factors)
    assert AT_LEAST[name] < score <= 1
    assert score - score.chance > 5 * score.error


@every_metric
def test_random_codes_score_no_more_than_chance(name, factors, rng):
    score = QUICK[name](rng.normal(size=(len(factors), 5)), factors)
    assert abs(score - score.chance) < 4 * score.error + 0.03
    assert score.error > 0


@every_metric
def test_order_and_sign_of_the_latents_make_no_difference(name, half_mixed, factors):
    score = QUICK[name](half_mixed, factors, 1)
    turned = QUICK[name](half_mixed[:, [3, 1, 4, 0, 2]] * [1, -1, 1, -1, -1], factors, 1)
    assert turned == pytest.approx(score, abs=0.01)


@every_metric
def test_constant_factors_are_left_out(name, half_mixed, factors):
    constant = np.full((len(factors), 1), 7)
    score = QUICK[name](half_mixed, factors, 1)
    beside = QUICK[name](half_mixed, np.concatenate([constant, factors, constant], axis=1), 1)
    assert float(beside) == float(score)


@every_metric
def test_inactive_latents_give_neither_nan_nor_warnings(name, identity, factors):
    score = QUICK[name](np.concatenate([identity, np.zeros((len(factors), 3))], axis=1), factors)
    share = 4 / 7 if name == "modularity" else 1  # which by definition counts them as 0
    assert share * AT_LEAST[name] < score <= 1
    dead = QUICK[name](np.zeros((len(factors), 3)), factors)
    assert np.isfinite([dead, dead.chance]).all()
    assert dead <= dead.chance + 0.1


@every_metric
def test_a_function_and_a_data_set_score_as_their_codes_do(name, grid, half_mixed, factors):
    mix = np.linalg.lstsq(grid.flatten(grid.render(factors)), half_mixed, rcond=None)[0]
    represent = lambda images: grid.flatten(images) @ mix  # noqa: E731
    rendered = QUICK[name](represent, grid, 1)
    given = QUICK[name](represent(grid.render(factors)), factors, 1)
    assert rendered == pytest.approx(given, abs=4 * np.hypot(rendered.error, given.error) + 0.03)


@every_metric
def test_seed_and_generator_reproduce_value_error_and_chance(name, half_mixed, factors):
    first, second = (QUICK[name](half_mixed, factors, rng) for rng in (3, np.random.default_rng(3)))
    assert first.as_dict() == second.as_dict()


@every_metric
def test_the_settings_say_what_the_score_depends_on(name, half_mixed, factors):
    score = QUICK[name](half_mixed, factors)
    assert score.metric == name
    assert score.settings["codes"] == "given"
    assert score.settings["points"] <= len(factors) or name.endswith("_score")
    assert name in repr(score)
    assert "chance" in repr(score)


@every_metric
def test_the_error_estimate_can_be_left_out(name, half_mixed, factors):
    assert np.isnan(QUICK[name](half_mixed, factors, repeats=0).error)
    with pytest.raises(ValueError, match="repeats must be 0"):
        QUICK[name](half_mixed, factors, repeats=1)


@every_metric
@pytest.mark.parametrize(
    ("codes", "factors", "message"),
    [
        (np.zeros(5), np.zeros((5, 2), int), "expected codes of shape"),
        (np.full((5, 2), np.nan), np.eye(5, 2, dtype=int), "codes must be finite"),
        (np.zeros((5, 2)), np.zeros(5, int), "expected factors of shape"),
        (np.zeros((5, 2)), np.eye(4, 2, dtype=int), "got 5 codes and the factors of 4 points"),
        (np.zeros((5, 2)), np.zeros((5, 2), int), "every factor has one value only"),
        (np.zeros((5, 2)), np.full((5, 2), 0.5), "factors must be whole numbers"),
    ],
)
def test_bad_input_is_named(name, codes, factors, message):
    with pytest.raises(ValueError, match=message):
        QUICK[name](codes, factors)
