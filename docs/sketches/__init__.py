"""The textbook's drawings: one file for each; the numbers in them are computed by `nn`."""

from .activations import activations
from .batch_norm import batch_norm
from .folding import fold, transposed
from .reparametrisation import reparametrisation
from .tiles import tiles
from .windows import windows
from .winograd import winograd

DRAWINGS = {
    draw.__name__: draw
    for draw in (windows, fold, transposed, tiles, winograd, batch_norm, reparametrisation, activations)
}
