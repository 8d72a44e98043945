"""The beta-VAE as a scikit-learn transformer."""

import json
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

import nn

from . import storage
from .architectures import ARCHITECTURES
from .images import check_images, host_array
from .training import DivergenceError, Trainer, as_float, evaluate, on_device


class BetaVAE(TransformerMixin, BaseEstimator):
    """Disentangled autoencoder: a code of independent Gaussians, pressed towards N(0, I) with weight beta.

    Minimises, over encoder q(z|x) and decoder p(x|z) (dissertation, eqs. 2.22 and 3.8),

        mean over images of [ -log p(x|z) + beta * KL(q(z|x) || N(0, I)) ],   z ~ q(z|x),

    with a Bernoulli likelihood summed over pixels and the KL summed over latents; beta has its meaning under these
    sums.  beta = 1 is the variational autoencoder, whose negative objective bounds log p(x) from below (the ELBO).

    Parameters
    ----------
    architecture : name of a network, one of ``vae.ARCHITECTURES``; it fixes the image size.
    latent_dim : elements of the code.
    beta : weight of the KL, at least 0.
    learning_rate : of Adam.
    batch_size : images in one step.
    max_epochs : passes over the training images, at most.
    patience : stop when more than so many epochs in a row did not improve the validation objective.
    random_state : seed (int) of initial weights, order of the images and eps; None for a new one every time.
    device : "cpu", "gpu" (an NVIDIA GPU, through CuPy) or "auto": the GPU if it can be used, else the CPU.
    dtype : "float32" or "float64".
    progress : whether to show a progress bar (on a terminal) and a line for each epoch.

    Attributes
    ----------
    network_ : the `Network`.
    device_ : "cpu" or "gpu", where it is.
    history_ : dict of lists, a value for each epoch (see `Trainer`).
    image_shape_ : (height, width, channels).
    n_features_in_ : height * width * channels.

    Images X may be a `datasets.PackedImages` or an array of floats (or booleans) in [0, 1], of shape
    (n, height, width, channels), (n, height, width) for one channel, or (n, height * width * channels).

    Examples
    --------
    >>> train, validation, test = datasets.ShapesSet().split(seed=0)
    >>> model = vae.BetaVAE(beta=4, max_epochs=5, random_state=0)
    >>> model.fit(train.images, validation=validation.images)
    >>> codes = model.transform(test.images)  # (40053, 10)
    """

    def __init__(
        self,
        architecture="shapes-dense",
        latent_dim=10,
        beta=4.0,
        *,
        learning_rate=1e-3,
        batch_size=100,
        max_epochs=5,
        patience=5,
        random_state=None,
        device="cpu",
        dtype="float32",
        progress=True,
    ):
        self.architecture = architecture
        self.latent_dim = latent_dim
        self.beta = beta
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.patience = patience
        self.random_state = random_state
        self.device = device
        self.dtype = dtype
        self.progress = progress

    def check_settings(self):
        """Raise ValueError, saying what was expected, for unusable settings; RuntimeError if there is no GPU."""
        if self.architecture not in ARCHITECTURES:
            raise ValueError(f"unknown architecture {self.architecture!r}: choose from {', '.join(ARCHITECTURES)}")
        for name in ("latent_dim", "batch_size", "max_epochs"):
            _check_number(name, getattr(self, name), at_least=1, whole=True)
        _check_number("patience", self.patience, at_least=0, whole=True)
        _check_number("beta", self.beta, at_least=0)
        _check_number("learning_rate", self.learning_rate, at_least=0)
        if self.random_state is not None:
            _check_number("random_state", self.random_state, at_least=0, whole=True)
        if self.dtype not in ("float32", "float64"):
            raise ValueError(f"dtype must be 'float32' or 'float64', got {self.dtype!r}")
        nn.choose_device(self.device)

    def fit(self, X, y=None, *, validation=None, checkpoint=None):
        """Train from new random weights.

        Parameters
        ----------
        X : training images.
        y : ignored.
        validation : images for early stopping; without them training runs for max_epochs and keeps the last weights.
        checkpoint : path of a file to which all of the training's state is written after every epoch.  If it exists,
            training continues from it, exactly as if it had not been interrupted.

        Raises ValueError for unusable settings or images, `DivergenceError` for a run that blows up; the model then
        keeps the best parameters of the epochs before.
        """
        self.check_settings()
        X = check_images(X, self._image_shape(), "X", at_least=self.batch_size)
        if validation is not None:
            validation = check_images(validation, self._image_shape(), "validation")
        self._start()
        if checkpoint is not None and Path(checkpoint).exists():
            self._continue_from(checkpoint)
        try:
            self._trainer.fit(
                X, validation, epochs=self.max_epochs, patience=self.patience, progress=self.progress,
                after_epoch=lambda: checkpoint is None or self._save_checkpoint(checkpoint),
            )  # fmt: skip
        finally:
            self.history_ = self._trainer.history
        return self

    def partial_fit(self, X, y=None):
        """Take one step of Adam for each batch of X, in the order of X; the first call starts from new weights.

        For data that do not fit into memory: call it with one part after the other.  Raises `DivergenceError` if the
        objective becomes infinite or NaN.
        """
        if not hasattr(self, "_trainer"):
            self.check_settings()
        X = check_images(X, self._image_shape(), "X")
        if not hasattr(self, "_trainer"):
            self._start()
        for start in range(0, len(X), self.batch_size):
            objective, *_ = self._trainer.step(as_float(X[start : start + self.batch_size], self.network_))
        if not np.isfinite(float(objective)):
            raise DivergenceError(f"training diverged: the objective is {objective}; try a smaller learning rate")
        return self

    def encode(self, X):
        """Mean and log variance of q(z|x): two float arrays (n, latent_dim)."""
        check_is_fitted(self)
        X = check_images(X, self.image_shape_, "X")
        batches = [self.network_.encode(self._to_device(batch)) for batch in self._batches_of(X)]
        means, log_variances = zip(*batches, strict=True)
        return self._to_host(means), self._to_host(log_variances)

    def decode(self, Z):
        """Images from codes: the probability of white, (n, height, width, channels).  Z : (n, latent_dim)."""
        check_is_fitted(self)
        Z = host_array(Z, "Z")
        if Z.ndim != 2 or Z.shape[1] != self.latent_dim or len(Z) == 0:
            raise ValueError(f"Z has shape {Z.shape}: expected codes (n, {self.latent_dim})")
        if Z.dtype.kind not in "fiu" or not np.isfinite(Z).all():
            raise ValueError("Z must hold finite numbers")
        return self._to_host([self.network_.decode(self._to_device(batch)) for batch in self._batches_of(Z)])

    def transform(self, X):
        """The mean codes of X, (n, latent_dim)."""
        return self.encode(X)[0]

    def inverse_transform(self, Z):
        """The images that codes stand for, flattened: (n, height * width * channels); see also `decode`."""
        images = self.decode(Z)
        return images.reshape(len(images), -1)

    def reconstruct(self, X):
        """X through the encoder's mean code and the decoder: (n, height, width, channels)."""
        return self.decode(self.transform(X))

    def sample(self, n=1, random_state=None):
        """New images: z ~ N(0, I), decoded, (n, height, width, channels).  random_state : seed or Generator."""
        check_is_fitted(self)
        return self.decode(np.random.default_rng(random_state).standard_normal((n, self.latent_dim)))

    def score(self, X, y=None):
        """The mean ELBO of X in nats for an image (higher is better), estimated with one fixed draw of eps."""
        check_is_fitted(self)
        X = check_images(X, self.image_shape_, "X")
        return -evaluate(self.network_, X, self.batch_size, self.device_, beta=1)["objective"]

    def to_device(self, device):
        """Move the model, with all that its training needs, to "cpu" or "gpu"; `partial_fit` goes on there."""
        check_is_fitted(self)
        self.device_ = nn.choose_device(device)
        self.device = device
        self._trainer.to_device(self.device_)
        return self

    def save(self, path):
        """Write settings, history and weights into one .npz file."""
        check_is_fitted(self)
        arrays = {name: nn.to_host(array) for name, array in self.network_.state().items()}
        storage.save(path, {"settings": self._settings(), "history": self.history_}, arrays)

    @classmethod
    def load(cls, path, device="cpu"):
        """Bring back what `save` wrote, on the given device.

        Raises `storage.ModelFileError`, a ValueError, if the file is damaged or none of ours; OSError if it cannot
        be read.
        """
        header = storage.load_header(path)
        try:
            model = cls(**header["settings"] | {"device": device})
            model.check_settings()
            model._start()
            model.history_ = {name: list(values) for name, values in header["history"].items()}
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise storage.ModelFileError(f"{path} has unusable settings ({error})") from error
        model.network_.load_state(storage.load_arrays(path, model.network_.state()))
        return model

    def _image_shape(self):
        return ARCHITECTURES[self.architecture].image_shape

    def _start(self):
        """New weights and an optimiser."""
        rng = np.random.default_rng(self.random_state)
        self.network_ = ARCHITECTURES[self.architecture].build(self.latent_dim, rng, np.dtype(self.dtype))
        self.network_.beta = float(self.beta)
        self.device_ = nn.choose_device(self.device, say=print if self.progress else None)
        self.network_.to_device(self.device_)
        self.image_shape_ = self._image_shape()
        self.n_features_in_ = int(np.prod(self.image_shape_))
        self.history_ = {}
        self._trainer = Trainer(
            self.network_, learning_rate=self.learning_rate, batch_size=self.batch_size, rng=rng, device=self.device_
        )

    def _settings(self):
        settings = self.get_params()
        return json.loads(json.dumps(settings, default=lambda number: number.item()))

    def _checkpoint_settings(self):
        """The settings that must agree for training to continue: all that the course of training depends on."""
        free = ("max_epochs", "patience", "device", "progress")
        return {name: value for name, value in self._settings().items() if name not in free}

    def _save_checkpoint(self, path):
        header, arrays = self._trainer.state()
        storage.save(path, header | {"checkpoint": self._checkpoint_settings()}, arrays)

    def _continue_from(self, path):
        header = storage.load_header(path)
        if header.get("checkpoint") != self._checkpoint_settings():
            raise ValueError(
                f"{path} is the checkpoint of another training ({header.get('checkpoint')}), this one is "
                f"{self._checkpoint_settings()}: delete the file or use the same settings"
            )
        _, expected = self._trainer.state()
        if header["best_objective"] is not None:
            expected |= {f"best.{name}": array for name, array in self.network_.state().items()}
        self._trainer.load_state(header, storage.load_arrays(path, expected))

    def _batches_of(self, X):
        X = on_device(X, self.device_)
        return (as_float(X[start : start + self.batch_size], self.network_)
                for start in range(0, len(X), self.batch_size))  # fmt: skip

    def _to_device(self, batch):
        return nn.to_device(batch, self.device_)

    def _to_host(self, batches):
        return np.concatenate([nn.to_host(batch) for batch in batches])


def _check_number(name, value, *, at_least, whole=False):
    kinds, noun = (int | np.integer, "whole number") if whole else (int | float | np.number, "number")
    if not isinstance(value, kinds) or isinstance(value, bool) or not at_least <= value < np.inf:
        raise ValueError(f"{name} must be a {noun} of at least {at_least}, got {value!r}")
