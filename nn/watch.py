"""See every call of a layer's methods, as `nn.debug` and `nn.trace` do, without a line in the layers themselves."""

from contextlib import contextmanager

from .layer import Layer


@contextmanager
def watch_layers(**wrappers):
    """For a `with` block, let the methods of all layers go through the wrappers; afterwards nothing is left of them.

    **wrappers : for ``forward``, ``backward`` or ``backward_parameters`` a function (method) -> method that is called
        in its place, with the layer first.
    The methods are replaced in the classes, not in the objects, so that copies of a layer are watched like the layer.
    Where a class calls its parent's method, both calls are seen.
    """
    originals = [
        (kind, name, vars(kind)[name]) for kind in _subclasses(Layer) for name in wrappers if name in vars(kind)
    ]
    for kind, name, method in originals:
        setattr(kind, name, wrappers[name](method))
    try:
        yield
    finally:
        for kind, name, method in originals:
            setattr(kind, name, method)


def _subclasses(kind):
    """All classes below a class, each once, also those that inherit from two of them."""
    found = {}
    for subclass in kind.__subclasses__():
        found |= {subclass: None} | dict.fromkeys(_subclasses(subclass))
    return list(found)
