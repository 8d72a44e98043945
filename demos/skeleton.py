"""What the demos share: options, mistakes and Ctrl-C in one sentence, interrupted runs, results.json.

A demo is `parse` and `run`, its own options and its own experiment, and ends with ``start(parse, run)``.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import vae  # before NumPy is loaded: see nn.threads
from vae.network.beta import describe_beta
from nn.files import atomic_write, writable_folder

SHARED = {
    "seed": {"type": int, "default": 0, "help": "of all that is drawn"},
    "device": {"choices": ["cpu", "gpu", "auto"], "default": "cpu", "help": "where to compute"},
    "output": {"type": Path, "help": "folder for the results"},
    "resume": {"action": "store_true", "help": "continue an interrupted run in the output folder"},
}
STARTED = time.perf_counter()


class _Help(argparse.RawDescriptionHelpFormatter):
    """The docstring as it stands, and the default of every option that has one."""

    def _get_help_string(self, action):
        silent = action.default is None or action.default is False or action.default is argparse.SUPPRESS
        return action.help if silent or "(default" in action.help else f"{action.help} (default: %(default)s)"


def parser(description):
    """An empty parser, for `add_argument` and `share`."""
    return argparse.ArgumentParser(description=description, formatter_class=_Help)


def share(options, name, **changes):
    """Add the option that all demos spell the same; `changes` are what this demo has otherwise."""
    options.add_argument(f"--{name}", **SHARED[name] | changes)


def start(parse, run, arguments=None):
    """run(parse(arguments)); a mistake or Ctrl-C ends the demo with a sentence in place of a traceback."""
    options = parse(arguments)
    name = Path(sys.argv[0]).stem
    try:
        run(options)
    except (ValueError, OSError, RuntimeError, vae.DivergenceError) as error:
        sys.exit(f"{name}: {error}")
    except KeyboardInterrupt as interrupt:  # a study says itself how to go on
        sys.exit(f"\n{name}: interrupted{f': {interrupt}' if interrupt.args else _how_to_go_on(options)}")


def _how_to_go_on(options):
    if not hasattr(options, "resume"):
        return ""
    if checkpoint_of(options).exists():
        return f"; the same command with --resume goes on in {options.output}/"
    return " before anything was kept"


def checkpoint_of(options):
    """Where a run keeps its state: there from the first epoch's end until `finish`."""
    return Path(options.output) / "checkpoint.npz"


def prepare(options):
    """The output folder, and the checkpoint in it only if it shall go on; ValueError if there is none to resume."""
    output, checkpoint = writable_folder(options.output), checkpoint_of(options)
    if options.resume and not checkpoint.exists():
        raise ValueError(f"there is no interrupted run in {output}/: start without --resume")
    if checkpoint.exists() and not options.resume:
        print(f"The interrupted run in {output}/ is dropped (--resume would have continued it).")
        checkpoint.unlink()
    return output


def train(model, images, held_out, options, callbacks=()):
    """Train with the checkpoint and callbacks, and save model.npz: the best parameters, also of a run that diverged."""
    convention = describe_beta(model.beta, model.latent_dim, images.shape[1:], model.reduction)
    print(
        f"Training {model.architecture} on {len(images):,} images with {convention}, at most {model.max_epochs} "
        "epochs ...",
        flush=True,
    )
    path = Path(options.output) / "model.npz"
    try:
        model.fit(images, validation=held_out, checkpoint=checkpoint_of(options), callbacks=callbacks)
    except vae.DivergenceError as error:
        if not model.history_["epoch"]:
            raise
        model.save(path)
        raise vae.DivergenceError(f"{error}; the best parameters so far are in {path}") from error
    model.save(path)


def finish(options, results, written):
    """Write results.json with the settings and the time, drop the checkpoint, and say what was `written` beside it."""
    seconds = time.perf_counter() - STARTED
    content = {"settings": settings(options), **results, "seconds": seconds}
    write_json(Path(options.output) / "results.json", content)
    checkpoint_of(options).unlink(missing_ok=True)
    print(f"Done in {seconds:.0f} s. {written} and results.json are in {options.output}/")


def settings(options):
    """All options, as JSON takes them."""
    return {name: str(value) if isinstance(value, Path) else value for name, value in vars(options).items()}


def write_json(path, content):
    """Write the file whole or not at all."""
    with atomic_write(path, "w") as file:
        json.dump(content, file, indent=1)
