"""Does everything work on this machine's GPU?  ``python -m nn.selftest`` prints a page to read, or to send to us.

It compares every GPU form with its NumPy form and every gradient with finite differences on the device, trains a small
network on both devices, and takes times.  The exit status is 1 if something is wrong.
"""

import argparse
import copy
import platform
import sys
import time

import nn  # before NumPy is loaded: see nn.threads
import numpy as np

from . import activations, batch_norm, losses, optimisers, patches
from .device import choose_device, gpu_name, to_device, to_host
from .threads import thread_count
from .windows import windows_on

TOLERANCES = {"float32": 1e-4, "float64": 1e-11}  # of a kernel against NumPy, relative to the largest number
LAYERS = [
    (lambda: nn.Dense(7, 4, rng=0), (5, 7)),
    (lambda: nn.Conv2D(2, 3, (3, 2), (2, 1), rng=0), (2, 5, 4, 2)),
    (lambda: nn.ConvTranspose2D(3, 2, (2, 3), 2, rng=0), (2, 3, 4, 3)),
    (lambda: nn.BatchNorm(3), (9, 3)),
    (lambda: nn.BatchNorm(2), (3, 4, 2, 2)),
    (lambda: nn.ReLU(), (4, 5)),
    (lambda: nn.LeakyReLU(0.2), (4, 5)),
    (lambda: nn.Tanh(), (4, 5)),
    (lambda: nn.Sigmoid(), (4, 5)),
    (lambda: nn.Softmax(), (4, 5)),
]
STEPS = 20


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m nn.selftest", description=__doc__.split("\n\n")[0])
    parser.add_argument("--device", choices=["cpu", "gpu", "auto"], default="auto", help="default: %(default)s")
    options = parser.parse_args(arguments)
    sentences = []
    try:
        device = choose_device(options.device, say=sentences.append)
    except RuntimeError as error:
        sys.exit(f"selftest: {error}")
    if emulated():
        print("Executed under CPU emulation of CuPy: nothing below was on a GPU, and the times mean nothing.")
    print(*sentences, *describe(device), "", sep="\n")
    right = [check_twins(device), check_layers(device), check_training(device)]
    print("\nAll is well." if all(right) else "\nSomething is WRONG: please send this page.")
    return 0 if all(right) else 1


def describe(device):
    """Sentences that say what the numbers below were computed with."""
    yield f"bare-vae self-test on the {device.upper()}; {platform.platform()}"
    yield f"Python {platform.python_version()}, NumPy {np.__version__}, {thread_count()} threads"
    if device == "gpu":
        import cupy

        gpu, driver = cupy.cuda.Device(), cupy.cuda.runtime.driverGetVersion()
        yield (
            f"{gpu_name()}, driver for CUDA {driver // 1000}.{driver % 1000 // 10}, "
            f"compute capability {gpu.compute_capability}, {gpu.mem_info[1] / 2**30:.0f} GiB"
        )


def emulated():
    """Whether CuPy's device is the emulated one of our continuous integration."""
    emulator = sys.modules.get("cupy_on_cpu")
    return emulator is not None and emulator.active()


def check_twins(device):
    """Every function with a GPU form: worst difference from its NumPy form, and the time of one call."""
    print(f"{'GPU form against NumPy':<28}{'float32':>12}{'float64':>12}{'time (us)':>12}")
    right = True
    for function, cases in [*twin_cases().items(), (optimisers.adam_update_all, None)]:
        differences = {}
        for dtype, tolerance in TOLERANCES.items():
            pairs = [twin_difference(function, case, dtype, device) for case in cases] if cases else [
                adam_difference(dtype, device)
            ]  # fmt: skip
            differences[dtype] = max(pairs)
            right &= differences[dtype] <= tolerance
        last = microseconds(function, cases[-1], device) if cases else adam_microseconds(device)
        verdict = "" if all(differences[d] <= t for d, t in TOLERANCES.items()) else "  <- WRONG"
        numbers = "".join(f"{difference:>12.1e}" for difference in differences.values())
        print(f"{function.__name__:<28}{numbers}{last:>12.0f}{verdict}")
    return right


def twin_cases():
    """For each function of nn with a GPU form: lists of arguments, in float64, the last of a size that occurs."""
    rng = np.random.default_rng(0)

    def normal(*shape):
        return rng.normal(size=shape)

    def batch_norm_arguments(*shape):
        n = shape[-1]
        return 3 + normal(*shape), normal(n), normal(n), 1e-4, normal(n), rng.uniform(1, 2, n), 0.3

    def batch_norm_gradient_arguments(*shape, training=True):
        n = shape[-1]
        scale, shift = nn.Parameter(normal(n)), nn.Parameter(normal(n))
        scale.grad = normal(n)
        return normal(*shape), normal(*shape), rng.uniform(1, 2, n), scale, shift, training

    def windows(*geometry):
        return windows_on(*geometry)

    odd, usual = windows((5, 4), (3, 2), (2, 1), ((1, 2), (0, 3))), windows((32, 32), (3, 3), (2, 2), "same")
    sparse = windows((7, 6), (1, 2), (3, 4), "valid")
    shapes = [(1, 1), (3, 5), (2, 3, 2, 2), (100, 1200)]
    batch_norms = [(1, 2), (9, 3), (2, 3, 2, 5), (100, 1200), (20, 32, 32, 16)]
    return {
        activations.rectify: [(normal(*shape),) for shape in shapes],
        activations.rectify_gradient: [(normal(*shape), normal(*shape) > 0) for shape in shapes],
        activations.scale_where: [(normal(*shape) > 0, normal(*shape), 0.2) for shape in shapes],
        activations.tanh_gradient: [(normal(*shape), np.tanh(normal(*shape))) for shape in shapes],
        batch_norm.normalise_batch: [batch_norm_arguments(*shape) for shape in batch_norms],
        batch_norm.normalise_gradient: [batch_norm_gradient_arguments(3, 2, training=False)]
        + [batch_norm_gradient_arguments(*shape) for shape in batch_norms],
        patches.unfold: [(normal(2, 5, 4, 3), odd), (normal(2, 7, 6, 1), sparse), (normal(100, 32, 32, 16), usual)],
        patches.fold: [
            (normal(*patches.patches_shape((batch, *geometry.image, channels), geometry)), geometry, batch)
            for batch, channels, geometry in [(2, 3, odd), (2, 1, sparse), (100, 16, usual)]
        ],
        losses.bernoulli_nll: [
            (10 * normal(*shape), rng.uniform(size=shape)) for shape in [(1, 1), (3, 4, 2, 1), (100, 4096)]
        ],
    }


def moved(value, device, dtype):
    """An argument of a function, copied, in the dtype, on the device."""
    if isinstance(value, nn.Parameter):
        parameter = nn.Parameter(moved(value.data, device, dtype))
        parameter.grad = moved(value.grad, device, dtype)
        return parameter
    if not isinstance(value, np.ndarray):
        return value
    return to_device(value.astype(dtype if value.dtype.kind == "f" else value.dtype), device)


def arrays_in(values):
    """All arrays in arguments or results, on the host."""
    for value in values if isinstance(values, tuple) else (values,):
        if isinstance(value, nn.Parameter):
            yield to_host(value.grad)
        elif hasattr(value, "dtype"):
            yield to_host(value)


def difference(left, right):
    """The largest difference between arrays, relative to the largest number in each pair; infinite for wrong dtypes."""
    worst = 0.0
    for a, b in zip(left, right, strict=True):
        if a.dtype != b.dtype or a.shape != b.shape:
            return float("inf")
        if a.dtype == bool:
            worst = max(worst, float((a != b).any()))
        else:
            worst = max(worst, float(np.abs(a - b).max() / max(np.abs(a).max(), 1e-30)))
    return worst


def twin_difference(function, case, dtype, device):
    """How far results and changed arguments on the device are from those on the CPU."""
    ours, theirs = (tuple(moved(value, where, dtype) for value in case) for where in ("cpu", device))
    result, result_there = function(*ours), function(*theirs)
    return difference([*arrays_in(result), *arrays_in(ours)], [*arrays_in(result_there), *arrays_in(theirs)])


def adam_difference(dtype, device):
    """`Adam` with its one kernel for all parameters against `adam_update` on each, for three steps."""
    rng = np.random.default_rng(1)
    parameters = [nn.Parameter(rng.normal(size=shape).astype(dtype)) for shape in [(3, 4), (1,), (7,), (300, 200)]]
    there = copy.deepcopy(parameters)
    for parameter in there:
        parameter.to_device(device)
    optimiser, optimiser_there = nn.Adam(parameters), nn.Adam(there)
    for _ in range(3):
        for parameter, twin in zip(parameters, there, strict=True):
            parameter.grad = rng.normal(size=parameter.data.shape).astype(dtype)
            twin.grad = to_device(parameter.grad, device)
        optimiser.step()
        optimiser_there.step()
    return difference((p.data for p in parameters), (to_host(p.data) for p in there))


def microseconds(function, case, device):
    """The time of one call, the mean of several, in float32."""
    case = tuple(moved(value, device, "float32") for value in case)
    return 1e6 * seconds(lambda: function(*case), device)


def adam_microseconds(device):
    """The time of `Adam`'s step for a matrix of 4096 x 1200."""
    parameter = nn.Parameter(np.ones((4096, 1200), np.float32))
    parameter.to_device(device)
    return 1e6 * seconds(nn.Adam([parameter]).step, device)


def seconds(call, device):
    """The mean time of one call, without the first, in which kernels are compiled."""
    call()
    repeats = 1 if emulated() else 100 if device == "gpu" else 5
    wait(device)
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    wait(device)
    return (time.perf_counter() - start) / repeats


def wait(device):
    """Wait until the device has done all it was asked for."""
    if device == "gpu":
        import cupy

        cupy.cuda.Device().synchronize()


def check_layers(device):
    """Gradient checks, computed on the device."""
    print(f"\n{'gradient check':<40}{'worst relative error':>24}")
    rng, right = np.random.default_rng(2), True
    for make, shape in LAYERS:
        layer = make()
        layer.to_device(device)
        report = nn.check_gradients(layer, to_device(rng.normal(size=shape), device), max_elements=20, directions=5)
        right &= report.ok
        print(f"{layer!r:<40}{report.worst:>24.1e}{'' if report.ok else '  <- WRONG'}")
    return right


def check_training(device):
    """The same training on both devices, and the time of a step of it at the size of the dense beta-VAE."""
    first, second = ([float(loss) for loss in train(where, 64, 32, STEPS)] for where in ("cpu", device))
    error = max(abs(a - b) / abs(a) for a, b in zip(first, second, strict=True))
    right = error < 1e-4
    print(f"\n{STEPS} training steps, NumPy and here: the losses differ by {error:.1e}{'' if right else '  <- WRONG'}")
    step = training_step(device, 4096, 1200)
    print(f"one step of 4096-1200-1200-4096 on 100 examples, float32: {1e3 * seconds(step, device):.2f} ms")
    return right


def training_step(device, n, hidden):
    """A function that takes one step of Adam and returns the loss: an autoencoder of n numbers, 100 random examples."""
    rng = np.random.default_rng(3)
    network = nn.Sequential(
        nn.Dense(n, hidden, bias=False, rng=rng), nn.BatchNorm(hidden), nn.ReLU(),
        nn.Dense(hidden, hidden, bias=False, rng=rng), nn.BatchNorm(hidden), nn.Tanh(),
        nn.Dense(hidden, n, rng=rng),
    )  # fmt: skip
    network.to_device(device)
    optimiser = nn.Adam(network.parameters())
    x = to_device((rng.random((100, n)) < 0.3).astype(np.float32), device)

    def step():
        optimiser.zero_grad()
        loss, dlogits = nn.losses.bernoulli_nll(network.forward(x, training=True), x)
        network.backward_parameters(dlogits)
        optimiser.step()
        return loss

    return step


def train(device, n, hidden, steps):
    step = training_step(device, n, hidden)
    return [step() for _ in range(steps)]


if __name__ == "__main__":
    sys.exit(main())
