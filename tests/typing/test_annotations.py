"""Every public signature is annotated; what the type checker reads (`use_of_the_api.py`) also runs."""

import inspect
import runpy
from pathlib import Path

import pytest

import datasets
import nn
import vae

HERE = Path(__file__).parent
MODULES = [
    nn, nn.losses, nn.metrics, nn.schedules, datasets, vae, vae.evaluation, vae.inference, vae.metrics,
    vae.metrics.baselines, vae.specification, vae.study, vae.tractable,
]  # fmt: skip


def public_names(module):
    """What the module says is public; without a list, what is defined in it."""
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    return getattr(module, "__all__", [name for name in own if not name.startswith("_")])


def signatures(module):
    """(name, function) of every public function, constructor, method and property that is written in our packages."""
    for name in public_names(module):
        value = getattr(module, name)
        if inspect.isclass(value):
            methods = {
                key: method for kind in reversed(value.__mro__) if ours(kind) for key, method in vars(kind).items()
            }
            for key, method in methods.items():
                method = getattr(method, "__func__", None) or getattr(method, "fget", None) or method
                if inspect.isfunction(method) and (key in ("__init__", "__call__") or not key.startswith("_")):
                    yield f"{module.__name__}.{name}.{key}", method
        elif callable(value) and ours(value):
            yield f"{module.__name__}.{name}", value


def ours(value):
    return getattr(value, "__module__", "").partition(".")[0] in ("nn", "vae", "datasets")


def missing(name, function):
    """Parameters without an annotation, and "return"."""
    signature = inspect.signature(function)
    bare = [key for key, parameter in signature.parameters.items() if parameter.annotation is parameter.empty]
    result = [] if name.endswith("__init__") or signature.return_annotation is not signature.empty else ["return"]
    return [key for key in bare if key not in ("self", "cls")] + result


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_public_signature_is_annotated(module):
    found = dict(signatures(module))
    assert found
    assert {name: missing(name, function) for name, function in found.items() if missing(name, function)} == {}


def test_a_missing_annotation_is_noticed():
    def half(self, x: int, y, *, z: int = 1):
        return x

    assert missing("half", half) == ["y", "return"]


def test_the_use_that_the_type_checker_reads_runs():
    functions = runpy.run_path(str(HERE / "use_of_the_api.py"))
    for name in ("a_network_of_layers", "training_by_hand_and_by_fit", "data_sets", "a_model"):
        functions[name]()
