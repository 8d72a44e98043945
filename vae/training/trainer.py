"""Training by minibatches with a validation objective and early stopping (dissertation, Algorithms 2 and 3)."""

import math
import time
from functools import lru_cache

import numpy as np
from tqdm import tqdm

import nn
from nn.training.meter import DivergenceError, Meter, all_finite

from ..network.images import to_float
from .corruption import corrupt
from .packed_on_gpu import PackedOnGPU
from .whole_sets import draw_noise, on_device, validate

READ_EVERY = 50  # steps between two looks at the objective on a GPU; each look waits for it to finish


class Trainer:
    """A network in training: its optimiser, its random numbers, its history and its best parameters.

    Parameters
    ----------
    network : `Network`, on the device where it shall be trained.
    learning_rate : of `nn.Adam`.
    batch_size : examples in one step.
    rng : numpy Generator, for the order of the images and for noise.
    device : "cpu" or "gpu".
    beta : weight of the KL, a number or a schedule of the optimiser's steps; None for the network's own.
    corruption : how to corrupt the input of a denoising autoencoder, (images, rng) -> images; None for not at all.
    corrupted_share : the share of each batch that is corrupted, from 0 to 1.

    Attributes
    ----------
    history : `nn.History`, a dict of lists with one value for each epoch: ``epoch``, ``seconds``, and means over the
        epoch's images of ``objective``, ``reconstruction`` and ``kl`` (nats), and the same with ``validation_`` before;
        if beta is a schedule, ``beta`` at the epoch's last step.
    best_objective, best_epoch : the lowest validation objective so far, and when it was reached.

    With a schedule, each step minimises the objective of its own beta.  The validation objective is that of the beta
    where the schedule comes to rest, from the first epoch on, so that epochs can be compared; and only epochs that end
    there are compared: those before are on the way, and neither the best nor a reason to stop.  A schedule that never
    comes to rest (`nn.schedules.end`) is validated at each epoch's own beta; training then runs for all epochs and the
    last parameters count, as without validation.
    """

    def __init__(
        self, network, *,
        learning_rate, batch_size, rng, device, beta=None, corruption=None, corrupted_share=1.0,
    ):  # fmt: skip
        self.network, self.beta = network, network.beta if beta is None else beta
        self.optimiser = nn.Adam(network.parameters(), learning_rate)
        self.batch_size, self.rng, self.device = batch_size, rng, device
        self.corruption, self.corrupted_share = corruption, corrupted_share
        self.history = nn.History(epoch=[], seconds=[])
        self.best_objective, self.best_epoch, self._best_state = np.inf, 0, None
        self._callbacks, self._training_state = nn.Callbacks(), None  # while `fit` runs: those that it was given

    @property
    def epoch(self):
        """How many epochs are done."""
        return len(self.history["epoch"])

    def fit(self, images, validation, *, epochs, patience, progress, callbacks=()):
        """Train until `epochs` are done in all, or more than `patience` in a row brought no improvement.

        images, validation : `PackedImages` or arrays (n, height, width, channels); validation may be None, and then
        the last parameters count instead of the best.  `callbacks` are those of `nn.fit`: a step's terms are
        ``objective``, ``reconstruction`` and ``kl``, (latents,), in nats; and ``beta``, if it is a schedule.

        However training ends, by an error or Ctrl-C too, the network is left with the best parameters so far.
        Raises DivergenceError if the objective or a parameter becomes infinite or NaN; without validation the network
        is then left as it was after the last epoch that ended well (or at the start), and Adam starts anew,
        and a schedule of beta with it.
        """
        images, validation = on_device(images, self.device), on_device(validation, self.device)
        if progress:
            _say_once(nn.threads.why_slow())
        steps = len(self.batches(len(images)))
        bar = tqdm(total=epochs * steps, initial=self.epoch * steps, unit="step", disable=None if progress else True)
        self._callbacks = nn.Callbacks(callbacks)
        self._training_state = nn.TrainingState(self.network, self.optimiser, self.history)
        sound = self._best_state or self.network.state()  # finite parameters to return to
        try:
            with bar:
                while self.epoch < epochs and self.epoch - self.best_epoch <= patience:
                    self._run_epoch(images, validation, epochs, bar)
                    if progress:
                        tqdm.write(self._report())
                    sound = self._to_return_to(compared=validation is not None and self._beta_rests)
                    self._callbacks.after_epoch(self._training_state)
                    if self._training_state.stop:
                        break
        except DivergenceError:
            self.network.load_state(sound)
            self.optimiser = nn.Adam(self.network.parameters(), self.optimiser.learning_rate)
            raise
        finally:
            if self._best_state is not None:
                self.network.load_state(self._best_state)
            for parameter in self.network.parameters():
                parameter.zero_grad()  # memory that whoever uses the network next may need
            self._callbacks.after_training(self._training_state)
            self._callbacks, self._training_state = nn.Callbacks(), None

    def step(self, images):
        """One step of Adam on a minibatch (Algorithm 2's PARTIALFIT); returns (objective, reconstruction, KL)."""
        self.network.beta = nn.schedules.at(self.beta, self.optimiser.steps)
        target = to_float(nn.to_device(images, self.device), self.network.dtype)
        x = target if self.corruption is None else self._corrupted(target)
        noise = nn.to_device(draw_noise(self.rng, len(images), self.network), self.device)
        with np.errstate(over="ignore", invalid="ignore"):  # a divergence is reported in words
            self.optimiser.zero_grad()
            objective = self.network.forward(x, noise=noise, target=target, training=True)
            self.network.backward_parameters()
            self._note(objective=objective, reconstruction=self.network.reconstruction, kl=self.network.kl)
            self._callbacks.before_step(self._training_state)
            self.optimiser.step()
        self._callbacks.after_step(self._training_state)
        return objective, self.network.reconstruction, self.network.kl.sum()

    def _note(self, **terms):
        if self._training_state is not None:
            terms |= self._scheduled()
            self._training_state.epoch, self._training_state.terms = self.epoch + 1, terms

    def _scheduled(self):
        """The present beta, as a term and a column of the history, if it is one that changes."""
        return {"beta": self.network.beta} if callable(self.beta) else {}

    @property
    def _beta_rests(self):
        """Whether beta has come to where it stays."""
        return self.network.beta == nn.schedules.end(self.beta)

    def to_device(self, device):
        """Move the network, the optimiser and the best parameters to "cpu" or "gpu", to go on there."""
        self.device = device
        self.network.to_device(device)
        self.optimiser.to_device(device)
        best = self._best_state or {}
        self._best_state = {name: nn.to_device(array, device) for name, array in best.items()} or None

    def arrays(self):
        """The arrays that `load_state` needs to go on as if nothing had happened: the live ones, not copies."""
        arrays = {f"network.{name}": array for name, array in self.network.arrays().items()}
        arrays |= {f"optimiser.{name}": array for name, array in self.optimiser.arrays().items()}
        return arrays | {f"best.{name}": array for name, array in (self._best_state or {}).items()}

    def header(self):
        """What it needs besides, ready for JSON."""
        return {
            "history": self.history,
            "best_epoch": self.best_epoch,
            "best_objective": None if self._best_state is None else self.best_objective,
            "rng": self.rng.bit_generator.state,
        }

    def load_state(self, header, arrays):
        """Continue where the trainer that this header and these arrays are of was."""

        def part(prefix):
            return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}

        self.network.load_state(part("network."))
        self.optimiser.load_state(part("optimiser."))
        self._best_state = part("best.") or None
        self.history, self.best_epoch = nn.History(header["history"]), header["best_epoch"]
        self.network.beta = nn.schedules.at(self.beta, max(self.optimiser.steps - 1, 0))
        self.best_objective = np.inf if header["best_objective"] is None else header["best_objective"]
        self.rng.bit_generator.state = header["rng"]

    def _run_epoch(self, images, validation, epochs, bar):
        start = time.perf_counter()
        epoch = self.epoch + 1
        order = self.rng.permutation(len(images))
        if isinstance(images, PackedOnGPU):
            order = nn.to_device(order, "gpu")
        batches = self.batches(len(images))
        read_every = READ_EVERY if self.device == "gpu" else 1
        meter = Meter(epoch, "objective", read_every, last=len(batches))
        for batch in batches:
            terms = self.step(images[order[batch]])
            meter.add(dict(zip(("objective", "reconstruction", "kl"), terms, strict=True)), batch.stop - batch.start)
            bar.set_description(f"epoch {epoch}/{epochs}", refresh=False)
            bar.set_postfix_str(str(meter), refresh=False)
            bar.update()
        row = {"epoch": epoch} | meter.means(all_finite(self.network.arrays().values())) | self._scheduled()
        if validation is not None:
            end = nn.schedules.end(self.beta)
            beta = self.network.beta if math.isnan(end) else end
            means = validate(self.network, validation, self.batch_size, beta)
            if not math.isfinite(means["objective"]):
                raise DivergenceError(
                    f"training diverged: the validation objective is {means['objective']} after epoch {epoch}; "
                    "try a smaller learning rate"
                )
            row |= {f"validation_{name}": value for name, value in means.items()}
        self.history.add(row | {"seconds": time.perf_counter() - start})

    def _corrupted(self, images):
        """The batch, its first part corrupted anew (dissertation, Figure 2.13); the order of a batch is random."""
        n = round(self.corrupted_share * len(images))
        parts = corrupt(self.corruption, images[:n], self.rng), images[n:]
        return nn.array_module(images).concatenate(parts) if n < len(images) else parts[0]

    def batches(self, n):
        """Slices of batch_size; the remainder joins the last one, since a batch norm dislikes tiny batches."""
        starts = range(0, max(n - self.batch_size, 0) + 1, self.batch_size)
        return [slice(start, n if start == starts[-1] else start + self.batch_size) for start in starts]

    def _to_return_to(self, compared):
        """After an epoch: a copy of the best parameters so far or, if nothing is compared, of the present ones."""
        if not compared:
            self.best_epoch = self.epoch
            return self.network.state()
        if self.history["validation_objective"][-1] < self.best_objective:
            self.best_epoch, self.best_objective = self.epoch, self.history["validation_objective"][-1]
            self._best_state = self.network.state()
        return self._best_state

    def _report(self):
        last = {name: values[-1] for name, values in self.history.items()}
        per_pixel = " / pixels" if self.network.reduction == "mean" else ""
        beta = "beta" if callable(self.beta) else f"{self.beta:g}"
        text = (
            f"epoch {last['epoch']}: objective {last['objective']:.4g} = reconstruction "
            f"{last['reconstruction']:.2f}{per_pixel} + {beta} * KL {last['kl']:.2f} nats"
        )
        if "beta" in last:
            text += f", beta now {last['beta']:.4g}"
        if "validation_objective" in last:
            text += f"; validation {last['validation_objective']:.4g}"
        return f"{text}; {last['seconds']:.0f} s"


@lru_cache
def _say_once(sentence):
    if sentence:
        tqdm.write(sentence)
