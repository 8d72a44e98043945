"""What the experiments share: a model from a setting, trained, and its common numbers."""

import numpy as np

import nn
from datasets import SaltAndPepper

from ..estimator import BetaVAE
from ..evaluation import measures
from ..metrics import active_latents
from nn.files import atomic_write

UNTIL_EARLY_STOPPING = 1000  # epochs: more than early stopping lets pass


def train(setting, folder, images, validation=None, **parameters):
    """A `BetaVAE` with those of its parameters that the setting or `parameters` name, trained on images.

    If the setting does not say otherwise, the code starts from He's weights, as the documents' did (`initial_code`).
    Its ``salt_and_pepper``, if there is one above 0, makes it a denoising autoencoder.  A training that was killed goes
    on at its last epoch.
    """
    chosen = {"initial_code": 1.0} | {name: setting[name] for name in BetaVAE().get_params() if name in setting}
    if setting.get("salt_and_pepper"):
        parameters["corruption"] = SaltAndPepper(setting["salt_and_pepper"])
    model = BetaVAE(**chosen | parameters, progress=False)
    return model.fit(images, validation=validation, checkpoint=folder / "checkpoint.npz")


def spread(images, n):
    """A set of n images spread evenly over the given one."""
    return images.subset(np.linspace(0, len(images) - 1, n).astype(int))


def document_rate(beta):
    """Adam's learning rate on ShapesSet: smaller where beta = 0 (dissertation, section 3.2.4, Algorithm 2).

    At that rate it hardly begins to learn in a few thousand steps, and at the usual one all goes well
    (docs/results.md): the short budgets have the usual one for every beta.
    """
    return 3e-5 if beta == 0 else 1e-3


def numbers(model, images):
    """What is worth knowing of every model, on held-out images: a dict of numbers, in nats where no unit is named."""
    mean, log_variance = model.encode(images)
    return {
        "epochs": len(model.history_["epoch"]),
        "parameters": nn.count(model.network_.parameters()),
        "elbo": model.score(images),
        "kl": float(measures.kl_per_latent(mean, log_variance).sum()),
        "active_latents": int(active_latents(mean, log_variance, repeats=2)),
        "reconstruction_error": float(measures.reconstruction_error(model, images).mean()),
    }


def keep(folder, **arrays):
    """Write what the figures need beside the run."""
    with atomic_write(folder / "pictures.npz") as file:
        np.savez_compressed(file, **arrays)


def kept(folder):
    """What `keep` wrote: a dict of arrays."""
    with np.load(folder / "pictures.npz", allow_pickle=False) as file:
        return dict(file)
