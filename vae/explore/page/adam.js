"use strict";

/** Adam climbs: m and v are running averages of the gradient and its square, corrected for their start at 0. */
class Adam {
  constructor(n, rate, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
    Object.assign(this, { rate, beta1, beta2, eps, t: 0, m: new Float64Array(n), v: new Float64Array(n) });
  }

  step(gradient) {
    const { beta1, beta2, m, v } = this;
    this.t += 1;
    return Float64Array.from(gradient, (g, j) => {
      m[j] = beta1 * m[j] + (1 - beta1) * g;
      v[j] = beta2 * v[j] + (1 - beta2) * g * g;
      return (this.rate * m[j] / (1 - beta1 ** this.t)) / (Math.sqrt(v[j] / (1 - beta2 ** this.t)) + this.eps);
    });
  }
}
