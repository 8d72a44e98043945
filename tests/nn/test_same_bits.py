"""The same seed gives the same numbers, bit for bit, whatever is imported first; convolutions on any number of threads.

Each training runs in a process of its own, since NumPy's threads are settled when it is loaded.
"""

import os
import subprocess
import sys
from functools import lru_cache

import pytest

TRAINING = """
import hashlib
import numpy as np

rng = np.random.default_rng(0)
convolutions = nn.Sequential(
    nn.Conv2D(1, 16, 3, 2, rng=rng), nn.BatchNorm(16), nn.ReLU(), nn.Conv2D(16, 32, 3, rng=rng), nn.Tanh(),
    nn.ConvTranspose2D(32, 16, 4, 2, rng=rng), nn.LeakyReLU(0.2), nn.Conv2D(16, 1, 3, rng=rng),
)
dense = nn.Sequential(
    nn.Dense(1024, 300, bias=False, rng=rng), nn.BatchNorm(300), nn.ReLU(), nn.Dense(300, 50, rng=rng), nn.Tanh(),
    nn.Dense(50, 1024, rng=rng),
)
network, shape = {"convolutions": (convolutions, (32, 32, 1)), "dense": (dense, (1024,))}[sys.argv[1]]
images = rng.random((int(sys.argv[2]), *shape), dtype=np.float32)
adam = nn.Adam(network.parameters())
for _ in range(5):
    adam.zero_grad()
    loss, dlogits = nn.losses.bernoulli_nll(network.forward(images, training=True), images)
    network.backward(dlogits)
    adam.step()
print(hashlib.sha256(b"".join(array.tobytes() for array in network.state().values())).hexdigest(), loss)
"""


@lru_cache
def trained(network, imports="import nn, numpy", threads="2", batch=30):
    """A digest of all weights after five steps."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_THREAD_TIMEOUT"}
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; {imports}\n{TRAINING}", network, str(batch)],
        env=environment | {"OMP_NUM_THREADS": threads}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return run.stdout


@pytest.mark.parametrize("network", ["convolutions", "dense"])
def test_numpy_before_nn_changes_no_bit(network):
    assert trained(network) == trained(network, imports="import numpy, nn")


@pytest.mark.parametrize("network", ["convolutions", "dense"])
def test_two_trainings_are_the_same(network):
    again = trained.__wrapped__(network)
    assert trained(network) == again
    assert trained(network, batch=29) != again


@pytest.mark.parametrize("batch", [2, 7, 30])
def test_threads_change_no_bit_of_a_training_with_convolutions(batch):
    """Of dense layers this does not hold: one product is shared out by BLAS, which then adds up in another order."""
    one, two, three = (trained("convolutions", threads=threads, batch=batch) for threads in "123")
    assert one == two == three
