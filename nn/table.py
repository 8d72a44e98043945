"""All functions of `nn` that have several forms.  The plain one says what is computed; the others compute it faster.

Each form stands in a file of the plain file's name: that of `activations.relu` in CUDA in `nn/cuda/activations.py`.
"""

from importlib import import_module

from .forms import add_forms

ROWS = {  # plain function: its further forms
    "layer.zero_gradient": "fast cuda",
    "patches.unfold": "cuda",
    "patches.fold": "cuda",
    "convolution.correlate": "fast",
    "convolution.correlate_adjoint": "fast",
    "convolution.kernel_gradient": "fast",
    "convolution.bias_gradient": "fast cuda",
    "activations.relu": "cuda",
    "activations.relu_gradient": "cuda",
    "activations.leaky_relu": "fast cuda",
    "activations.tanh_gradient": "fast cuda",
    "batch_norm.normalise": "fast",
    "batch_norm.normalise_batch": "fast cuda",
    "batch_norm.normalise_gradient": "fast cuda",
    "embedding.sum_by_index": "fast",
    "layer_norm.normalise_groups": "fast",
    "layer_norm.normalise_groups_gradient": "fast",
    "losses.bernoulli_nll": "fast cuda",
    "optimisers.adam_update": "fast cuda",
}
for row, forms in ROWS.items():
    file, name = row.split(".")
    plain = getattr(import_module(f"nn.{file}"), name)
    add_forms(plain, **{form: getattr(import_module(f"nn.{form}.{file}"), name) for form in forms.split()})
