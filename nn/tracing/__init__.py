"""A look inside a network while it computes."""

from .trace import LayerTrace, ParameterTrace, trace

__all__ = ["LayerTrace", "ParameterTrace", "trace"]
