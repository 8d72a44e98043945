"""Are `nn` and `datasets` ours?  The names are common; another package called datasets is widely installed."""

import datasets
import nn


def check(package, name):
    """Raise ImportError unless the imported package has `name`, as ours does."""
    if not hasattr(package, name):
        raise ImportError(
            f"'import {package.__name__}' found another package of that name, at {package.__path__[0]}: "
            "bare-vae brings its own nn and datasets; install it into an environment of its own (see README)"
        )


check(nn, "check_gradients")
check(datasets, "ShapesSet")
