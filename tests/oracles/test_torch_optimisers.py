"""Every optimiser, schedule and clipping against PyTorch's: the same parameters after the same steps."""

import numpy as np
import pytest

import nn

pytest.importorskip("torch", reason="PyTorch is not installed: pip install -e '.[oracle]'")
import torch
from torch_agreement import PRECISIONS, assert_agrees

STEPS = 12
OPTIMISERS = {  # ours, theirs
    "momentum": (lambda p: nn.SGD(p, 0.02, momentum=0.9), lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9)),
    "Nesterov": (
        lambda p: nn.SGD(p, 0.02, momentum=0.8, nesterov=True),
        lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8, nesterov=True),
    ),
    "AdaGrad": (nn.AdaGrad, torch.optim.Adagrad),
    "fast AdaGrad": (lambda p: nn.AdaGrad(p, 0.3, eps=0.1), lambda p: torch.optim.Adagrad(p, lr=0.3, eps=0.1)),
    "RMSProp": (nn.RMSProp, torch.optim.RMSprop),
    "fast RMSProp": (
        lambda p: nn.RMSProp(p, 0.05, decay=0.7, eps=1e-2),
        lambda p: torch.optim.RMSprop(p, lr=0.05, alpha=0.7, eps=1e-2),
    ),
    "AdamW": (nn.AdamW, torch.optim.AdamW),
    "fast AdamW": (
        lambda p: nn.AdamW(p, 0.1, 0.5, 0.9, 0.1, weight_decay=0.4),
        lambda p: torch.optim.AdamW(p, lr=0.1, betas=(0.5, 0.9), eps=0.1, weight_decay=0.4),
    ),
}
SHAPES = [(7, 5), (3,), ()]


def pairs(rng, dtype):
    ours = [nn.Parameter(np.asarray(rng.normal(size=shape), dtype)) for shape in SHAPES]
    return ours, [torch.tensor(p.data, dtype=torch.float64, requires_grad=True) for p in ours]


def draw_gradients(rng, ours, theirs, dtype):
    """The same random gradients of any size, some of them 0, for both."""
    for parameter, weight in zip(ours, theirs, strict=True):
        gradient = rng.normal(size=parameter.data.shape) * rng.choice([0, 1e-3, 1, 10], parameter.data.shape)
        parameter.zero_grad()
        parameter.grad += np.asarray(gradient, dtype)
        weight.grad = torch.tensor(np.array(parameter.grad), dtype=torch.float64)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("form", ["plain", "fast"])
@pytest.mark.parametrize("optimisers", OPTIMISERS.values(), ids=OPTIMISERS)
def test_the_same_gradients_lead_to_the_same_parameters(optimisers, form, dtype):
    rng = np.random.default_rng(0)
    ours, theirs = pairs(rng, dtype)
    optimiser, torch_optimiser = optimisers[0](ours), optimisers[1](theirs)
    start = [parameter.data.copy() for parameter in ours]
    for _ in range(STEPS):
        draw_gradients(rng, ours, theirs, dtype)
        with nn.use(form):
            optimiser.step()
        torch_optimiser.step()
    for before, parameter, weight in zip(start, ours, theirs, strict=True):
        assert np.abs(parameter.data - before).mean() > 1e-3, "it has hardly moved"
        assert_agrees(parameter.data, weight.detach().numpy(), dtype)


def warm_up_then_cosine(optimiser):
    rise = torch.optim.lr_scheduler.LinearLR(optimiser, 1 / 6, 1, total_iters=5)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 10)
    return torch.optim.lr_scheduler.SequentialLR(optimiser, [rise, fall], [5])


SCHEDULES = {  # ours, for a rate of 0.3; theirs, for an optimiser that has it; how many steps agree
    "constant": (nn.schedules.Constant(0.3), lambda o: torch.optim.lr_scheduler.LambdaLR(o, lambda _: 1), 20),
    "linear": (nn.schedules.Linear(0.3, 0.06, 7), lambda o: torch.optim.lr_scheduler.LinearLR(o, 1, 0.2, 7), 20),
    "step": (nn.schedules.Step(0.3, 4, 0.5), lambda o: torch.optim.lr_scheduler.StepLR(o, 4, 0.5), 20),
    "cosine": (
        nn.schedules.Cosine(0.3, 10, end=0.1),
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10, eta_min=0.1),
        11,  # PyTorch's rises again afterwards
    ),
    "warm-up": (nn.schedules.WarmUp(5, nn.schedules.Cosine(0.3, 10)), warm_up_then_cosine, 15),
}


@pytest.mark.filterwarnings("ignore:The epoch parameter in `scheduler.step")  # SequentialLR's own use of it
@pytest.mark.parametrize(("schedule", "torch_schedule", "steps"), SCHEDULES.values(), ids=SCHEDULES)
def test_schedules(schedule, torch_schedule, steps):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = torch_schedule(optimiser)
    for step in range(steps):
        assert schedule(step) == pytest.approx(optimiser.param_groups[0]["lr"], abs=1e-12)
        optimiser.step()
        scheduler.step()


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("largest", [0.01, 1.0, 1e9])
def test_clipping_by_norm(largest, dtype):
    rng = np.random.default_rng(1)
    ours, theirs = pairs(rng, dtype)
    draw_gradients(rng, ours, theirs, dtype)
    norm = nn.clip_by_norm(ours, largest)
    torch_norm = torch.nn.utils.clip_grad_norm_(theirs, largest).item()
    assert norm == pytest.approx(torch_norm, rel=1e-6)
    undo = (torch_norm + 1e-6) / torch_norm if torch_norm > largest else 1  # PyTorch adds 1e-6 to the norm
    for parameter, weight in zip(ours, theirs, strict=True):
        assert_agrees(parameter.grad, undo * weight.grad.numpy(), dtype)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_clipping_by_value(dtype):
    rng = np.random.default_rng(2)
    ours, theirs = pairs(rng, dtype)
    draw_gradients(rng, ours, theirs, dtype)
    nn.clip_by_value(ours, 0.5)
    torch.nn.utils.clip_grad_value_(theirs, 0.5)
    for parameter, weight in zip(ours, theirs, strict=True):
        assert_agrees(parameter.grad, weight.grad.numpy(), dtype)
