"""Lab 6: optimisers and initial weights."""

import numpy as np


class Parameter:
    """Numbers that training adjusts: ``data``, and in ``grad`` the gradient of the loss for them."""

    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class SGD:
    """theta <- theta - learning_rate * g, for the gradient g of every Parameter in the list."""

    def __init__(self, parameters, learning_rate):
        self.parameters, self.learning_rate = parameters, learning_rate

    def zero_grad(self):
        """Make every gradient zero, in place."""
        # BEGIN SOLUTION
        for parameter in self.parameters:
            parameter.grad[...] = 0
        # END SOLUTION

    def step(self):
        """Move every Parameter's data, in place."""
        # BEGIN SOLUTION
        for parameter in self.parameters:
            parameter.data -= self.learning_rate * parameter.grad
        # END SOLUTION


class Momentum(SGD):
    """v <- momentum * v + g,  theta <- theta - learning_rate * v;  v begins with zeros, one for each Parameter."""

    def __init__(self, parameters, learning_rate, momentum=0.9):
        super().__init__(parameters, learning_rate)
        self.momentum = momentum
        self.velocities = [np.zeros_like(parameter.data) for parameter in parameters]

    def step(self):
        """Move every Parameter's data, in place."""
        # BEGIN SOLUTION
        for parameter, velocity in zip(self.parameters, self.velocities, strict=True):
            velocity *= self.momentum
            velocity += parameter.grad
            parameter.data -= self.learning_rate * velocity
        # END SOLUTION


class Adam(SGD):
    """The steps of Kingma and Ba (2015), Algorithm 1; t counts them from 1:

    m <- beta1 m + (1 - beta1) g,    m_hat = m / (1 - beta1^t)
    v <- beta2 v + (1 - beta2) g^2,  v_hat = v / (1 - beta2^t)
    theta <- theta - learning_rate * m_hat / (sqrt(v_hat) + eps)
    """

    def __init__(self, parameters, learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(parameters, learning_rate)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.t = 0
        self.m = [np.zeros_like(parameter.data) for parameter in parameters]
        self.v = [np.zeros_like(parameter.data) for parameter in parameters]

    def step(self):
        """Move every Parameter's data, in place."""
        # BEGIN SOLUTION
        self.t += 1
        for parameter, m, v in zip(self.parameters, self.m, self.v, strict=True):
            g = parameter.grad
            m += (1 - self.beta1) * (g - m)
            v += (1 - self.beta2) * (g**2 - v)
            m_hat = m / (1 - self.beta1**self.t)
            v_hat = v / (1 - self.beta2**self.t)
            parameter.data -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps)
        # END SOLUTION


def he_normal(n_in, n_out, rng):
    """Draw W, (n_in, n_out), from a normal distribution of mean 0 and variance 2 / n_in (He et al. 2015)."""
    # BEGIN SOLUTION
    return rng.normal(scale=np.sqrt(2 / n_in), size=(n_in, n_out))
    # END SOLUTION


def xavier_uniform(n_in, n_out, rng):
    """Draw W, (n_in, n_out), evenly between -limit and limit = sqrt(6 / (n_in + n_out)) (Glorot and Bengio 2010)."""
    # BEGIN SOLUTION
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, size=(n_in, n_out))
    # END SOLUTION


def train(model, optimiser, batches):
    """Make one step for each batch, and return the losses before the steps, an array.

    model.forward(x, target) returns the loss, model.backward() adds the gradients; a batch is a pair (x, target).
    """
    # BEGIN SOLUTION
    losses = []
    for x, target in batches:
        optimiser.zero_grad()
        losses.append(model.forward(x, target))
        model.backward()
        optimiser.step()
    return np.array(losses)
    # END SOLUTION


# The rest is given: overfit 20 digits with your layers and losses of labs 2 and 3.
#
#     python lab6.py


GLYPHS = "75557 26227 71747 71717 55711 74717 74757 71122 75757 75717"  # rows of three pixels, as octal digits


def digits(rng):
    """Twenty images of 6 x 5 pixels with noise, (20, 30), and their labels, (20,): each digit twice."""
    pictures = np.zeros((10, 6, 5))
    for picture, code in zip(pictures, GLYPHS.split(), strict=True):
        picture[:5, 1:4] = [[(int(row) >> bit) & 1 for bit in (2, 1, 0)] for row in code]
    images = np.concatenate([pictures, np.roll(pictures, 1, axis=1)])
    return (images + rng.normal(scale=0.1, size=images.shape)).reshape(20, 30), np.tile(np.arange(10), 2)


class Classifier:
    """A network of your own layers, with your own loss behind it."""

    def __init__(self, network, loss):
        self.network, self.loss = network, loss

    def forward(self, x, labels):
        loss, self.dlogits = self.loss(self.network.forward(x), labels)
        return loss

    def backward(self):
        self.network.backward(self.dlogits)


def main():
    from lab2 import Dense, ReLU, Sequential
    from lab3 import softmax_cross_entropy

    rng = np.random.default_rng(0)
    x, labels = digits(rng)
    first, second = (Dense(he_normal(*shape, rng), np.zeros(shape[1])) for shape in ((30, 50), (50, 10)))
    network = Sequential(first, ReLU(), second)
    adam = Adam([first.W, first.b, second.W, second.b], learning_rate=1e-2)
    losses = train(Classifier(network, softmax_cross_entropy), adam, [(x, labels)] * 200)
    right = (network.forward(x).argmax(axis=1) == labels).mean()
    print(f"loss {losses[0]:.3f} at first, {losses[-1]:.5f} in the end; {right:.0%} of the digits are right")


if __name__ == "__main__":
    main()
