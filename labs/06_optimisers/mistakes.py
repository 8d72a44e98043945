"""The classic mistakes of lab 6, and the arrays that explain them."""

import numpy as np

from labs.harness.mistakes import Mistake

LEARNING_RATE, MOMENTUM, EPS = 0.03, 0.7, 0.01

# ruff: noqa: E501  (one mistake a line, however long)
MISTAKES = [
    Mistake("SGD.zero_grad", "parameter.grad[...] = 0", "parameter.grad = np.zeros_like(parameter.data)", "old gradient survives"),
    Mistake("SGD.zero_grad", "parameter.grad[...] = 0", "pass", "old gradient survives"),
    Mistake("SGD.step", "-=", "+=", "sign flipped"),
    Mistake("SGD.step", "parameter.data -=", "parameter.data = parameter.data -", "not in place"),
    Mistake("SGD.step", "self.learning_rate * parameter.grad", "parameter.grad", "learning rate missing"),
    Mistake("Momentum.step", "velocity *= self.momentum", "velocity *= 1 - self.momentum", "weights swapped"),
    Mistake("Momentum.step", "velocity *= self.momentum", "velocity *= 1", "momentum forgotten"),
    Mistake("Momentum.step", "velocity += parameter.grad", "velocity += (1 - self.momentum) * parameter.grad", "gradient weighted"),
    Mistake("Adam.step", "m / (1 - self.beta1**self.t)", "m", "no bias correction of m"),
    Mistake("Adam.step", "v / (1 - self.beta2**self.t)", "v", "no bias correction of v"),
    Mistake("Adam.step", "(np.sqrt(v_hat) + self.eps)", "np.sqrt(v_hat + self.eps)", "eps inside the root"),
    Mistake("Adam.step", "(np.sqrt(v_hat) + self.eps)", "(v_hat + self.eps)", "root forgotten"),
    Mistake("Adam.step", "self.t += 1", "self.t += 0", "t from 0"),
    Mistake("Adam.step", "self.t += 1", "self.t += len(self.parameters)", "t counted for each parameter"),
    Mistake("Adam.step", "(1 - self.beta1) * (g - m)", "self.beta1 * (g - m)", "weights swapped"),
    Mistake("he_normal", "np.sqrt(2 / n_in)", "np.sqrt(1 / n_in)", "variance 1 / n_in"),
    Mistake("he_normal", "np.sqrt(2 / n_in)", "2 / n_in", "variance for deviation"),
    Mistake("he_normal", "np.sqrt(2 / n_in)", "np.sqrt(2 / n_out)", "fan-out for fan-in"),
    Mistake("xavier_uniform", "np.sqrt(6 / (n_in + n_out))", "np.sqrt(2 / (n_in + n_out))", "deviation for limit"),
    Mistake("train", "optimiser.zero_grad()", "pass", "zero_grad forgotten"),
    Mistake("train", "optimiser.step()", "pass", "step forgotten"),
    Mistake("AdaMax.step", "self.learning_rate / (1 - self.beta1**self.t)", "self.learning_rate", "no bias correction of m"),
    Mistake("AdaMax.step", "np.abs(parameter.grad)", "parameter.grad", ""),
]  # fmt: skip


def facts(part, inputs, truth):
    """What a wrong array of `part` may be made of; see `labs.harness.naming`."""
    if part == "SGD.zero_grad":
        return {
            "da/mutants/old gradient survives": inputs["da"][0], "db/mutants/old gradient survives": inputs["db"][0],
            "kept_da/mutants/old gradient survives": inputs["da"][0],
        }  # fmt: skip
    if part.endswith(".step"):
        found = {}
        for name in "ab":
            for mistake, moved in STEPS[part](inputs[f"d{name}"]).items():
                found |= {
                    f"first_step_{name}/mutants/{mistake}": moved[0], f"three_steps_{name}/mutants/{mistake}": moved.sum(axis=0),
                }  # fmt: skip
            if part == "SGD.step":
                found[f"first_step_{name}/constants/learning rate"] = LEARNING_RATE
        return found
    if part in ("he_normal", "xavier_uniform"):
        n_in, n_out = int(inputs["n_in"]), int(inputs["n_out"])
        mutants = {
            "variance 1 / n_in": n_in**-0.5, "fan-out for fan-in": (2 / n_out) ** 0.5,
            "variance for deviation": 2 / n_in, "Xavier's": (2 / (n_in + n_out)) ** 0.5,
        } if part == "he_normal" else {
            "deviation for limit": (2 / (n_in + n_out) / 3) ** 0.5, "fan-in only": (2 / n_in) ** 0.5, "He's": (2 / n_in) ** 0.5,
        }  # fmt: skip
        return {f"deviation/mutants/{name}": value for name, value in mutants.items()}
    if part == "train":
        return _trains(**inputs)
    return {}


def _trains(start, centres, steepness):
    def losses(step=True, zero=True):
        theta, total, found = start.copy(), 0.0, []
        for centre, steep in zip(centres, steepness, strict=True):
            slope = 2 * steep * (theta - centre)
            found.append((slope * (theta - centre)).sum() / 2)
            total = slope + (0 if zero else total)
            theta = theta - 0.1 * total * step
        return np.array(found)

    return {
        "losses/mutants/zero_grad forgotten": losses(zero=False),
        "losses/mutants/step forgotten": losses(step=False),
    }


def _moving(gs, decay, weight):
    total, found = np.zeros_like(gs[0]), []
    for g in gs:
        total = decay * total + weight * g
        found.append(total)
    return np.array(found)


def _sgd(gs):
    return {"gradient squared": -LEARNING_RATE * gs**2}


def _momentum(gs):
    return {
        "weights swapped": -LEARNING_RATE * _moving(gs, 1 - MOMENTUM, 1), "momentum forgotten": -LEARNING_RATE * _moving(gs, 1, 1),
        "gradient weighted": -LEARNING_RATE * _moving(gs, MOMENTUM, 1 - MOMENTUM), "plain SGD": -LEARNING_RATE * gs,
    }  # fmt: skip


def _adam(gs, beta1=0.9, beta2=0.99):
    def moved(
        beta1=beta1, correct_m=True, correct_v=True, root=lambda v: np.sqrt(v) + EPS, weight=0.1, counts=(1, 2, 3)
    ):
        t = np.array(counts).reshape(-1, *[1] * (gs.ndim - 1))
        m, v = _moving(gs, beta1, weight), _moving(gs**2, beta2, 1 - beta2)
        m = m / (1 - 0.9**t) if correct_m else m
        v = v / (1 - beta2**t) if correct_v else v
        return -LEARNING_RATE * m / root(v)

    return {
        "no bias correction": moved(correct_m=False, correct_v=False), "no bias correction of m": moved(correct_m=False),
        "no bias correction of v": moved(correct_v=False), "eps inside the root": moved(root=lambda v: np.sqrt(v + EPS)),
        "root forgotten": moved(root=lambda v: v + EPS), "eps forgotten": moved(root=np.sqrt),
        "t from 0": np.full(gs.shape, np.nan),
        "weights swapped": moved(beta1=0.1, weight=0.9), "t counted for each parameter": moved(counts=(2, 4, 6)),
    }  # fmt: skip


def _adamax(gs):
    m, largest, u = _moving(gs, 0.9, 0.1), [], np.zeros_like(gs[0])
    for g in gs:
        u = np.maximum(0.83 * u, np.abs(g))
        largest.append(u)
    return {"no bias correction of m": -LEARNING_RATE * m / (np.array(largest) + EPS)}


STEPS = {"SGD.step": _sgd, "Momentum.step": _momentum, "Adam.step": _adam, "AdaMax.step": _adamax}
