"""What a wrong array may be made of besides the check's inputs: y, differences, a softmax, labels as rows of 0 and 1.

Such arrays are made with the solution and stored as facts, since some of them are what the students write.
"""

import inspect

import numpy as np

from nn.diagnosis.derived import derived

LARGEST = 2  # axes of arrays from which more are made


def quantities_of(lab, check, solution, inputs, truth):
    """{"dx/quantities/y": array, ...} for each result in `truth`, for one draw."""
    y = _output(lab, check, solution, inputs)
    found = {}
    for name, array in truth.items():
        if " " not in name and array.dtype.kind == "f":
            arrays = ({} if y is None else {"y": y}) | _made_of(inputs, array.shape)
            found |= {f"{name}/quantities/{what}": a for what, a in arrays.items() if a.ndim <= LARGEST}
    return found


def _output(lab, check, solution, inputs):
    """For a check of a backward, what forward returns."""
    part = check.part.replace(".backward", ".forward")
    forward = next((other for other in lab.checks if other.part == part and other is not check), None)
    if forward is None:
        return None
    taken = inspect.signature(forward.run).parameters.keys() - {"lab"}
    return forward.arrays(solution, {name: inputs[name] for name in taken}).get("y") if taken <= inputs.keys() else None


def _made_of(inputs, shape):
    floats = {name: array for name, array in inputs.items() if array.dtype.kind == "f" and array.ndim}
    found = {}
    for name, array in floats.items():
        if shape and array.shape[1:] == shape:  # gradients of several steps, one after the other
            found |= {f"{name}[{k}]": part for k, part in enumerate(array)}
        if array.ndim == len(shape) == 2 and array.shape == (shape[0], 2 * shape[1]):  # a code: means, log variances
            found |= {f"{name}[:,:k]": array[:, : shape[1]], f"{name}[:,k:]": array[:, shape[1] :]}
    for name, array in inputs.items():
        if array.dtype.kind in "iu" and array.ndim == 1 and len(shape) == 2 and len(array) == shape[0]:
            found[f"one-hot({name})"] = 1.0 * (array[:, None] == np.arange(shape[1]))
            found[f"column - {name}"] = np.arange(shape[1]) - 1.0 * array[:, None]
    like = shape or next((array.shape for array in floats.values()), ())
    return found | (derived(floats | found, like) if len(like) <= LARGEST else {})
