"""Points with known factors, and a data set that renders its factors as pixels."""

import numpy as np
import pytest

SIZES = (2, 4, 5, 4)


class Grid:
    """Four factors; the image of a factor tuple is four pixels, each a factor between -1.5 and 1.5."""

    factor_names = ("shape", "x", "y", "scale")
    factor_sizes = SIZES

    def __init__(self):
        self.rendered = 0

    def flatten(self, images):
        """The representation that gives the factors back, as `as_codes`."""
        return images.reshape(len(images), -1)

    def render(self, factors):
        self.rendered += len(factors)
        return as_codes(factors).reshape(-1, 2, 2, 1).astype(np.float32)

    def sample_factors(self, n, rng):
        return np.stack([rng.integers(size, size=n) for size in self.factor_sizes], axis=1)

    def sample_sharing(self, factors, factor, rng):
        shared = self.sample_factors(len(factors), rng)
        shared[:, factor] = factors[:, factor]
        return shared

    def sample_changing(self, factors, factor, rng):
        size, changed = self.factor_sizes[factor], factors.copy()
        changed[:, factor] = (factors[:, factor] + rng.integers(1, size, size=len(factors))) % size
        return changed


def as_codes(factors, sizes=SIZES):
    """The factors themselves, scaled to about unit variance."""
    return 3 * factors / (np.array(sizes) - 1) - 1.5


@pytest.fixture
def grid():
    return Grid()


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def factors(rng):
    """3,000 random points, (3000, 4)."""
    return Grid().sample_factors(3000, rng)


@pytest.fixture
def identity(factors):
    """Codes equal to the factors."""
    return as_codes(factors)


@pytest.fixture
def half_mixed(factors, rng):
    """Codes that are neither clear nor hopeless: some factors alone, some mixed, all with noise, one latent idle."""
    codes = as_codes(factors)
    mixed = np.stack(
        [codes[:, 0], codes[:, 1] + 0.7 * codes[:, 2], codes[:, 2] - 0.5 * codes[:, 3], codes[:, 3]], axis=1
    )
    noisy = mixed + 0.5 * rng.normal(size=mixed.shape)
    return np.concatenate([noisy, 0.3 * rng.normal(size=(len(codes), 1))], axis=1)
