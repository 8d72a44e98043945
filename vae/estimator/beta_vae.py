"""The beta-VAE as a scikit-learn transformer."""

from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

import nn
from nn.type_hints import Any, Callable, Device, DType, Iterable, Rate, Seed

from ..network.beta import describe_beta
from ..network.images import Images, check_on_host, warn_of_dark_bytes
from ..specification.architecture import Architecture
from ..specification.papers import ARCHITECTURES
from ..storage import settings
from ..training import DivergenceError, Trainer, checkpoints, whole_sets
from . import model_files
from .checks import check_choice, check_settings, checked_images, checked_training_images


class BetaVAE(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Disentangled autoencoder: a code of independent Gaussians, pressed towards N(0, I) with weight beta.

    Minimises, over encoder q(z|x) and decoder p(x|z) (dissertation, eqs. 2.22 and 3.8),

        mean over images of [ -log p(x|z) + beta * KL(q(z|x) || N(0, I)) ],   z ~ q(z|x),

    with log p summed over pixels and the KL over latents: beta has its meaning under these sums (see `reduction`).
    beta = 1 is the variational autoencoder, whose negative objective bounds log p(x) from below (the ELBO).

    Parameters
    ----------
    architecture : the network: a name out of ``vae.ARCHITECTURES``, or a `vae.Architecture`.
    latent_dim : elements of the code.
    beta : weight of the KL, at least 0: a number, or a schedule (`nn.schedules`) of the steps of training, such as
        ``nn.schedules.Linear(0, 4, steps=5000)``.  A step is a minibatch; an epoch of n images has n // batch_size.
    likelihood : p(x|z): "bernoulli" for pixels in [0, 1], "gaussian" (variance 1) for any numbers.
    reduction : "sum" or "mean" of log p over pixels.  A beta for the mean counts as pixels * beta for the sum.
    initial_code : the initial weights of the code's mean and log variance, as a multiple of He's.  A small one lets
        the latents wake up one after the other, which disentangles them (docs/disentangling.md); 1 is what the
        dissertation's networks start from.
    batch_norm_momentum : how much of their running averages batch normalisations keep in each step of training, from 0
        to less than 1.  The dissertation's 0.999 looks back over a thousand steps; 0.99 over a hundred, which follows a
        network that changes fast (docs/disentangling.md).  It changes nothing in training, but all that comes after.
    corruption : None, or how to corrupt the inputs of training, while the target stays clean (a denoising autoencoder):
        `datasets.SaltAndPepper` or `datasets.GaussianNoise`.
    corrupted_share : the share of each batch that is corrupted, from 0 to 1.
    learning_rate : of Adam: a number, or a schedule of the steps of training.
    batch_size : images in one step; fewer images than that make one batch.
    max_epochs : passes over the training images, at most.
    patience : stop when more than so many epochs in a row did not improve the validation objective.
    random_state : seed (int) of initial weights, order of the images and noise; None for a new one every time.
    device : "cpu", "gpu" (an NVIDIA GPU, through CuPy) or "auto": the GPU if it can be used, else the CPU.
    dtype : "float32" or "float64".
    progress : whether to show a progress bar (on a terminal) and a line for each epoch.

    Attributes
    ----------
    network_ : the `Network`.
    device_ : "cpu" or "gpu", where it is.
    history_ : `nn.History`, a dict of lists with a value for each epoch (see `Trainer`).
    image_shape_ : (height, width, channels), or (features,) for data that are vectors.
    n_features_in_ : height * width * channels; feature_names_in_ : the columns' names, if X is a data frame.

    Images X may be a `datasets.PackedImages` or an array of shape (n, height, width, channels), (n, height, width) for
    one channel, or (n, height * width * channels); an array of bytes (uint8, 0 to 255), which are divided by 255 a
    batch at a time, of booleans, or of other numbers.

    Examples
    --------
    >>> train, validation, test = datasets.ShapesSet().split(seed=0)
    >>> model = vae.BetaVAE(beta=4, max_epochs=5, random_state=0)
    >>> model.fit(train.images, validation=validation.images)
    >>> codes = model.transform(test.images)  # (40053, 10)
    """

    def __init__(
        self,
        architecture: str | Architecture = "shapes-dense",
        latent_dim: int = 10,
        beta: Rate = 4.0,
        *,
        likelihood: str = "bernoulli",
        reduction: str = "sum",
        initial_code: float = 0.1,
        batch_norm_momentum: float = 0.999,
        corruption: Callable[..., Any] | None = None,
        corrupted_share: float = 1.0,
        learning_rate: Rate = 1e-3,
        batch_size: int = 100,
        max_epochs: int = 5,
        patience: int = 5,
        random_state: int | None = None,
        device: Device = "cpu",
        dtype: DType = "float32",
        progress: bool = True,
    ):
        self.architecture = architecture
        self.latent_dim = latent_dim
        self.beta = beta
        self.likelihood = likelihood
        self.reduction = reduction
        self.initial_code = initial_code
        self.batch_norm_momentum = batch_norm_momentum
        self.corruption = corruption
        self.corrupted_share = corrupted_share
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.patience = patience
        self.random_state = random_state
        self.device = device
        self.dtype = dtype
        self.progress = progress

    def check_settings(self) -> None:
        """Raise ValueError, saying what was expected, for unusable settings; RuntimeError if there is no GPU."""
        self._architecture()
        check_settings(self)

    def fit(
        self, X: Images, y: Any = None, *,
        validation: Images | None = None, checkpoint: str | Path | None = None, callbacks: Iterable[object] = (),
    ) -> "BetaVAE":  # fmt: skip
        """Train from new random weights.

        Parameters
        ----------
        X : training images.
        y : ignored.
        validation : images for early stopping; without them training runs for max_epochs and keeps the last weights.
            If beta is a schedule, their objective is that of the beta where it comes to rest, and early stopping begins
            when it has (see `Trainer`).
        checkpoint : path of a file to which all of the training's state is written after every epoch.  If it exists,
            training continues from it, exactly as if it had not been interrupted: with the same settings and images.
        callbacks : what looks at the training, as for `nn.fit`: for example ``nn.Recorder("steps.csv", every=20)``.  A
            step's terms are ``objective``, ``reconstruction`` and ``kl``, (latents,), in nats.

        Raises ValueError for unusable settings or images and for the checkpoint of another training, OSError if the
        checkpoint cannot be written; a model that was fitted before stays as it was.  Raises `DivergenceError` for a
        run that blows up; the model then keeps the best parameters of the epochs before, or without validation the
        last finite ones.
        """
        callbacks = nn.Callbacks(callbacks).callbacks
        with self._unchanged_by_errors():
            self.check_settings()
            X = checked_training_images(self, X, reset=True)
            warn_of_dark_bytes(X, "X")
            if validation is not None:
                validation = checked_images(self, validation, "validation")
            self._start()
            if checkpoint is not None:
                bound = checkpoints.binding(self._started_with, X, validation)
                callbacks.append(checkpoints.Checkpoint(checkpoint, self._trainer, bound))
        try:
            self._trainer.fit(
                X, validation, epochs=self.max_epochs, patience=self.patience, progress=self.progress,
                callbacks=callbacks,
            )  # fmt: skip
        finally:
            self.history_ = self._trainer.history
        return self

    def partial_fit(self, X: Images, y: Any = None) -> "BetaVAE":
        """Take one step of Adam for each batch of X, in the order of X; the first call starts from new weights.

        For data that do not fit into memory: call it with one part after the other.  As in `fit`, a remainder joins
        the last batch.  A new batch_size or learning_rate counts from the next call on.

        Raises ValueError if other settings have changed since the first call; `DivergenceError` if the objective
        becomes infinite or NaN, and then the parameters are lost.
        """
        with self._unchanged_by_errors():
            self.check_settings()
            first = not hasattr(self, "_trainer")
            X = checked_training_images(self, X, reset=first)
            if first:
                self._start()
            self._take_over_settings()
        for batch in self._trainer.batches(len(X)):
            objective, *_ = self._trainer.step(X[batch])
        if not np.isfinite(float(objective)):
            raise DivergenceError(
                f"training diverged: the objective is {objective}, the parameters are lost; "
                "start anew with a smaller learning rate"
            )
        return self

    def encode(self, X: Images) -> tuple[np.ndarray, np.ndarray]:
        """Mean and log variance of q(z|x): two float arrays (n, latent_dim)."""
        check_is_fitted(self)
        return whole_sets.encode(self.network_, checked_images(self, X), self.batch_size)

    def decode(self, Z: ArrayLike) -> np.ndarray:
        """The expected images of codes, (n, height, width, channels); with the Bernoulli likelihood p(white).

        Z : (n, latent_dim).
        """
        check_is_fitted(self)
        check_on_host(Z, "Z")
        Z = np.asarray(Z)
        latents = self.network_.code.latents
        if Z.ndim != 2 or Z.shape[1] != latents or len(Z) == 0:
            raise ValueError(f"Z has shape {Z.shape}: expected codes (n, {latents})")
        if Z.dtype.kind not in "fiu" or not np.isfinite(Z).all():
            raise ValueError("Z must hold finite numbers")
        return whole_sets.decode(self.network_, Z, self.batch_size)

    def transform(self, X: Images) -> np.ndarray:
        """The mean codes of X, (n, latent_dim)."""
        return self.encode(X)[0]

    def inverse_transform(self, Z: ArrayLike) -> np.ndarray:
        """The images that codes stand for, flattened: (n, height * width * channels); see also `decode`."""
        images = self.decode(Z)
        return images.reshape(len(images), -1)

    def reconstruct(self, X: Images) -> np.ndarray:
        """X through the encoder's mean code and the decoder: (n, height, width, channels)."""
        return self.decode(self.transform(X))

    def sample(self, n: int = 1, random_state: Seed = None) -> np.ndarray:
        """New images: z ~ N(0, I), decoded, (n, height, width, channels).  random_state : seed or Generator."""
        check_is_fitted(self)
        return self.decode(np.random.default_rng(random_state).standard_normal((n, self.network_.code.latents)))

    def elbo(self, X: Images) -> np.ndarray:
        """log p(x|z) - KL for every image of X, (n,) in nats, with one z ~ q(z|x) each, always the same.

        In the mean over z it bounds log p(x) from below; higher is better.
        """
        check_is_fitted(self)
        return whole_sets.elbo(self.network_, checked_images(self, X), self.batch_size)

    def score(self, X: Images, y: Any = None) -> float:
        """The mean of `elbo` over X: nats for an image, higher is better."""
        return float(self.elbo(X).mean(dtype=np.float64))

    def to_device(self, device: Device) -> "BetaVAE":
        """Move the model, with all that its training needs, to "cpu" or "gpu"; `partial_fit` goes on there."""
        check_is_fitted(self)
        self.device_ = nn.choose_device(device)
        self.device = device
        self._trainer.to_device(self.device_)
        return self

    def save(self, path: str | Path) -> None:
        """Write the settings that it was trained with, history and weights into one .npz file.

        Raises ValueError, and writes nothing, if the weights are no longer finite.
        """
        check_is_fitted(self)
        model_files.save(self, path)

    @classmethod
    def load(cls, path: str | Path, device: Device = "cpu") -> "BetaVAE":
        """Bring back what `save` wrote, on the given device.

        Raises `vae.storage.ModelFileError`, a ValueError, if the file is damaged or none of ours; OSError if it cannot
        be read.
        """
        return model_files.load(cls, path, device)

    def __repr__(self, **limits):
        if hasattr(self, "network_"):
            convention = describe_beta(
                self._trainer.beta, self.network_.code.latents, self.image_shape_, self.network_.reduction
            )
        else:
            convention = f"beta weighs the KL against the {self.reduction} of log p(x|z) over pixels"
        return f"{super().__repr__(**limits)}  # {convention}"

    def __sklearn_is_fitted__(self):
        return hasattr(self, "network_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = [self.dtype]
        return tags

    @property
    def _n_features_out(self):
        return self.network_.code.latents

    def _architecture(self):
        if isinstance(self.architecture, Architecture):
            return self.architecture
        check_choice("architecture", self.architecture, ARCHITECTURES)
        return ARCHITECTURES[self.architecture]

    def _take_over_settings(self):
        """Those that may change from one `partial_fit` to the next; ValueError if others have changed."""
        now, free = self._settings(), ("batch_size", "learning_rate", *checkpoints.FREE)
        changed = [name for name in now if now[name] != self._started_with[name] and name not in free]
        if changed:
            raise ValueError(
                f"{', '.join(changed)} changed since this model's training began: partial_fit goes on with what there "
                "is; call fit to start anew, or set the old value again"
            )
        self._trainer.batch_size, self._trainer.optimiser.learning_rate = self.batch_size, self.learning_rate
        self._started_with = now

    @contextmanager
    def _unchanged_by_errors(self):
        """Take back every attribute that was set, if the block fails: a fitted model stays what it was."""
        before = dict(vars(self))
        try:
            yield
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            raise

    def _start(self):
        """New weights and an optimiser."""
        rng = np.random.default_rng(self.random_state)
        self.network_ = self._architecture().build(
            self.latent_dim, rng, np.dtype(self.dtype), self.image_shape_,
            initial_code=self.initial_code, batch_norm_momentum=self.batch_norm_momentum,
            beta=nn.schedules.at(self.beta, 0), likelihood=self.likelihood, reduction=self.reduction,
        )  # fmt: skip
        self.device_ = nn.choose_device(self.device, say=print if self.progress else None)
        self.network_.to_device(self.device_)
        self.history_ = nn.History()
        self._started_with = self._settings()
        self._trainer = Trainer(
            self.network_, learning_rate=self.learning_rate, batch_size=self.batch_size, rng=rng, device=self.device_,
            beta=self.beta, corruption=self.corruption, corrupted_share=self.corrupted_share,
        )  # fmt: skip

    def _settings(self):
        return settings.to_json(self.get_params(deep=False))
