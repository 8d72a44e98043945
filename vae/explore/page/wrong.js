"use strict";
/* "Where am I wrong?": the target, the difference in the image, and the way up the ELBO. */

class Wrong {
  constructor(explorer) {
    this.explorer = explorer;
    document.getElementById("arrows").addEventListener("change", () => explorer.redraw());
    document.getElementById("climb").addEventListener("click", () => explorer.climb());
    document.getElementById("step").addEventListener("click", () => explorer.climb(1));
  }

  update() {
    const { explorer } = this, { target, shape, model, focus } = explorer;
    document.getElementById("wrong").hidden = target === null;
    if (target === null) return;
    const image = explorer.decoded[focus];
    paint(document.getElementById("target"), target, shape);
    paintDifference(document.getElementById("difference"), target.map((value, i) => value - image[i]), shape);
    const logVariance = explorer.logVariances[focus] ?? new Float32Array(explorer.code.length);
    const likelihood = model.logLikelihood(target), divergence = Model.divergence(explorer.code, logVariance);
    document.getElementById("likelihood").textContent = format(likelihood);
    document.getElementById("divergence").textContent = format(divergence);
    document.getElementById("elbo").textContent = format(likelihood - divergence);
  }
}
