"""Where the time of a training step goes, layer by layer."""

from contextlib import ExitStack
from dataclasses import replace
from unittest.mock import patch

from stopwatch import Stopwatch
from timing import markdown, markdown_head

from vae.network.likelihoods import LIKELIHOODS


def layer_times(network, adam, step, steps):
    """A Markdown table: the medians over so many steps of each part's forward and backward.

    Layers are wrapped from outside, for as long as this takes.
    """
    watch, parts = Stopwatch(), _parts(network)
    likelihood = LIKELIHOODS[network.likelihood]
    timed_likelihood = replace(likelihood, nll=watch.timed(likelihood.nll, "likelihood", "forward"))
    step()  # the first one allocates
    with ExitStack() as wrapped:
        for part, layer in parts.items():
            for method, way in (("forward", "forward"), ("backward", "backward"), ("backward_parameters", "backward")):
                wrapped.enter_context(patch.object(layer, method, watch.timed(getattr(layer, method), part, way)))
        wrapped.enter_context(patch.dict(LIKELIHOODS, {network.likelihood: timed_likelihood}))
        wrapped.enter_context(patch.object(adam, "step", watch.timed(adam.step, "Adam", "step")))
        for _ in range(steps):
            watch.run(step)
    return _table(watch, parts)


def _parts(network):
    parts = {f"encoder {k}: {layer!r}": layer for k, layer in enumerate(network.encoder.layers)}
    parts[f"code: {network.code!r}"] = network.code
    return parts | {f"decoder {k}: {layer!r}": layer for k, layer in enumerate(network.decoder.layers)}


def _table(watch, parts):
    whole = watch.milliseconds("whole")
    times = {part: (watch.milliseconds(part, "forward"), watch.milliseconds(part, "backward")) for part in parts}
    times["likelihood and its gradient"] = (watch.milliseconds("likelihood", "forward"), 0)
    times["Adam"] = (0, watch.milliseconds("Adam", "step"))
    times["all else"] = (0, whole - sum(map(sum, times.values())))
    lines = [
        markdown(part, *(f"{t:.2f}" if t else "" for t in both), f"{100 * sum(both) / whole:.0f} %")
        for part, both in times.items()
    ]
    head = markdown_head("part", "forward (ms)", "backward, update (ms)", "share of the step")
    return "\n".join([head, *lines, markdown("whole step", "", f"{whole:.2f}", "100 %")])
