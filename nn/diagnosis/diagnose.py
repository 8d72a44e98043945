"""The front door: arrays, a layer or a loss."""


def diagnose(subject, *arguments, **options):
    """Say what is wrong with a gradient, a layer, or a loss: by name, or else by place.

    Three things can be diagnosed.  In each, a list stands for draws: one entry for each of several random cases, which
    must all agree on a name.  Three draws with different sizes (distinct odd primes) tell most.

    ``diagnose(gradient, truth, ...)``: an array (or list of arrays) and what it should be.  Also for values that are no
    gradients: a step of Adam, a running average.

        name="gradient"            how messages call the array ("dW")
        axes=("batch", "feature")  names of its axes, for messages
        sizes={"batch": 5}         numbers of things, that a factor may be made of (axes add themselves)
        constants={"beta": 4.0}    the same for numbers that are no sizes
        quantities={"scale": s}    arrays that may stand in a wrong factor or an added term (broadcast to the truth)
        terms={"mean part": a}     the formula's terms; they add up to the truth
        mutants={"no bias correction": a}   what known wrong formulas give
        summands={"batch": a}      the truth before it was summed over the first axis of a

    ``diagnose(layer, x, *more, ...)``: anything with ``forward(x, *more, training=...)``, ``backward(dy)``, which returns
    dx (or a tuple: the gradients for x and more), and ``parameters()``, a list of objects with ``.data``, ``.grad`` and
    ``.name``.  x is an example; draws are made from it with other numbers, other batch sizes and random parameters.
    Lists of layers and of x (one each draw) let all sizes differ.  The truth comes from finite differences.

    ``diagnose(loss, prediction, *more, ...)``: a function that returns (value, gradient, ...): the gradients for its first
    arguments.

        formula="dense"            what it should compute: a `Formula` or the name of one in `formulas`; its forward is
                                   then compared first.  Without it, a known formula is recognised by its values.
        reference=f                or a function f(layer, x, *more) -> y (f(prediction, *more) -> value for a loss)
        training=True              passed to forward, where forward takes it
        know=f                     f(x, *more, dy=dy, y=y, parameters={name: array}) -> {array name: {"terms": {...},
                                   "mutants": {...}, "quantities": {...}}}: what this layer's gradients are made of
        constants, seed=0          as above; of the draws

    Returns a `Finding`: ``.ok``, ``.name``, ``.location``, ``.message``, ``.stage``, ``.array``, ``.others``.
    """
    raise NotImplementedError
