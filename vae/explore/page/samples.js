"use strict";
/* Draws from the prior, decoded. */

class Samples {
  static COUNT = 18;

  constructor(explorer) {
    this.explorer = explorer;
    const choose = (n) => explorer.show(explorer.codesOf(this.noise[n]));
    this.grid = new Grid(document.getElementById("samples"), Samples.COUNT, explorer.shape, choose);
    document.getElementById("again").addEventListener("click", () => this.sample());
    this.sample();
  }

  sample() {
    this.noise = Array.from({ length: Samples.COUNT }, () => this.explorer.noise());
    this.refocus();
  }

  refocus() {
    this.explorer.background.draw(this.grid.element, () => this.drawSamples());
  }

  *drawSamples() {
    const { model, focus } = this.explorer;
    for (const [n, noise] of this.noise.entries()) {
      this.grid.paint(n, model.decode(this.explorer.codesOf(noise)[focus]), `Sample ${n + 1}`);
      yield;
    }
  }

  update() {}
}
