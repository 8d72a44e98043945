"""The page that ``python -m nn.selftest`` prints."""

import argparse
import platform
import sys
import time

import numpy as np

import nn
from nn import selftest

from ..cuda.availability import gpu_name
from ..device import choose_device, to_device
from ..fast.threads import thread_count
from ..forms import TABLE
from .cases import cases
from .compare import form_difference, moved

TOLERANCES = {"float32": 1e-4, "float64": 1e-11}  # of a form against the plain one, relative to the largest number
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
    parser = argparse.ArgumentParser(prog="python -m nn.selftest", description=selftest.__doc__.split("\n\n")[0])
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
    right = [check_forms(device), check_layers(device), check_training(device)]
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


def check_forms(device):
    """Every CUDA form: worst difference from the plain form, and the time of one call."""
    print(f"{'CUDA form against plain':<28}{'float32':>12}{'float64':>12}{'time (us)':>12}")
    right = True
    for name, arguments in cases().items():
        form = "cuda" if "cuda" in TABLE[name] and device == "gpu" else "plain"
        worst = {
            dtype: max(form_difference(name, form, case, dtype, device) for case in arguments) for dtype in TOLERANCES
        }
        wrong = any(worst[dtype] > tolerance for dtype, tolerance in TOLERANCES.items())
        numbers = "".join(f"{difference:>12.1e}" for difference in worst.values())
        last = microseconds(TABLE[name][form], arguments[-1], device)
        print(f"{name:<28}{numbers}{last:>12.0f}{'  <- WRONG' if wrong else ''}")
        right &= not wrong
    return right


def microseconds(function, case, device):
    """The time of one call, the mean of several, in float32."""
    case = tuple(moved(value, device, "float32") for value in case)
    return 1e6 * seconds(lambda: function(*case), device)


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
