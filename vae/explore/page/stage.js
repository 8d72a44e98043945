"use strict";
/* The decoded images, one for each model, and beside them what they should have been. */

class Stage {
  constructor(explorer) {
    this.explorer = explorer;
    const template = document.getElementById("model-figure");
    this.figures = explorer.models.map((model, m) => {
      const figure = template.content.firstElementChild.cloneNode(true);
      const choice = figure.querySelector("input");
      figure.querySelector(".model-name").textContent = model.name;
      figure.querySelector(".in-use").textContent = `${model.active} of ${model.latents.length} latents in use`;
      choice.hidden = explorer.models.length === 1;
      choice.checked = m === 0;
      choice.addEventListener("change", () => explorer.focusOn(m));
      return figure;
    });
    document.getElementById("decoded").replaceChildren(...this.figures);
    document.getElementById("decoded").style.setProperty("--models", Math.min(3, explorer.models.length));
    document.getElementById("middle").addEventListener("click", () => {
      explorer.show(explorer.models.map((model) => model.latents.map((latent) => latent.centre)));
    });
    document.getElementById("sample").addEventListener("click", () => {
      explorer.show(explorer.codesOf(explorer.noise()));
    });
  }

  update() {
    const { explorer } = this;
    this.figures.forEach((figure, m) => {
      const canvas = figure.querySelector("canvas");
      paint(canvas, explorer.decoded[m], explorer.shape);
      canvas.setAttribute("aria-label", `Decoded image: ${describeImage(explorer.decoded[m], explorer.shape)}`);
      figure.classList.toggle("focused", m === explorer.focus);
    });
  }

  /** The median time of the last frames: from the code to the picture on its canvas. */
  say(times) {
    const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
    const output = document.getElementById("frame-time");
    output.textContent = `${median.toFixed(1)} ms a frame`;
    output.dataset.milliseconds = median;
  }
}
