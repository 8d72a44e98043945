"""What one training step may cost: launches, matrix products, copies, waits, memory.  Counted by the emulator."""

import pytest

# The measured numbers are in docs/gpu.md.  On a GPU a launch costs the host some microseconds, more than most kernels.
BUDGETS = {"shapes-dense": {"launches": 55, "products": 24}, "shapes-conv": {"launches": 90, "products": 30}}


@pytest.mark.parametrize("architecture", BUDGETS)
def test_a_step_stays_within_its_budget(architecture, make_steps, count):
    step = make_steps(architecture, "gpu", 100)
    for _ in range(3):
        step()
    with count() as done:
        step()
    print(architecture, done)
    assert done["launches"] <= BUDGETS[architecture]["launches"]
    assert done["library_calls"] <= BUDGETS[architecture]["products"]
    assert done["d2h"] == done["syncs"] == 0
    assert done["h2d"] == 1  # noise
    assert done["h2d_bytes"] <= 100 * 10 * 4
    assert done["device_mallocs"] == 0
