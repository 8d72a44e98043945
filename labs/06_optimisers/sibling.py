"""Lab 6, graded part: Adam with another norm."""

import numpy as np


class AdaMax(SGD):  # noqa: F821  (of the first part of the file)
    """Adam's variant with the largest gradient in the place of the root (Kingma and Ba 2015, Algorithm 2; eps is ours):

    m <- beta1 m + (1 - beta1) g,   u <- max(beta2 u, |g|),
    theta <- theta - learning_rate / (1 - beta1^t) * m / (u + eps);  t counts the steps from 1.
    """

    def __init__(self, parameters, learning_rate=2e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(parameters, learning_rate)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.t = 0
        self.m = [np.zeros_like(parameter.data) for parameter in parameters]
        self.u = [np.zeros_like(parameter.data) for parameter in parameters]

    def step(self):
        """Move every Parameter's data, in place."""
        # BEGIN SOLUTION
        self.t += 1
        for k, parameter in enumerate(self.parameters):
            self.m[k] = self.beta1 * self.m[k] + (1 - self.beta1) * parameter.grad
            self.u[k] = np.maximum(self.beta2 * self.u[k], np.abs(parameter.grad))
            size = self.learning_rate / (1 - self.beta1**self.t)
            parameter.data -= size * self.m[k] / (self.u[k] + self.eps)
        # END SOLUTION
