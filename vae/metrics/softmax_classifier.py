"""The low-capacity linear classifier of the dissertation's Appendix D: one dense layer and a softmax."""

import numpy as np
from scipy.optimize import minimize

import nn

PATIENCE = 20


class SoftmaxClassifier:
    """p(y|x) = softmax(x W + b), fitted by its cross entropy -log p(y|x), with the gradients of `nn`.

    Parameters
    ----------
    n_in, classes : sizes of x and y.
    rng : draws the initial W.
    """

    def __init__(self, n_in, classes, rng):
        self.layer = nn.Dense(n_in, classes, rng=rng)

    def fit(self, x, y, validation_x, validation_y, bar=None):
        """Adam on the whole set at once, step by step, until the validation loss has not fallen for 20 steps.

        As in the dissertation's own code.  Where a plane separates the classes the loss falls for ever; then it stops
        as soon as every training and validation sample is classified right, for more cannot be won.
        x : (n, n_in) float32;  y : (n,) int;  bar : a tqdm bar to move, if any.  Returns the number of steps.
        """
        optimiser = nn.Adam(self.layer.parameters(), learning_rate=1e-3)
        best, waited, steps = np.inf, 0, 0
        while waited <= PATIENCE:
            optimiser.zero_grad()
            logits = self.layer.forward(x, training=True)
            self.layer.backward_parameters(nn.losses.softmax_cross_entropy(logits, y)[1])
            optimiser.step()
            steps += 1
            validation_logits = self.layer.forward(validation_x)
            loss = float(nn.losses.softmax_cross_entropy(validation_logits, validation_y)[0])
            waited = 0 if loss < best else waited + 1
            best = min(best, loss)
            if bar is not None:
                bar.update()
            if _all_right(validation_logits, validation_y) and _all_right(logits, y):
                break
        return steps

    def fit_quickly(self, x, y):
        """The same loss and gradient, minimised by SciPy's L-BFGS: to the bottom, where Adam stops on the slope."""
        weight, bias = self.layer.weight, self.layer.bias

        def loss_and_gradient(parameters):
            weight.data[...] = parameters[: weight.data.size].reshape(weight.data.shape)
            bias.data[...] = parameters[weight.data.size :]
            weight.zero_grad()
            bias.zero_grad()
            loss, dlogits = nn.losses.softmax_cross_entropy(self.layer.forward(x, training=True), y)
            self.layer.backward_parameters(dlogits)
            return float(loss), np.concatenate([weight.grad.ravel(), bias.grad]).astype(np.float64)

        start = np.concatenate([weight.data.ravel(), bias.data]).astype(np.float64)
        loss_and_gradient(minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B").x)

    def predict(self, x):
        """The most likely class of each row."""
        return self.layer.forward(x).argmax(axis=1)


def _all_right(logits, y):
    return (logits.argmax(axis=1) == y).all()
