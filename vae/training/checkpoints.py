"""A training's whole state in a file, from which it goes on exactly as if it had not been interrupted."""

from ..storage import archive

FREE = ("max_epochs", "patience", "device", "progress")  # settings that may differ when a training goes on


def save(path, trainer, settings):
    """Write the state of a `Trainer`.  settings : the model's, as JSON; training goes on only with the same ones."""
    header, arrays = trainer.state()
    archive.save(path, header | {"checkpoint": _binding(settings)}, arrays)


def restore(path, trainer, settings):
    """Bring a new `Trainer` to the state in the file.

    Raises ValueError if the file belongs to a training with other settings, `vae.storage.ModelFileError` if damaged.
    """
    header = archive.load_header(path)
    if header.get("checkpoint") != _binding(settings):
        raise ValueError(
            f"{path} is the checkpoint of another training ({header.get('checkpoint')}), this one is "
            f"{_binding(settings)}: delete the file or use the same settings"
        )
    _, expected = trainer.state()
    if header["best_objective"] is not None:
        expected |= {f"best.{name}": array for name, array in trainer.network.state().items()}
    trainer.load_state(header, archive.load_arrays(path, expected))


def _binding(settings):
    return {name: value for name, value in settings.items() if name not in FREE}
